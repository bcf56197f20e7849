/** Integer operations of WebAssembly on constants. Operands are unsigned; `undefined` where an operation traps or is no integer's. */
type Binary = (a: bigint, b: bigint, bits: number) => bigint | boolean | undefined;

const signed = (value: bigint, bits: number): bigint => BigInt.asIntN(bits, value);
/** Shift amounts are taken modulo the width. */
const amount = (b: bigint, bits: number): bigint => b & BigInt(bits - 1);

const binary: Readonly<Record<string, Binary>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  div_u: (a, b) => (b === 0n ? undefined : a / b),
  rem_u: (a, b) => (b === 0n ? undefined : a % b),
  shl: (a, b, bits) => a << amount(b, bits),
  shr_u: (a, b, bits) => a >> amount(b, bits),
  shr_s: (a, b, bits) => signed(a, bits) >> amount(b, bits),
  rotl: (a, b, bits) => rotateLeft(a, amount(b, bits), bits),
  rotr: (a, b, bits) => rotateLeft(a, BigInt(bits) - amount(b, bits), bits),
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt_u: (a, b) => a < b,
  gt_u: (a, b) => a > b,
  le_u: (a, b) => a <= b,
  ge_u: (a, b) => a >= b,
  lt_s: (a, b, bits) => signed(a, bits) < signed(b, bits),
  gt_s: (a, b, bits) => signed(a, bits) > signed(b, bits),
  le_s: (a, b, bits) => signed(a, bits) <= signed(b, bits),
  ge_s: (a, b, bits) => signed(a, bits) >= signed(b, bits),
};

const unary: Readonly<Record<string, (a: bigint, bits: number) => bigint | boolean>> = {
  eqz: (a) => a === 0n,
  clz: (a, bits) => BigInt(bits - (a === 0n ? 0 : a.toString(2).length)),
  ctz: (a, bits) => BigInt(a === 0n ? bits : (a & -a).toString(2).length - 1),
  popcnt: (a) => BigInt(a.toString(2).replaceAll('0', '').length),
  extend8_s: (a) => signed(a, 8),
  extend16_s: (a) => signed(a, 16),
  extend32_s: (a) => signed(a, 32),
  wrap_i64: (a) => a,
  extend_i32_u: (a) => a,
  extend_i32_s: (a) => signed(a, 32),
};

const rotateLeft = (a: bigint, by: bigint, bits: number): bigint => (a << by) | (a >> (BigInt(bits) - by));

/** The result of `i64.add` and the like, not yet wrapped to its type. */
export function evaluate(op: string, args: readonly bigint[]): bigint | undefined {
  const [type, name] = op.split('.') as [string, string];
  const bits = type === 'i64' ? 64 : 32;
  // The operand of these is of the other width.
  const operandBits = name === 'wrap_i64' ? 64 : name.startsWith('extend_i32') ? 32 : bits;
  const [a, b] = args.map((arg) => BigInt.asUintN(operandBits, arg));
  if (a === undefined || (type !== 'i32' && type !== 'i64')) return undefined;
  const result = b === undefined ? unary[name]?.(a, bits) : binary[name]?.(a, b, bits);
  return typeof result === 'boolean' ? (result ? 1n : 0n) : result;
}
