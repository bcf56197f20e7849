/** Scalar data processing with one, two and three sources, and conditional select (DDI 0487 C4.1.96). */
import { condition, line, scalar } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import * as fp from './operations.ts';
import { convertPrecision } from './precision.ts';
import { absolute, element, negate, scalarShape } from './shape.ts';

/** A register of precision `sz`. */
const name = (sz: number, n: number): string => scalar(2 + sz, n);

const oneSource = (mnemonic: string, opcode: string, operation: fp.Operation): Row =>
  insn(mnemonic, `000111100 sz:1 1 ${opcode} 10000 Vn:5 Vd:5` as '000111100 sz:1 1 000000 10000 Vn:5 Vd:5', {
    asm: (r) => line(mnemonic.toLowerCase(), name(r.sz, r.Vd), name(r.sz, r.Vn)),
    semantics: (b, f) => {
      b.checkFp();
      b.setScalar(f.Vd, operation(b, scalarShape(f.sz), element(b, f.sz, f.Vn)));
    },
  });

const twoSource = (mnemonic: string, opcode: string, operation: fp.Operation): Row =>
  insn(mnemonic, `000111100 sz:1 1 Vm:5 ${opcode} 10 Vn:5 Vd:5` as '000111100 sz:1 1 Vm:5 0000 10 Vn:5 Vd:5', {
    asm: (r) => line(mnemonic.toLowerCase(), name(r.sz, r.Vd), name(r.sz, r.Vn), name(r.sz, r.Vm)),
    semantics: (b, f) => {
      b.checkFp();
      b.setScalar(f.Vd, operation(b, scalarShape(f.sz), element(b, f.sz, f.Vn), element(b, f.sz, f.Vm)));
    },
  });

export const dataProcessing: readonly Row[] = [
  oneSource('FMOV', '000000', (_b, _shape, x) => x),
  oneSource('FABS', '000001', absolute),
  oneSource('FNEG', '000010', negate),
  oneSource('FSQRT', '000011', fp.squareRoot),
  oneSource('FRINTN', '001000', fp.roundToIntegral(fp.rounding.N)),
  oneSource('FRINTP', '001001', fp.roundToIntegral(fp.rounding.P)),
  oneSource('FRINTM', '001010', fp.roundToIntegral(fp.rounding.M)),
  oneSource('FRINTZ', '001011', fp.roundToIntegral(fp.rounding.Z)),
  oneSource('FRINTA', '001100', fp.roundToIntegral(fp.rounding.A)),
  oneSource('FRINTX', '001110', fp.roundToIntegral('FPCR', true)),
  oneSource('FRINTI', '001111', fp.roundToIntegral('FPCR')),
  twoSource('FMUL', '0000', fp.multiply),
  twoSource('FDIV', '0001', fp.divide),
  twoSource('FADD', '0010', fp.add),
  twoSource('FSUB', '0011', fp.subtract),
  twoSource('FMAX', '0100', fp.maximum),
  twoSource('FMIN', '0101', fp.minimum),
  twoSource('FMAXNM', '0110', fp.maximumNumber),
  twoSource('FMINNM', '0111', fp.minimumNumber),
  twoSource('FNMUL', '1000', fp.negatedMultiply),
  insn('FMADD', '000111110 sz:1 o1:1 Vm:5 o0:1 Va:5 Vn:5 Vd:5', {
    asm: (r) => {
      const mnemonic = `f${r.o1 ? 'n' : ''}m${r.o0 ? 'sub' : 'add'}`;
      return line(mnemonic, ...[r.Vd, r.Vn, r.Vm, r.Va].map((n) => name(r.sz, n)));
    },
    semantics: (b, f) => {
      b.checkFp();
      const shape = scalarShape(f.sz);
      const [addend, x, y] = [element(b, f.sz, f.Va), element(b, f.sz, f.Vn), element(b, f.sz, f.Vm)];
      // Operands are negated before anything else, so a NaN among them changes its sign, too.
      const result = fp.multiplyAdd(
        b,
        shape,
        f.o1 ? negate(b, shape, addend) : addend,
        f.o1 === f.o0 ? x : negate(b, shape, x),
        y,
      );
      b.setScalar(f.Vd, result);
    },
  }),
  insn('FCSEL', '000111100 sz:1 1 Vm:5 cond:4 11 Vn:5 Vd:5', {
    asm: (r) => line('fcsel', name(r.sz, r.Vd), name(r.sz, r.Vn), name(r.sz, r.Vm), condition(r.cond)),
    semantics: (b, f) => {
      b.checkFp();
      b.setScalar(f.Vd, b.select(b.condition(f.cond), element(b, f.sz, f.Vn), element(b, f.sz, f.Vm)));
    },
  }),
  // `ftype` and `opc`: 0 single, 1 double, 3 half precision.
  insn('FCVT', '00011110 ftype:2 1 0001 opc:2 10000 Vn:5 Vd:5', {
    when: (r) => r.ftype !== r.opc && r.ftype !== 2 && r.opc !== 2,
    asm: (r) => line('fcvt', scalar(scale(r.opc), r.Vd), scalar(scale(r.ftype), r.Vn)),
    semantics: (b, f) => {
      b.checkFp();
      const [from, to] = [8 << scale(f.ftype), 8 << scale(f.opc)];
      b.setScalar(f.Vd, convertPrecision(b, from, to, element(b, from === 64 ? 1 : 0, f.Vn)));
    },
  }),
];

/** Log2 of the bytes of a format. */
function scale(ftype: number): number {
  return [2, 3, 0, 1][ftype] as number;
}
