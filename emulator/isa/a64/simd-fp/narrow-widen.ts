/** Conversions between precisions: FCVTN, FCVTXN, FCVTL (DDI 0487 C4.1.96). `sz` 0 is half and single, 1 single and double. */
import type { Value } from '../../../ir/nodes.ts';
import { line, scalar, vector } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import type { Semantics } from '../../derive/semantics.ts';
import { convertPrecision } from '../fp/precision.ts';
import { element, exact, getLane, setLane } from '../fp/shape.ts';

type Convert = (b: Semantics, sz: number, x: Value) => Value;

/** Double to single precision so that a later rounding is as good as one: inexact results are made odd. */
const convertToOdd = (b: Semantics, x: Value): Value => exact(b, 'f64ToF32OddRound', x);

/** All elements of `wide` into half `Q` of the destination: the upper half keeps the lower one, the lower half zeroes the upper one. */
function narrow(b: Semantics, sz: number, Q: number, convert: Convert, old: Value, wide: Value): Value {
  const count = 4 >> sz;
  let result = Q ? old : b.v128(0n, 0n);
  for (let lane = 0; lane < count; lane++) {
    const value = convert(b, sz, getLane(b, sz, wide, lane));
    result = b.lane(sz ? 'i32x4.replace_lane' : 'i16x8.replace_lane', Q * count + lane, result, value);
  }
  return result;
}

function widen(b: Semantics, sz: number, Q: number, source: Value): Value {
  const count = 4 >> sz;
  let result = b.v128(0n, 0n);
  for (let lane = 0; lane < count; lane++) {
    const value = b.lane(sz ? 'i32x4.extract_lane' : 'i16x8.extract_lane_u', Q * count + lane, source);
    result = setLane(b, sz, result, lane, convertPrecision(b, 16 << sz, 32 << sz, value));
  }
  return result;
}

const half = (Q: number): string => (Q ? '2' : '');

const narrowing = (mnemonic: string, U: number, least: number, convert: Convert): Row =>
  insn(mnemonic, `0 Q:1 ${U} 01110 0 sz:1 10000 10110 10 Vn:5 Vd:5` as '0 Q:1 0 01110 0 sz:1 10000 10110 10 Vn:5 Vd:5', {
    when: (r) => r.sz >= least,
    asm: (r) => line(mnemonic.toLowerCase() + half(r.Q), vector(r.Vd, 1 + r.sz, r.Q), vector(r.Vn, 2 + r.sz, 1)),
    semantics: (b, f) => {
      b.checkFp();
      b.setV(f.Vd, narrow(b, f.sz, f.Q, convert, b.v(f.Vd), b.v(f.Vn)));
    },
  });

export const narrowAndWiden: readonly Row[] = [
  narrowing('FCVTN', 0, 0, (b, sz, x) => convertPrecision(b, 32 << sz, 16 << sz, x)),
  narrowing('FCVTXN', 1, 1, (b, _sz, x) => convertToOdd(b, x)),
  insn('FCVTXN_scalar', '01 1 11110 0 1 10000 10110 10 Vn:5 Vd:5', {
    asm: (r) => line('fcvtxn', scalar(2, r.Vd), scalar(3, r.Vn)),
    semantics: (b, f) => {
      b.checkFp();
      b.setScalar(f.Vd, convertToOdd(b, element(b, 1, f.Vn)));
    },
  }),
  insn('FCVTL', '0 Q:1 0 01110 0 sz:1 10000 10111 10 Vn:5 Vd:5', {
    asm: (r) => line(`fcvtl${half(r.Q)}`, vector(r.Vd, 2 + r.sz, 1), vector(r.Vn, 1 + r.sz, r.Q)),
    semantics: (b, f) => {
      b.checkFp();
      b.setV(f.Vd, widen(b, f.sz, f.Q, b.v(f.Vn)));
    },
  }),
];
