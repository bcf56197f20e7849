/** Advanced SIMD three same, floating point, vector and scalar (DDI 0487 C4.1.96). */
import { line } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import * as fp from '../fp/operations.ts';
import { read, write } from '../fp/shape.ts';
import { type Form, scalarForm, vectorForm } from './forms.ts';
import { pairs } from './pairwise.ts';

type Pattern = '0 Q:1 0 01110 0 sz:1 1 Vm:5 00000 1 Vn:5 Vd:5';

/** `code` is U, bit 23 and the opcode. `accumulates`: the destination is the first operand. */
function row(form: Form, mnemonic: string, code: string, operation: fp.Operation, accumulates = false): Row {
  const [U, a, opcode] = code.split(' ');
  const pattern = `${form.top} ${U} ${form.kind}1110 ${a} sz:1 1 Vm:5 ${opcode} 1 Vn:5 Vd:5`;
  return insn(mnemonic + form.suffix, pattern as Pattern, {
    when: form.when,
    asm: (r) => line(mnemonic.toLowerCase(), form.text(r, r.Vd), form.text(r, r.Vn), form.text(r, r.Vm)),
    semantics: (b, f) => {
      b.checkFp();
      const shape = form.shape(f);
      const operands = accumulates ? [f.Vd, f.Vn, f.Vm] : [f.Vn, f.Vm];
      write(b, shape, f.Vd, operation(b, shape, ...operands.map((reg) => read(b, shape, reg))));
    },
  });
}

const vectorOnly: readonly [mnemonic: string, code: string, operation: fp.Operation, accumulates?: boolean][] = [
  ['FMAXNM', '0 0 11000', fp.maximumNumber],
  ['FMINNM', '0 1 11000', fp.minimumNumber],
  ['FMLA', '0 0 11001', fp.multiplyAdd, true],
  ['FMLS', '0 1 11001', fp.multiplySubtract, true],
  ['FADD', '0 0 11010', fp.add],
  ['FSUB', '0 1 11010', fp.subtract],
  ['FMUL', '1 0 11011', fp.multiply],
  ['FDIV', '1 0 11111', fp.divide],
  ['FMAX', '0 0 11110', fp.maximum],
  ['FMIN', '0 1 11110', fp.minimum],
  ['FMAXNMP', '1 0 11000', pairs(fp.maximumNumber)],
  ['FMINNMP', '1 1 11000', pairs(fp.minimumNumber)],
  ['FADDP', '1 0 11010', pairs(fp.add)],
  ['FMAXP', '1 0 11110', pairs(fp.maximum)],
  ['FMINP', '1 1 11110', pairs(fp.minimum)],
];

const both: readonly [mnemonic: string, code: string, operation: fp.Operation][] = [
  ['FMULX', '0 0 11011', fp.multiplyExtended],
  ['FCMEQ', '0 0 11100', fp.equal],
  ['FCMGE', '1 0 11100', fp.greaterOrEqual],
  ['FCMGT', '1 1 11100', fp.greater],
  ['FACGE', '1 0 11101', fp.ofMagnitudes(fp.greaterOrEqual)],
  ['FACGT', '1 1 11101', fp.ofMagnitudes(fp.greater)],
  ['FRECPS', '0 0 11111', fp.reciprocalStep],
  ['FRSQRTS', '0 1 11111', fp.rootStep],
  ['FABD', '1 1 11010', fp.absoluteDifference],
];

export const threeSame: readonly Row[] = [
  ...vectorOnly.map((entry) => row(vectorForm, ...entry)),
  ...both.flatMap((entry) => [row(vectorForm, ...entry), row(scalarForm, ...entry)]),
];
