/** Three registers of the same type, vector and scalar, and the extra ones of FEAT_RDM (DDI 0487 C4.1.96). */
import type { Value } from '../../../ir/nodes.ts';
import { line, vector } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import type { Semantics } from '../../derive/semantics.ts';
import * as arithmetic from './arithmetic.ts';
import type { Operation } from './arithmetic.ts';
import { type Form, mnemonics, scalarForm, vectorForm } from './forms.ts';
import { datasize, read, write } from './lanes.ts';
import { polynomialMultiply } from './polynomial.ts';
import { shiftByRegister } from './shifts.ts';

type Pattern = '0 Q:1 0 01110 size:2 1 Vm:5 00000 1 Vn:5 Vd:5';

interface Entry {
  readonly mnemonic: string;
  readonly U: number;
  /** Bits 21 and 15:11. */
  readonly bit21?: string;
  readonly opcode: string;
  readonly sizes: readonly number[];
  readonly operation: Operation;
  readonly feature?: string;
}

function row(form: Form, { mnemonic, U, bit21 = '1', opcode, sizes, operation, feature }: Entry): Row {
  const pattern = `${form.top} ${U} ${form.kind}1110 size:2 ${bit21} Vm:5 ${opcode} 1 Vn:5 Vd:5`;
  return insn(`${mnemonic}${form.suffix}`, pattern as Pattern, {
    ...(feature ? { feature } : {}),
    when: (r) => sizes.includes(r.size) && form.when(r),
    asm: (r) => line(mnemonic.toLowerCase(), form.text(r.Vd, r), form.text(r.Vn, r), form.text(r.Vm, r)),
    semantics: (b, f) => {
      b.checkFp();
      const bits = form.bits(f);
      const [x, y, d] = [f.Vn, f.Vm, f.Vd].map((reg) => read(b, reg, bits)) as [Value, Value, Value];
      write(b, f.Vd, operation(b, f.size, x, y, d, bits), bits);
    },
  });
}

/** Sizes of vectors, sizes of scalars. */
const INTEGER = [[0, 1, 2], []];
const ALL = [
  [0, 1, 2, 3],
  [0, 1, 2, 3],
];
const LONG_SCALAR = [[0, 1, 2, 3], [3]];
const HIGH_HALF = [
  [1, 2],
  [1, 2],
];

const { direct, saturating } = arithmetic;
const sign = (name: string) => (U: number) => direct(`${name}_${U ? 'u' : 's'}`);
const pairs = (name: string) => (U: number) => arithmetic.pairwise(`${name}_${U ? 'u' : 's'}`);
const by = (signed: Operation, unsigned: Operation) => (U: number) => (U ? unsigned : signed);
const { accumulate, absoluteDifference, multiply } = arithmetic;
const equal = direct('eq');

const table: readonly [names: string, opcode: string, sizes: number[][], operation: (U: number) => Operation][] = [
  ['SHADD UHADD', '00000', INTEGER, arithmetic.halvingAdd],
  ['SQADD UQADD', '00001', ALL, (U) => saturating('add', U)],
  ['SRHADD URHADD', '00010', INTEGER, arithmetic.roundingHalvingAdd],
  ['SHSUB UHSUB', '00100', INTEGER, arithmetic.halvingSub],
  ['SQSUB UQSUB', '00101', ALL, (U) => saturating('sub', U)],
  ['CMGT CMHI', '00110', LONG_SCALAR, sign('gt')],
  ['CMGE CMHS', '00111', LONG_SCALAR, sign('ge')],
  ['SSHL USHL', '01000', LONG_SCALAR, (U) => shiftByRegister(U, {})],
  ['SQSHL UQSHL', '01001', ALL, (U) => shiftByRegister(U, { saturating: true })],
  ['SRSHL URSHL', '01010', LONG_SCALAR, (U) => shiftByRegister(U, { rounding: true })],
  ['SQRSHL UQRSHL', '01011', ALL, (U) => shiftByRegister(U, { rounding: true, saturating: true })],
  ['SMAX UMAX', '01100', INTEGER, sign('max')],
  ['SMIN UMIN', '01101', INTEGER, sign('min')],
  ['SABD UABD', '01110', INTEGER, absoluteDifference],
  ['SABA UABA', '01111', INTEGER, (U) => accumulate(absoluteDifference(U))],
  ['ADD SUB', '10000', LONG_SCALAR, by(direct('add'), direct('sub'))],
  ['CMTST CMEQ', '10001', LONG_SCALAR, by(arithmetic.test, equal)],
  ['MLA MLS', '10010', INTEGER, by(accumulate(multiply), accumulate(multiply, 'sub'))],
  ['MUL -', '10011', INTEGER, () => multiply],
  ['- PMUL', '10011', [[0], []], () => polynomialMultiply],
  ['SMAXP UMAXP', '10100', INTEGER, pairs('max')],
  ['SMINP UMINP', '10101', INTEGER, pairs('min')],
  ['SQDMULH SQRDMULH', '10110', HIGH_HALF, (U) => arithmetic.doublingHigh(U === 1)],
  ['ADDP -', '10111', [[0, 1, 2, 3], []], () => arithmetic.pairwise('add')],
];

function rowsOf(entry: Omit<Entry, 'sizes'>, sizes: number[][]): Row[] {
  return [vectorForm, scalarForm].flatMap((form, i) => {
    const allowed = sizes[i] as number[];
    return allowed.length > 0 ? [row(form, { ...entry, sizes: allowed })] : [];
  });
}

const { roundingAccumulateHigh } = arithmetic;
const extra = (mnemonic: string, opcode: string, name: 'add' | 'sub'): Row[] =>
  rowsOf({ mnemonic, U: 1, bit21: '0', opcode, operation: roundingAccumulateHigh(name), feature: 'FEAT_RDM' }, HIGH_HALF);

/** Bits are chosen or combined whatever the elements are: `size` and U are the operation. */
function logical(mnemonic: string, U: number, size: string, build: (b: Semantics, n: Value, m: Value, d: Value) => Value): Row {
  const pattern = `0 Q:1 ${U} 01110 ${size} 1 Vm:5 00011 1 Vn:5 Vd:5`;
  return insn(`${mnemonic}_vector`, pattern as '0 Q:1 0 01110 00 1 Vm:5 00011 1 Vn:5 Vd:5', {
    asm: (r) => {
      const [d, n, m] = [r.Vd, r.Vn, r.Vm].map((reg) => vector(reg, 0, r.Q));
      return mnemonic === 'ORR' && r.Vn === r.Vm ? line('mov', d, n) : line(mnemonic.toLowerCase(), d, n, m);
    },
    semantics: (b, f) => {
      b.checkFp();
      write(b, f.Vd, build(b, b.v(f.Vn), b.v(f.Vm), b.v(f.Vd)), datasize(f.Q));
    },
  });
}

export const threeSame: readonly Row[] = [
  ...table.flatMap(([names, opcode, sizes, operation]) =>
    mnemonics(names).flatMap(([mnemonic, U]) => rowsOf({ mnemonic, U, opcode, operation: operation(U) }, sizes)),
  ),
  ...extra('SQRDMLAH', '10000', 'add'),
  ...extra('SQRDMLSH', '10001', 'sub'),
  logical('AND', 0, '00', (b, n, m) => b.op('v128.and', n, m)),
  logical('BIC', 0, '01', (b, n, m) => b.op('v128.andnot', n, m)),
  logical('ORR', 0, '10', (b, n, m) => b.op('v128.or', n, m)),
  logical('ORN', 0, '11', (b, n, m) => b.op('v128.or', n, b.op('v128.not', m))),
  logical('EOR', 1, '00', (b, n, m) => b.op('v128.xor', n, m)),
  logical('BSL', 1, '01', (b, n, m, d) => b.op('v128.bitselect', n, m, d)),
  logical('BIT', 1, '10', (b, n, m, d) => b.op('v128.bitselect', n, d, m)),
  logical('BIF', 1, '11', (b, n, m, d) => b.op('v128.bitselect', d, n, m)),
];
