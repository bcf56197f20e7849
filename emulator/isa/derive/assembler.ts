/**
 * Operands as `objdump -d` of binutils 2.40 writes them. A row's `asm` is one line: the mnemonic, a blank, operands with `, ` between.
 * Offsets of addresses and shift amounts are decimal, other immediates hexadecimal.
 */

/** `line('add', 'x0', 'x1', '#0x1')` is `add x0, x1, #0x1`; operands that are `undefined` fall away. */
export function line(mnemonic: string, ...operands: readonly (string | undefined)[]): string {
  const present = operands.filter((operand) => operand !== undefined);
  return present.length === 0 ? mnemonic : `${mnemonic} ${present.join(', ')}`;
}

export const x = (n: number): string => (n === 31 ? 'xzr' : `x${n}`);
export const w = (n: number): string => (n === 31 ? 'wzr' : `w${n}`);
export const gpr = (sf: number, n: number): string => (sf ? x(n) : w(n));
export const xsp = (n: number): string => (n === 31 ? 'sp' : `x${n}`);
export const gprOrSp = (sf: number, n: number): string => (sf ? xsp(n) : n === 31 ? 'wsp' : `w${n}`);
/** A scalar of `8 << scale` bits in a vector register: b, h, s, d, q. */
export const scalar = (scale: number, n: number): string => `${'bhsdq'[scale]}${n}`;
/** A vector of elements of `8 << size` bits, 128 bits of them with Q and else 64: `v3.4s`. */
export const vector = (n: number, size: number, Q: number): string => `v${n}.${(8 << Q) >> size}${'bhsd'[size]}`;
/** One element of a vector: `v3.s[1]`. */
export const lane = (n: number, size: number, index: number): string => `v${n}.${'bhsd'[size]}[${index}]`;

export const hex = (value: number | bigint, digits = 1): string => `#0x${value.toString(16).padStart(digits, '0')}`;
export const decimal = (value: number): string => `#${value}`;

export const signExtend = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits);

/** The address that a PC-relative operand means. */
export const target = (pc: bigint, offset: number | bigint): string =>
  `0x${BigInt.asUintN(64, pc + BigInt(offset)).toString(16)}`;

const conditions = 'eq ne cs cc mi pl vs vc hi ls ge lt gt le al nv'.split(' ');
export const condition = (cond: number): string => conditions[cond] as string;

const shifts = ['lsl', 'lsr', 'asr', 'ror'] as const;
/** `lsl #3`; nothing where the shift does nothing. */
export const shift = (kind: number, amount: number): string | undefined =>
  kind === 0 && amount === 0 ? undefined : `${shifts[kind]} #${amount}`;

const extensions = 'uxtb uxth uxtw uxtx sxtb sxth sxtw sxtx'.split(' ');
/** `sxtw #2`; the amount is left out where it is zero. */
export const extend = (option: number, amount: number): string =>
  amount === 0 ? (extensions[option] as string) : `${extensions[option]} #${amount}`;

/** `[x0, #16]`: the parts of an address that are there, in brackets. */
export const memory = (base: number, ...parts: readonly (string | undefined)[]): string =>
  `[${[xsp(base), ...parts.filter((part) => part !== undefined)].join(', ')}]`;
/** An offset of an address, nothing where it is zero. */
export const offset = (bytes: number): string | undefined => (bytes === 0 ? undefined : decimal(bytes));

/** `s3_0_c1_c0_1`, the name of a register that has none (DDI 0487 C6.2 MRS). */
export const genericRegister = (op0: number, op1: number, CRn: number, CRm: number, op2: number): string =>
  `s${op0}_${op1}_c${CRn}_c${CRm}_${op2}`;
