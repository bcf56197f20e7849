/**
 * Shift by immediate, vector and scalar, of integers (DDI 0487 C4.1.96). The leading one of immh says how wide the elements are, so
 * there is a row for each width, and the amount is an operand.
 */
import { decimal, line } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import type { Semantics } from '../../derive/semantics.ts';
import type { Value } from '../../../ir/nodes.ts';
import { saturatingNarrow, type Unary } from './arithmetic.ts';
import { type Form, mnemonics, scalarForm, vectorForm, type Width } from './forms.ts';
import { extend, lanes, narrow, read, write, writeHalf } from './lanes.ts';
import * as shifts from './shifts.ts';

type Pattern = '0 Q:1 0 011110 0001 imm:3 00000 1 Vn:5 Vd:5';
const sizedName = (mnemonic: string, size: number, form: Form): string => `${mnemonic}_imm${'BHSD'[size]}${form.suffix}`;
const pattern = (form: Form, size: number, U: number, opcode: string): Pattern =>
  `${form.top} ${U} ${form.kind}11110 ${'0'.repeat(3 - size)}1 imm:${3 + size} ${opcode} 1 Vn:5 Vd:5` as Pattern;

type Amount = (size: number, r: { imm: number }) => number;
const right: Amount = shifts.rightAmount;
const left: Amount = (_size, r) => r.imm;

interface Entry {
  readonly mnemonic: string;
  readonly U: number;
  readonly opcode: string;
  readonly amount: Amount;
  readonly operation: Unary;
}

const widthOf = (size: number, r: { Q: number }): Width => ({ size, Q: r.Q });

const same = (form: Form, size: number, { mnemonic, U, opcode, amount, operation }: Entry): Row =>
  insn(sizedName(mnemonic, size, form), pattern(form, size, U, opcode), {
    when: (r) => form.when(widthOf(size, r)),
    asm: (r) => {
      const [d, n] = [r.Vd, r.Vn].map((reg) => form.text(reg, widthOf(size, r)));
      return line(mnemonic.toLowerCase(), d, n, decimal(amount(size, r)));
    },
    semantics: (b, f) => {
      b.checkFp();
      const bits = form.bits(widthOf(size, f));
      write(b, f.Vd, operation(b, size, read(b, f.Vn, bits), read(b, f.Vd, bits)), bits);
    },
  });

type Narrow = (b: Semantics, size: number, x: Value) => Value;

/** The source is twice as wide; the result goes to the lower half, with Q to the upper one. */
const narrowing = (form: Form, size: number, mnemonic: string, U: number, opcode: string, operation: Narrow): Row =>
  insn(sizedName(mnemonic, size, form), pattern(form, size, U, opcode), {
    asm: (r) => {
      const width = widthOf(size, r);
      const name = mnemonic.toLowerCase() + form.half(width);
      return line(name, form.text(r.Vd, width), form.wideText(r.Vn, width), decimal(right(size, r)));
    },
    semantics: (b, f) => {
      b.checkFp();
      writeHalf(b, f.Vd, operation(b, size, read(b, f.Vn, form.wideBits(widthOf(size, f)))), f.Q);
    },
  });

/** SSHLL and USHLL, which are SXTL and UXTL where they do not shift. */
const long = (size: number, U: number): Row =>
  insn(sizedName(U ? 'USHLL' : 'SSHLL', size, vectorForm), pattern(vectorForm, size, U, '10100'), {
    asm: (r) => {
      const width = widthOf(size, r);
      const [d, n] = [vectorForm.wideText(r.Vd, width), vectorForm.text(r.Vn, width)];
      const name = `${'su'[U]}${r.imm ? 'shll' : 'xtl'}${vectorForm.half(width)}`;
      return line(name, d, n, r.imm ? decimal(r.imm) : undefined);
    },
    semantics: (b, f) => {
      b.checkFp();
      b.setV(f.Vd, shifts.shiftLeft(b, size + 1, extend(b, size, U, f.Q, b.v(f.Vn)), b.v(f.Vd)));
    },
  });

const accumulate =
  (operation: Unary): Unary =>
  (b, size, x, d) =>
    lanes(b, size, 'add', d, operation(b, size, x, d));

const { shiftRight, saturatingShiftLeft } = shifts;
const ALL = [0, 1, 2, 3];
const LONG = [3];

const table: readonly [names: string, opcode: string, scalars: number[], amount: Amount, operation: (U: number) => Unary][] = [
  ['SSHR USHR', '00000', LONG, right, (U) => shiftRight(U)],
  ['SSRA USRA', '00010', LONG, right, (U) => accumulate(shiftRight(U))],
  ['SRSHR URSHR', '00100', LONG, right, (U) => shiftRight(U, true)],
  ['SRSRA URSRA', '00110', LONG, right, (U) => accumulate(shiftRight(U, true))],
  ['- SRI', '01000', LONG, right, () => shifts.shiftRightInsert],
  ['SHL SLI', '01010', LONG, left, (U) => (U ? shifts.shiftLeftInsert : shifts.shiftLeft)],
  ['- SQSHLU', '01100', ALL, left, () => saturatingShiftLeft(0, 1)],
  ['SQSHL UQSHL', '01110', ALL, left, (U) => saturatingShiftLeft(U, U)],
];

/** Wide lanes shifted right, and rounded where `rounding` says so. */
const shifted = (b: Semantics, size: number, U: number, rounding: boolean, x: Value): Value =>
  shifts.shiftRightLanes(b, size, size + 1, U, rounding, x);
const truncated =
  (rounding: boolean): Narrow =>
  (b, size, x) =>
    narrow(b, size, shifted(b, size, 1, rounding, x));
const saturated =
  (from: number, to: number, rounding: boolean): Narrow =>
  (b, size, x) =>
    saturatingNarrow(b, size, from, to, shifted(b, size, from, rounding, x));

const BOTH = [vectorForm, scalarForm];
const narrowTable: readonly [mnemonic: string, U: number, opcode: string, forms: Form[], operation: Narrow][] = [
  ['SHRN', 0, '10000', [vectorForm], truncated(false)],
  ['RSHRN', 0, '10001', [vectorForm], truncated(true)],
  ['SQSHRUN', 1, '10000', BOTH, saturated(0, 1, false)],
  ['SQRSHRUN', 1, '10001', BOTH, saturated(0, 1, true)],
  ['SQSHRN', 0, '10010', BOTH, saturated(0, 0, false)],
  ['SQRSHRN', 0, '10011', BOTH, saturated(0, 0, true)],
  ['UQSHRN', 1, '10010', BOTH, saturated(1, 1, false)],
  ['UQRSHRN', 1, '10011', BOTH, saturated(1, 1, true)],
];

export const shiftImmediate: readonly Row[] = [
  ...table.flatMap(([names, opcode, scalars, amount, operation]) =>
    mnemonics(names).flatMap(([mnemonic, U]) => {
      const entry = { mnemonic, U, opcode, amount, operation: operation(U) };
      return [...ALL.map((size) => same(vectorForm, size, entry)), ...scalars.map((size) => same(scalarForm, size, entry))];
    }),
  ),
  ...[0, 1, 2].flatMap((size) => [
    ...narrowTable.flatMap(([mnemonic, U, opcode, forms, operation]) =>
      forms.map((form) => narrowing(form, size, mnemonic, U, opcode, operation)),
    ),
    long(size, 0),
    long(size, 1),
  ]),
];
