/** Two registers, miscellaneous, vector and scalar (DDI 0487 C4.1.96). */
import type { Value } from '../../../ir/nodes.ts';
import { decimal, line, scalar, vector } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import type { Semantics } from '../../derive/semantics.ts';
import * as arithmetic from './arithmetic.ts';
import type { Unary } from './arithmetic.ts';
import { type Form, mnemonics, scalarForm, vectorForm } from './forms.ts';
import { datasize, eachLane, esize, extend, lanes, narrow, read, rearrange, replicate, write, writeHalf, zero } from './lanes.ts';

type Pattern = '0 Q:1 0 01110 size:2 10000 00000 10 Vn:5 Vd:5';
const pattern = (form: Form, U: number, opcode: string): Pattern =>
  `${form.top} ${U} ${form.kind}1110 size:2 10000 ${opcode} 10 Vn:5 Vd:5` as Pattern;

interface Entry {
  readonly mnemonic: string;
  readonly U: number;
  readonly opcode: string;
  readonly sizes: readonly number[];
  readonly operation: Unary;
  /** Of the elements, where `size` does not say it. */
  readonly size?: number;
  /** A last operand. */
  readonly operand?: string;
}

function row(form: Form, { mnemonic, U, opcode, sizes, operation, size, operand }: Entry): Row {
  return insn(`${mnemonic.toUpperCase()}${operand ? '_zero' : ''}${form.suffix}`, pattern(form, U, opcode), {
    when: (r) => sizes.includes(r.size) && form.when(r),
    asm: (r) => {
      const width = { size: size ?? r.size, Q: r.Q };
      return line(mnemonic, form.text(r.Vd, width), form.text(r.Vn, width), operand);
    },
    semantics: (b, f) => {
      b.checkFp();
      const bits = form.bits(f);
      write(b, f.Vd, operation(b, size ?? f.size, read(b, f.Vn, bits), read(b, f.Vd, bits)), bits);
    },
  });
}

/** Elements are reversed within containers of `8 << container` bits. */
const reverseIn =
  (container: number): Unary =>
  (b, size, x) =>
    rearrange(b, size, x, x, (place) => place ^ ((1 << (container - size)) - 1));

const leadingZeros: Unary = (b, size, x) =>
  eachLane(b, size, 1, [x], (element) => b.op('i32.sub', b.op('i32.clz', element as Value), b.i32(32 - esize(size))));

/** Bits after the sign that equal it: leading zeros, but one, of the differences from the sign. */
const leadingSigns: Unary = (b, size, x, d) => {
  const differences = b.op('v128.xor', x, lanes(b, size, 'shr_s', x, b.i32(esize(size) - 1)));
  return lanes(b, size, 'sub', leadingZeros(b, size, differences, d), replicate(b, size, 1));
};

/** The bits of each byte reversed: two halves of four bits, by table. */
const reverseBits: Unary = (b, _size, x) => {
  const table = (shift: number): Value => {
    const byte = (i: number): bigint => BigInt((((i & 1) << 3) | ((i & 2) << 1) | ((i & 4) >> 1) | ((i & 8) >> 3)) << shift);
    const half = (from: number): bigint => [...Array(8).keys()].reduce((all, i) => all | (byte(from + i) << BigInt(8 * i)), 0n);
    return b.v128(half(0), half(8));
  };
  const low = b.op('i8x16.swizzle', table(4), b.op('v128.and', x, replicate(b, 0, 15)));
  const high = b.op('i8x16.swizzle', table(0), lanes(b, 0, 'shr_u', x, b.i32(4)));
  return b.op('v128.or', low, high);
};

const compareZero =
  (name: string): Unary =>
  (b, size, x) =>
    lanes(b, size, name, x, zero(b));

const INTEGER = [0, 1, 2];
const ALL = [0, 1, 2, 3];
const BYTES = [0];

const table: readonly [
  names: string,
  opcode: string,
  vectors: readonly number[],
  scalars: readonly number[],
  operation: (U: number) => Unary,
  more?: { size?: number; operand?: string },
][] = [
  ['rev64 -', '00000', INTEGER, [], () => reverseIn(3)],
  ['- rev32', '00000', [0, 1], [], () => reverseIn(2)],
  ['rev16 -', '00001', BYTES, [], () => reverseIn(1)],
  ['suqadd usqadd', '00011', ALL, ALL, (U) => (U ? arithmetic.addSignedToUnsigned : arithmetic.addUnsignedToSigned)],
  ['cls clz', '00100', INTEGER, [], (U) => (U ? leadingZeros : leadingSigns)],
  ['cnt -', '00101', BYTES, [], () => (b, _size, x) => b.op('i8x16.popcnt', x)],
  ['- mvn', '00101', BYTES, [], () => (b, _size, x) => b.op('v128.not', x)],
  ['- rbit', '00101', [1], [], () => reverseBits, { size: 0 }],
  ['sqabs sqneg', '00111', ALL, ALL, (U) => (U ? arithmetic.saturatingNegate : arithmetic.saturatingAbsolute)],
  ['cmgt cmge', '01000', ALL, [3], (U) => compareZero(U ? 'ge_s' : 'gt_s'), { operand: '#0' }],
  ['cmeq cmle', '01001', ALL, [3], (U) => compareZero(U ? 'le_s' : 'eq'), { operand: '#0' }],
  ['cmlt -', '01010', ALL, [3], () => compareZero('lt_s'), { operand: '#0' }],
  ['abs neg', '01011', ALL, [3], (U) => (b, size, x) => lanes(b, size, U ? 'neg' : 'abs', x)],
];

/** SADDLP, SADALP and their unsigned kin: sums of neighbours. */
const pairsLong = (mnemonic: string, U: number, opcode: string, accumulates: boolean): Row =>
  insn(mnemonic, pattern(vectorForm, U, opcode), {
    when: (r) => r.size < 3,
    asm: (r) => line(mnemonic.toLowerCase(), vector(r.Vd, r.size + 1, r.Q), vector(r.Vn, r.size, r.Q)),
    semantics: (b, f) => {
      b.checkFp();
      const sums = arithmetic.addPairsLong(b, f.size, U, b.v(f.Vn));
      write(b, f.Vd, accumulates ? lanes(b, f.size + 1, 'add', b.v(f.Vd), sums) : sums, datasize(f.Q));
    },
  });

/** XTN and its saturating kin: 64 bits of result, in the upper half with Q. */
function narrowing(
  form: Form,
  mnemonic: string,
  U: number,
  opcode: string,
  build: (b: Semantics, size: number, x: Value) => Value,
): Row {
  return insn(`${mnemonic}${form.suffix}`, pattern(form, U, opcode), {
    when: (r) => r.size < 3,
    asm: (r) => line(mnemonic.toLowerCase() + form.half(r), form.text(r.Vd, r), form.wideText(r.Vn, r)),
    semantics: (b, f) => {
      b.checkFp();
      writeHalf(b, f.Vd, build(b, f.size, read(b, f.Vn, form.wideBits(f))), f.Q);
    },
  });
}
const saturatingNarrow = (from: number, to: number) => (b: Semantics, size: number, x: Value) =>
  arithmetic.saturatingNarrow(b, size, from, to, x);
const forms = [vectorForm, scalarForm];

export const twoRegisters: readonly Row[] = [
  ...table.flatMap(([names, opcode, vectors, scalars, operation, more]) =>
    mnemonics(names).flatMap(([mnemonic, U]) =>
      forms.flatMap((form, i) => {
        const sizes = [vectors, scalars][i] as number[];
        return sizes.length > 0 ? [row(form, { mnemonic, U, opcode, sizes, operation: operation(U), ...more })] : [];
      }),
    ),
  ),
  pairsLong('SADDLP', 0, '00010', false),
  pairsLong('UADDLP', 1, '00010', false),
  pairsLong('SADALP', 0, '00110', true),
  pairsLong('UADALP', 1, '00110', true),
  narrowing(vectorForm, 'XTN', 0, '10010', narrow),
  ...forms.map((form) => narrowing(form, 'SQXTUN', 1, '10010', saturatingNarrow(0, 1))),
  ...forms.map((form) => narrowing(form, 'SQXTN', 0, '10100', saturatingNarrow(0, 0))),
  ...forms.map((form) => narrowing(form, 'UQXTN', 1, '10100', saturatingNarrow(1, 1))),
  insn('SHLL', pattern(vectorForm, 1, '10011'), {
    when: (r) => r.size < 3,
    asm: (r) => line(`shll${r.Q ? '2' : ''}`, vector(r.Vd, r.size + 1, 1), vector(r.Vn, r.size, r.Q), decimal(esize(r.size))),
    semantics: (b, f) => {
      b.checkFp();
      b.setV(f.Vd, lanes(b, f.size + 1, 'shl', extend(b, f.size, 1, f.Q, b.v(f.Vn)), b.i32(esize(f.size))));
    },
  }),
  // The one pairwise scalar of integers: ADDP Dd, Vn.2D.
  insn('ADDP_scalar', '01 0 11110 11 11000 11011 10 Vn:5 Vd:5', {
    asm: (r) => line('addp', scalar(3, r.Vd), vector(r.Vn, 3, 1)),
    semantics: (b, f) => {
      b.checkFp();
      const x = b.v(f.Vn);
      b.setScalar(f.Vd, b.op('i64.add', b.lane('i64x2.extract_lane', 0, x), b.lane('i64x2.extract_lane', 1, x)));
    },
  }),
];
