/** Modified immediate: MOVI, MVNI, ORR, BIC and FMOV of vectors (DDI 0487 C4.1.96). */
import type { RawFields } from '../../../ir/builder.ts';
import { hex, line, scalar, vector } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import { datasize, write } from './lanes.ts';

type Fields = { Q: number; imm_op: number; imm_cmode: number; imm_abc: number; imm_defgh: number; Vd: number };

const imm8 = (r: RawFields): number => ((r['imm_abc'] as number) << 5) | (r['imm_defgh'] as number);

function repeat(value: bigint, bits: number): bigint {
  let result = 0n;
  for (let at = 0; at < 64; at += bits) result |= value << BigInt(at);
  return result;
}

/** AdvSIMDExpandImm (DDI 0487, shared pseudocode). */
function expandImmediate(op: number, cmode: number, imm: number): bigint {
  const byte = BigInt(imm);
  const shift = BigInt(8 * ((cmode >> 1) & 3));
  if (cmode < 8) return repeat(byte << shift, 32);
  if (cmode < 12) return repeat(byte << (shift & 8n), 16);
  if (cmode === 12) return repeat((byte << 8n) | 0xffn, 32);
  if (cmode === 13) return repeat((byte << 16n) | 0xffffn, 32);
  if (cmode === 14 && op === 0) return repeat(byte, 8);
  if (cmode === 14) return [...Array(8).keys()].reduce((all, i) => all | (imm & (1 << i) ? 0xffn << BigInt(8 * i) : 0n), 0n);
  const [sign, exponent, fraction] = [byte >> 7n, (byte >> 6n) & 1n, byte & 63n];
  if (op === 0) return repeat((sign << 31n) | ((exponent ? 0x1fn : 0x20n) << 25n) | (fraction << 19n), 32);
  return (sign << 63n) | ((exponent ? 0xffn : 0x100n) << 54n) | (fraction << 48n);
}

const expanded = (r: RawFields): bigint => expandImmediate(r['imm_op'] as number, r['imm_cmode'] as number, imm8(r));

/** The floating point number that `imm` means, as objdump writes it. */
function floatText(imm: number): string {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setBigUint64(0, expandImmediate(1, 15, imm));
  const [mantissa, exponent] = bits.getFloat64(0).toExponential(18).split('e') as [string, string];
  return `#${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}

function text(r: Fields): string {
  const { Q, imm_op: op, imm_cmode: cmode, Vd } = r;
  const imm = imm8(r as unknown as RawFields);
  if (cmode === 15) return line('fmov', vector(Vd, 2 + op, Q), floatText(imm));
  if (cmode === 14) {
    if (op === 0) return line('movi', vector(Vd, 0, Q), hex(imm));
    return line('movi', Q ? vector(Vd, 3, Q) : scalar(3, Vd), hex(expandImmediate(1, 14, imm)));
  }
  const name = cmode & 1 && cmode < 12 ? ['orr', 'bic'][op] : ['movi', 'mvni'][op];
  const shift = cmode >= 12 ? `msl #${cmode === 12 ? 8 : 16}` : `lsl #${8 * ((cmode >> 1) & (cmode < 8 ? 3 : 1))}`;
  return line(name as string, vector(Vd, cmode >= 8 && cmode < 12 ? 1 : 2, Q), hex(imm), shift === 'lsl #0' ? undefined : shift);
}

/** cmode xxx1 below 12 combines with the register. */
const combines = (cmode: number): boolean => cmode < 12 && (cmode & 1) === 1;

export const modifiedImmediate: readonly Row[] = [
  insn('MOVI', '0 Q:1 imm_op:1 0111100000 imm_abc:3 imm_cmode:4 01 imm_defgh:5 Vd:5', {
    // FMOV of doubles has no form of 64 bits.
    when: (r) => !combines(r.imm_cmode) && !(r.imm_cmode === 15 && r.imm_op === 1 && r.Q === 0),
    asm: text,
    semantics: (b, f) => {
      b.checkFp();
      // MVNI: with op 1, all but cmode 111x are inverted.
      const value = b.imm((r) => ((r['imm_op'] as number) && (r['imm_cmode'] as number) < 14 ? ~expanded(r) : expanded(r)));
      if (f.Q) b.setV(f.Vd, b.op('i64x2.splat', value));
      else b.setScalar(f.Vd, value);
    },
  }),
  insn('ORR_BIC_immediate', '0 Q:1 op:1 0111100000 imm_abc:3 imm_cmode:4 01 imm_defgh:5 Vd:5', {
    when: (r) => combines(r.imm_cmode),
    asm: (r) => text({ ...r, imm_op: r.op }),
    semantics: (b, f) => {
      b.checkFp();
      const mask = b.op(
        'i64x2.splat',
        b.imm((r) => expandImmediate(0, r['imm_cmode'] as number, imm8(r))),
      );
      write(b, f.Vd, b.op(f.op ? 'v128.andnot' : 'v128.or', b.v(f.Vd), mask), datasize(f.Q));
    },
  }),
];
