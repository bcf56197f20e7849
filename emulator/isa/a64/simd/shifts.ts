/** Shifts by lanes (DDI 0487 C7.2: SSHL, SSHR and their rounding, saturating and narrowing relatives). */
import type { RawFields } from '../../../ir/builder.ts';
import type { Value } from '../../../ir/nodes.ts';
import type { Semantics } from '../../derive/semantics.ts';
import type { Operation, Unary } from './arithmetic.ts';
import { bound, eachLane, esize, lanes, one, replicate, setSaturated, signed, signs, zero } from './lanes.ts';

export interface ShiftOptions {
  readonly rounding?: boolean;
  readonly saturating?: boolean;
}

const ones = (b: Semantics): Value => b.v128(-1n, -1n);

/** `(x + rounding) >> 1` for an x that still has one bit below the result. */
function dropBit(b: Semantics, size: number, U: number, rounding: boolean, x: Value): Value {
  const shifted = signed(b, size, 'shr', U, x, b.i32(1));
  return rounding ? lanes(b, size, 'add', shifted, b.op('v128.and', x, one(b, size))) : shifted;
}

// --- by register: each lane has its amount -------------------------------------------------------------------------------------
/** Shifts each lane of x by its own amount; amounts of the width and more (also those that are negative) move every bit out. */
function shiftEach(b: Semantics, size: number, kind: 'shl' | 'shr_s' | 'shr_u', x: Value, amounts: Value): Value {
  const scalar = size === 3 ? 'i64' : 'i32';
  const shifted = eachLane(b, size, kind === 'shr_s' ? 0 : 1, [x, amounts], (element, amount) =>
    b.op(`${scalar}.${kind}`, element as Value, amount as Value),
  );
  const inRange = lanes(b, size, 'eq', b.op('v128.and', amounts, replicate(b, size, -esize(size))), zero(b));
  return b.op('v128.bitselect', shifted, kind === 'shr_s' ? signs(b, size, x) : zero(b), inRange);
}

/** The amount is the signed low byte of y's lane: to the left, and to the right where it is negative. */
export const shiftByRegister =
  (U: number, { rounding = false, saturating = false }: ShiftOptions): Operation =>
  (b, size, x, y) => {
    const right = U ? 'shr_u' : 'shr_s';
    const above = b.i32(esize(size) - 8);
    const amounts = size === 0 ? y : lanes(b, size, 'shr_s', lanes(b, size, 'shl', y, above), above);
    const toRight = signs(b, size, amounts);
    // -amount - 1: the last bit is dropped apart, with the rounding.
    const rightResult = dropBit(b, size, U, rounding, shiftEach(b, size, right, x, b.op('v128.not', amounts)));
    const left = shiftEach(b, size, 'shl', x, amounts);
    if (!saturating) return b.op('v128.bitselect', rightResult, left, toRight);
    const kept = lanes(b, size, 'eq', shiftEach(b, size, right, left, amounts), x);
    setSaturated(b, b.op('v128.not', b.op('v128.or', kept, toRight)));
    const leftResult = b.op('v128.bitselect', left, U ? ones(b) : bound(b, size, x), kept);
    return b.op('v128.bitselect', rightResult, leftResult, toRight);
  };

// --- by immediate --------------------------------------------------------------------------------------------------------------
/** The field below the leading one of immh:immb: 0 to the element's width - 1. */
const field = (r: RawFields): number => r['imm'] as number;
const leftAmount = (b: Semantics): Value => b.imm16(field);
/** Amounts to the right are 1 to the width: `(2 * esize) - UInt(immh:immb)`. */
export const rightAmount = (size: number, r: RawFields): number => esize(size) - field(r);

/** `lanes` is the size of the lanes that are shifted, `size` that of the encoding (narrowing shifts have wide lanes). */
export const shiftRight =
  (U: number, rounding = false): Unary =>
  (b, size, x) =>
    shiftRightLanes(b, size, size, U, rounding, x);

export function shiftRightLanes(b: Semantics, size: number, wide: number, U: number, rounding: boolean, x: Value): Value {
  // A shift by the width would be one by zero in WebAssembly.
  if (!U && !rounding) {
    const amount = b.imm16((r) => Math.min(rightAmount(size, r), esize(wide) - 1));
    return signed(b, wide, 'shr', U, x, amount);
  }
  const almost = signed(
    b,
    wide,
    'shr',
    U,
    x,
    b.imm16((r) => rightAmount(size, r) - 1),
  );
  return dropBit(b, wide, U, rounding, almost);
}

export const shiftLeft: Unary = (b, size, x) => lanes(b, size, 'shl', x, leftAmount(b));

/** SRI: bits that nothing was shifted into keep their values. */
export const shiftRightInsert: Unary = (b, size, x, d) => {
  const shift = shiftRight(1);
  return b.op('v128.bitselect', shift(b, size, x, d), d, shift(b, size, ones(b), d));
};
export const shiftLeftInsert: Unary = (b, size, x, d) =>
  b.op('v128.bitselect', shiftLeft(b, size, x, d), d, shiftLeft(b, size, ones(b), d));

/** SQSHL, UQSHL and SQSHLU: `from` and `to` say whether source and result are unsigned. */
export const saturatingShiftLeft =
  (from: number, to: number): Unary =>
  (b, size, x) => {
    const left = lanes(b, size, 'shl', x, leftAmount(b));
    // Negative sources do not come back from an unsigned result, unless they are shifted by zero.
    const back = lanes(b, size, 'eq', signed(b, size, 'shr', to, left, leftAmount(b)), x);
    const kept = from === to ? back : b.op('v128.andnot', back, signs(b, size, x));
    const limit = !to ? bound(b, size, x) : from ? ones(b) : b.op('v128.not', signs(b, size, x));
    setSaturated(b, b.op('v128.not', kept));
    return b.op('v128.bitselect', left, limit, kept);
  };
