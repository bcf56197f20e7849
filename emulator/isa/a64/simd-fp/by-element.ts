/** Advanced SIMD by element, floating point, vector and scalar (DDI 0487 C4.1.96). */
import { lane, line } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import * as fp from '../fp/operations.ts';
import { getLane, read, write } from '../fp/shape.ts';
import { type Form, scalarForm, vectorForm } from './forms.ts';

type Pattern = '0 Q:1 0 01111 1 sz:1 L:1 Vm:5 0001 H:1 0 Vn:5 Vd:5';

/** Singles are numbered by H:L, doubles by H. */
const index = (r: { sz: number; H: number; L: number }): number => (r.sz ? r.H : (r.H << 1) | r.L);

function row(form: Form, mnemonic: string, U: number, opcode: string, operation: fp.Operation, accumulates: boolean): Row {
  const pattern = `${form.top} ${U} ${form.kind}1111 1 sz:1 L:1 Vm:5 ${opcode} H:1 0 Vn:5 Vd:5`;
  return insn(`${mnemonic}_element${form.suffix}`, pattern as Pattern, {
    when: (r) => form.when(r) && (r.sz === 0 || r.L === 0),
    asm: (r) => line(mnemonic.toLowerCase(), form.text(r, r.Vd), form.text(r, r.Vn), lane(r.Vm, 2 + r.sz, index(r))),
    semantics: (b, f) => {
      b.checkFp();
      const shape = form.shape(f);
      const one = getLane(b, f.sz, b.v(f.Vm), index(f));
      const factor = shape.lanes === 1 ? one : b.op(f.sz ? 'i64x2.splat' : 'i32x4.splat', one);
      const operands = [...(accumulates ? [f.Vd] : []), f.Vn].map((reg) => read(b, shape, reg));
      write(b, shape, f.Vd, operation(b, shape, ...operands, factor));
    },
  });
}

const table: readonly [mnemonic: string, U: number, opcode: string, operation: fp.Operation, accumulates: boolean][] = [
  ['FMLA', 0, '0001', fp.multiplyAdd, true],
  ['FMLS', 0, '0101', fp.multiplySubtract, true],
  ['FMUL', 0, '1001', fp.multiply, false],
  ['FMULX', 1, '1001', fp.multiplyExtended, false],
];

export const byElement: readonly Row[] = table.flatMap((entry) => [row(vectorForm, ...entry), row(scalarForm, ...entry)]);
