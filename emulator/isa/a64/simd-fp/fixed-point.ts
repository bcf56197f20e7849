/** Conversions to and from fixed point, by immediate (DDI 0487 C4.1.96, shift by immediate). */
import type { Value } from '../../../ir/nodes.ts';
import { decimal, line } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import type { Semantics } from '../../derive/semantics.ts';
import { fromFixed, toFixed } from '../fp/fixed.ts';
import { rounding } from '../fp/operations.ts';
import { read, type Shape, write } from '../fp/shape.ts';
import { type Form, scalarForm, vectorForm } from './forms.ts';

type Convert = (b: Semantics, shape: Shape, x: Value, fbits: Value) => Value;
type Pattern = '0 Q:1 0 011110 01 imm5:5 11100 1 Vn:5 Vd:5';

/** The highest bit of immh:immb tells the size of the elements; what follows is that size minus the number of fraction bits. */
function row(form: Form, sz: number, mnemonic: string, U: number, opcode: string, convert: Convert): Row {
  const bits = sz ? 64 : 32;
  const immediate = sz ? 'imm6' : 'imm5';
  const fbits = (r: Readonly<Record<string, number>>): number => bits - (r[immediate] as number);
  const sized = (r: { Q: number }): { sz: number; Q: number } => ({ sz, Q: r.Q });
  const pattern = `${form.top} ${U} ${form.kind}11110 ${sz ? '1 imm6:6' : '01 imm5:5'} ${opcode} 1 Vn:5 Vd:5`;
  return insn(`${mnemonic}_fixed${'SD'[sz]}${form.suffix}`, pattern as Pattern, {
    when: (r) => form.when(sized(r)),
    asm: (r) => line(mnemonic.toLowerCase(), form.text(sized(r), r.Vd), form.text(sized(r), r.Vn), decimal(fbits(r))),
    semantics: (b, f) => {
      b.checkFp();
      const shape = form.shape(sized(f));
      write(b, shape, f.Vd, convert(b, shape, read(b, shape, f.Vn), b.imm16(fbits)));
    },
  });
}

const toInteger =
  (unsigned: number): Convert =>
  (b, shape, x, fbits) =>
    toFixed(b, shape, x, { sf: shape.sz, unsigned, mode: rounding.Z, fbits });
const fromInteger =
  (unsigned: number): Convert =>
  (b, shape, x, fbits) =>
    fromFixed(b, shape, x, { unsigned, fbits });

const table: readonly [mnemonic: string, U: number, opcode: string, convert: Convert][] = [
  ['SCVTF', 0, '11100', fromInteger(0)],
  ['UCVTF', 1, '11100', fromInteger(1)],
  ['FCVTZS', 0, '11111', toInteger(0)],
  ['FCVTZU', 1, '11111', toInteger(1)],
];

export const fixedPoint: readonly Row[] = table.flatMap((entry) =>
  [vectorForm, scalarForm].flatMap((form) => [row(form, 0, ...entry), row(form, 1, ...entry)]),
);
