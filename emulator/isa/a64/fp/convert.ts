/** Conversions between scalar floating point and integers or fixed point, FMOV between files and of immediates (DDI 0487 C4.1.96). */
import type { Value } from '../../../ir/nodes.ts';
import { decimal, gpr, lane, line, scalar, x } from '../../derive/assembler.ts';
import { type Fields, insn, type Raw, type Row } from '../../derive/insn.ts';
import type { Semantics } from '../../derive/semantics.ts';
import { fromFixed, toFixed } from './fixed.ts';
import { rounding } from './operations.ts';
import { element, scalarShape } from './shape.ts';

const name = (sz: number, n: number): string => scalar(2 + sz, n);

/** Stands for all patterns of `conversion`: either `Vn` and `Rd` or `Rn` and `Vd`, `imm_scale` or zeros. */
type Pattern = 'sf:1 00111100 sz:1 x 00 000 imm_scale:6 Vn:5 Rd:5 Rn:5 Vd:5';

/**
 * The row for integers and, where `fixed`, the one for fixed point. `opcode` is rmode and opcode of the encoding; `text` gives
 * destination and source, `build` gets the number of fraction bits.
 */
function conversion(
  mnemonic: string,
  opcode: string,
  registers: 'Vn:5 Rd:5' | 'Rn:5 Vd:5',
  fixed: boolean,
  text: (r: Raw<Pattern>) => readonly string[],
  build: (b: Semantics, f: Fields<Pattern>, fbits: Value | undefined) => void,
): Row[] {
  const integerRow = insn(mnemonic, `sf:1 00111100 sz:1 1 ${opcode} 000000 ${registers}` as Pattern, {
    asm: (r) => line(mnemonic.toLowerCase(), ...text(r)),
    semantics: (b, f) => {
      b.checkFp();
      build(b, f, undefined);
    },
  });
  if (!fixed) return [integerRow];
  const fixedRow = insn(`${mnemonic}_fixed`, `sf:1 00111100 sz:1 0 ${opcode} imm_scale:6 ${registers}` as Pattern, {
    when: (r) => r.sf === 1 || r.imm_scale >= 32,
    asm: (r) => line(mnemonic.toLowerCase(), ...text(r), decimal(64 - r.imm_scale)),
    semantics: (b, f) => {
      b.checkFp();
      build(
        b,
        f,
        b.imm16((r) => 64 - (r.imm_scale as number)),
      );
    },
  });
  return [integerRow, fixedRow];
}

const toInteger = (mnemonic: string, opcode: string, mode: number, unsigned: number): Row[] =>
  conversion(
    mnemonic,
    opcode,
    'Vn:5 Rd:5',
    mode === rounding.Z,
    (r) => [gpr(r.sf, r.Rd), name(r.sz, r.Vn)],
    (b, f, fbits) => b.setGpr(f.Rd, toFixed(b, scalarShape(f.sz), element(b, f.sz, f.Vn), { sf: f.sf, unsigned, mode, fbits })),
  );

const fromInteger = (mnemonic: string, opcode: string, unsigned: number): Row[] =>
  conversion(
    mnemonic,
    opcode,
    'Rn:5 Vd:5',
    true,
    (r) => [name(r.sz, r.Vd), gpr(r.sf, r.Rn)],
    (b, f, fbits) => b.setScalar(f.Vd, fromFixed(b, scalarShape(f.sz), b.gpr(f.Rn, f.sf), { unsigned, fbits })),
  );

/** VFPExpandImm: 1 sign, 3 exponent and 4 fraction bits. */
export function expandImmediate(imm8: number): number {
  const exponent = ((imm8 >> 4) & 7) ^ 4;
  return (imm8 & 0x80 ? -1 : 1) * (1 + (imm8 & 15) / 16) * 2 ** (exponent - 3);
}

/** The bits of a number that both formats hold. */
function bitsOf(sz: number, value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  if (sz) view.setFloat64(0, value);
  else view.setFloat32(4, value);
  return view.getBigUint64(0);
}

/** As printf's %.18e: two digits of exponent at least. */
const scientific = (value: number): string => value.toExponential(18).replace(/e([+-])(\d)$/, 'e$10$2');

export const conversions: readonly Row[] = [
  ...Object.entries(rounding).flatMap(([letter, mode]) => {
    const opcode = mode === rounding.A ? '00 10' : `${mode.toString(2).padStart(2, '0')} 00`;
    return [0, 1].flatMap((unsigned) =>
      toInteger(`FCVT${letter}${unsigned ? 'U' : 'S'}`, `${opcode}${unsigned}`, mode, unsigned),
    );
  }),
  ...fromInteger('SCVTF', '00 010', 0),
  ...fromInteger('UCVTF', '00 011', 1),
  insn('FMOV_to_general', 'sf:1 00111100 sz:1 1 00 110 000000 Vn:5 Rd:5', {
    when: (r) => r.sf === r.sz,
    asm: (r) => line('fmov', gpr(r.sf, r.Rd), name(r.sz, r.Vn)),
    semantics: (b, f) => {
      b.checkFp();
      b.setGpr(f.Rd, element(b, f.sz, f.Vn));
    },
  }),
  insn('FMOV_from_general', 'sf:1 00111100 sz:1 1 00 111 000000 Rn:5 Vd:5', {
    when: (r) => r.sf === r.sz,
    asm: (r) => line('fmov', name(r.sz, r.Vd), gpr(r.sf, r.Rn)),
    semantics: (b, f) => {
      b.checkFp();
      b.setScalar(f.Vd, b.gpr(f.Rn, f.sf));
    },
  }),
  insn('FMOV_top_to_general', '1 00111101 0 1 01 110 000000 Vn:5 Rd:5', {
    asm: (r) => line('fmov', x(r.Rd), lane(r.Vn, 3, 1)),
    semantics: (b, f) => {
      b.checkFp();
      b.setGpr(f.Rd, b.lane('i64x2.extract_lane', 1, b.v(f.Vn)));
    },
  }),
  insn('FMOV_top_from_general', '1 00111101 0 1 01 111 000000 Rn:5 Vd:5', {
    asm: (r) => line('fmov', lane(r.Vd, 3, 1), x(r.Rn)),
    semantics: (b, f) => {
      b.checkFp();
      b.setV(f.Vd, b.lane('i64x2.replace_lane', 1, b.v(f.Vd), b.x(f.Rn)));
    },
  }),
  insn('FMOV_imm', '000111100 sz:1 1 imm8:8 100 00000 Vd:5', {
    asm: (r) => line('fmov', name(r.sz, r.Vd), `#${scientific(expandImmediate(r.imm8))}`),
    semantics: (b, f) => {
      b.checkFp();
      b.setScalar(
        f.Vd,
        b.imm((r) => bitsOf(f.sz, expandImmediate(r.imm8 as number))),
      );
    },
  }),
];
