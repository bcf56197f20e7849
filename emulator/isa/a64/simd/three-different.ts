/** Three registers of different types: long, wide and narrowing, vector and scalar (DDI 0487 C4.1.96). */
import { line, vector } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import * as arithmetic from './arithmetic.ts';
import type { Long } from './arithmetic.ts';
import { type Form, mnemonics, scalarForm, vectorForm } from './forms.ts';
import { extend, lanes, narrowHigh, read, replicate, esize, write, writeHalf } from './lanes.ts';
import { polynomialLong, polynomialLong64 } from './polynomial.ts';

type Pattern = '0 Q:1 0 01110 size:2 1 Vm:5 0000 00 Vn:5 Vd:5';
type Sizes = readonly number[];
const INTEGER: Sizes = [0, 1, 2];
const DOUBLING: Sizes = [1, 2];

function long(form: Form, mnemonic: string, U: number, opcode: string, sizes: Sizes, operation: Long): Row {
  const pattern = `${form.top} ${U} ${form.kind}1110 size:2 1 Vm:5 ${opcode} 00 Vn:5 Vd:5`;
  return insn(`${mnemonic}${form.suffix}`, pattern as Pattern, {
    when: (r) => sizes.includes(r.size),
    asm: (r) => line(mnemonic.toLowerCase() + form.half(r), form.wideText(r.Vd, r), form.text(r.Vn, r), form.text(r.Vm, r)),
    semantics: (b, f) => {
      b.checkFp();
      const [from, to] = [form.longBits(f), form.wideBits(f)];
      const d = read(b, f.Vd, to);
      write(b, f.Vd, operation(b, f.size, f.Q, read(b, f.Vn, from), read(b, f.Vm, from), d), to);
    },
  });
}

/** SADDW and the like: the first source is as wide as the result. */
const wide = (mnemonic: string, U: number, opcode: string, name: 'add' | 'sub'): Row =>
  insn(mnemonic, `0 Q:1 ${U} 01110 size:2 1 Vm:5 ${opcode} 00 Vn:5 Vd:5` as Pattern, {
    when: (r) => r.size < 3,
    asm: (r) =>
      line(
        mnemonic.toLowerCase() + (r.Q ? '2' : ''),
        vector(r.Vd, r.size + 1, 1),
        vector(r.Vn, r.size + 1, 1),
        vector(r.Vm, r.size, r.Q),
      ),
    semantics: (b, f) => {
      b.checkFp();
      b.setV(f.Vd, lanes(b, f.size + 1, name, b.v(f.Vn), extend(b, f.size, U, f.Q, b.v(f.Vm))));
    },
  });

/** ADDHN and the like: the high half of each result, rounded or not. */
const highNarrow = (mnemonic: string, rounding: number, opcode: string, name: 'add' | 'sub'): Row =>
  insn(mnemonic, `0 Q:1 ${rounding} 01110 size:2 1 Vm:5 ${opcode} 00 Vn:5 Vd:5` as Pattern, {
    when: (r) => r.size < 3,
    asm: (r) =>
      line(
        mnemonic.toLowerCase() + (r.Q ? '2' : ''),
        vector(r.Vd, r.size, r.Q),
        vector(r.Vn, r.size + 1, 1),
        vector(r.Vm, r.size + 1, 1),
      ),
    semantics: (b, f) => {
      b.checkFp();
      let result = lanes(b, f.size + 1, name, b.v(f.Vn), b.v(f.Vm));
      if (rounding) result = lanes(b, f.size + 1, 'add', result, replicate(b, f.size + 1, 1n << BigInt(esize(f.size) - 1)));
      writeHalf(b, f.Vd, narrowHigh(b, f.size, result), f.Q);
    },
  });

/** Sources are extended before the operation, which then cannot overflow. */
const extended =
  (name: 'add' | 'sub') =>
  (U: number): Long =>
  (b, size, Q, x, y) =>
    lanes(b, size + 1, name, extend(b, size, U, Q, x), extend(b, size, U, Q, y));

/** The absolute difference fits the narrow lane as an unsigned number. */
const absoluteDifferenceLong =
  (U: number): Long =>
  (b, size, Q, x, y, d) =>
    extend(b, size, 1, Q, arithmetic.absoluteDifference(U)(b, size, x, y, d, 128));

const { accumulateLong, doublingAccumulateLong, doublingLong, productLong } = arithmetic;

const table: readonly [names: string, opcode: string, sizes: Sizes, forms: Form[], operation: (U: number) => Long][] = [
  ['SADDL UADDL', '0000', INTEGER, [vectorForm], extended('add')],
  ['SSUBL USUBL', '0010', INTEGER, [vectorForm], extended('sub')],
  ['SABAL UABAL', '0101', INTEGER, [vectorForm], (U) => accumulateLong(absoluteDifferenceLong(U))],
  ['SABDL UABDL', '0111', INTEGER, [vectorForm], absoluteDifferenceLong],
  ['SMLAL UMLAL', '1000', INTEGER, [vectorForm], (U) => accumulateLong(productLong(U))],
  ['SQDMLAL -', '1001', DOUBLING, [vectorForm, scalarForm], () => doublingAccumulateLong('add')],
  ['SMLSL UMLSL', '1010', INTEGER, [vectorForm], (U) => accumulateLong(productLong(U), 'sub')],
  ['SQDMLSL -', '1011', DOUBLING, [vectorForm, scalarForm], () => doublingAccumulateLong('sub')],
  ['SMULL UMULL', '1100', INTEGER, [vectorForm], productLong],
  ['SQDMULL -', '1101', DOUBLING, [vectorForm, scalarForm], () => doublingLong],
  ['PMULL -', '1110', [0], [vectorForm], () => polynomialLong],
];

export const threeDifferent: readonly Row[] = [
  ...table.flatMap(([names, opcode, sizes, forms, operation]) =>
    mnemonics(names).flatMap(([mnemonic, U]) => forms.map((form) => long(form, mnemonic, U, opcode, sizes, operation(U)))),
  ),
  wide('SADDW', 0, '0001', 'add'),
  wide('UADDW', 1, '0001', 'add'),
  wide('SSUBW', 0, '0011', 'sub'),
  wide('USUBW', 1, '0011', 'sub'),
  highNarrow('ADDHN', 0, '0100', 'add'),
  highNarrow('RADDHN', 1, '0100', 'add'),
  highNarrow('SUBHN', 0, '0110', 'sub'),
  highNarrow('RSUBHN', 1, '0110', 'sub'),
  insn('PMULL_64', '0 Q:1 0 01110 11 1 Vm:5 1110 00 Vn:5 Vd:5', {
    feature: 'FEAT_PMULL',
    asm: (r) => line(`pmull${r.Q ? '2' : ''}`, `v${r.Vd}.1q`, vector(r.Vn, 3, r.Q), vector(r.Vm, 3, r.Q)),
    semantics: (b, f) => {
      b.checkFp();
      b.setV(f.Vd, polynomialLong64(b, f.Q, b.v(f.Vn), b.v(f.Vm)));
    },
  }),
];
