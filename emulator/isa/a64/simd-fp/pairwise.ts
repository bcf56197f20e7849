/** Operations between neighbours: scalar pairwise and across lanes (DDI 0487 C4.1.96), and the pairing of three-same rows. */
import { line, scalar, vector } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import * as fp from '../fp/operations.ts';
import { getLane, scalarShape, type Shape } from '../fp/shape.ts';

/** Byte indexes of elements `lanes` of two vectors, for a shuffle. */
const bytesOf = (sz: number, lanes: readonly number[]): number[] =>
  lanes.flatMap((lane) => [...Array(4 << sz).keys()].map((byte) => (lane << (2 + sz)) + byte));

/** Elements of two registers side by side: the even ones of both, the odd ones of both. */
function evenAndOdd({ sz, lanes }: Shape): [even: number[], odd: number[]] {
  const full = 16 >> (2 + sz);
  const even = [...Array(full).keys()].map((i) => {
    const pair = (i % lanes) * 2;
    return pair < lanes ? pair : full + pair - lanes;
  });
  return [
    bytesOf(sz, even),
    bytesOf(
      sz,
      even.map((lane) => lane + 1),
    ),
  ];
}

/** The operation on neighbours in the concatenation of its operands. */
export const pairs =
  (operation: fp.Operation): fp.Operation =>
  (b, shape, x, y) => {
    const [even, odd] = evenAndOdd(shape);
    return operation(b, shape, b.shuffle(x, y, even), b.shuffle(x, y, odd));
  };

const pairwise = (mnemonic: string, a: number, opcode: string, operation: fp.Operation): Row =>
  insn(
    mnemonic + '_scalar',
    `01 1 11110 ${a} sz:1 11000 ${opcode} 10 Vn:5 Vd:5` as '01 1 11110 0 sz:1 11000 01100 10 Vn:5 Vd:5',
    {
      asm: (r) => line(mnemonic.toLowerCase(), scalar(2 + r.sz, r.Vd), vector(r.Vn, 2 + r.sz, r.sz)),
      semantics: (b, f) => {
        b.checkFp();
        const source = b.v(f.Vn);
        const [x, y] = [getLane(b, f.sz, source, 0), getLane(b, f.sz, source, 1)];
        b.setScalar(f.Vd, operation(b, scalarShape(f.sz), x, y));
      },
    },
  );

/** Of 4S only: halves are reduced first, so the order is that of a tree (Reduce of the shared pseudocode). */
const across = (mnemonic: string, a: number, opcode: string, operation: fp.Operation): Row =>
  insn(mnemonic, `01 1 01110 ${a} 0 11000 ${opcode} 10 Vn:5 Vd:5` as '01 1 01110 0 0 11000 01100 10 Vn:5 Vd:5', {
    asm: (r) => line(mnemonic.toLowerCase(), scalar(2, r.Vd), vector(r.Vn, 2, 1)),
    semantics: (b, f) => {
      b.checkFp();
      const source = b.v(f.Vn);
      const halves = pairs(operation)(b, { sz: 0, lanes: 2 }, source, b.shuffle(source, source, bytesOf(0, [2, 3, 2, 3])));
      b.setScalar(f.Vd, operation(b, scalarShape(0), getLane(b, 0, halves, 0), getLane(b, 0, halves, 1)));
    },
  });

export const pairwiseAndAcross: readonly Row[] = [
  pairwise('FADDP', 0, '01101', fp.add),
  ...(
    [
      ['FMAXNM', 0, '01100', fp.maximumNumber],
      ['FMINNM', 1, '01100', fp.minimumNumber],
      ['FMAX', 0, '01111', fp.maximum],
      ['FMIN', 1, '01111', fp.minimum],
    ] as const
  ).flatMap(([mnemonic, a, opcode, operation]) => [
    pairwise(`${mnemonic}P`, a, opcode, operation),
    across(`${mnemonic}V`, a, opcode, operation),
  ]),
];
