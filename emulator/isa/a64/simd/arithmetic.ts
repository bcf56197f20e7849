/** Integer arithmetic by lanes, as DDI 0487 C7.2 defines it: what the encoding classes share. */
import type { Value } from '../../../ir/nodes.ts';
import type { Semantics } from '../../derive/semantics.ts';
import {
  bound,
  esize,
  evens,
  extend,
  lanes,
  minimum,
  multiplyLong,
  narrow,
  odds,
  replicate,
  setSaturated,
  signed,
  signs,
  zero,
} from './lanes.ts';

/**
 * Combines two sources, and perhaps what the destination held, in the low `bits`. Above them x and d are zero; y is, too, or it is one
 * element everywhere.
 */
export type Operation = (b: Semantics, size: number, x: Value, y: Value, d: Value, bits: number) => Value;
/** Combines the lower (Q: upper) lanes of two sources to lanes twice as wide. */
export type Long = (b: Semantics, size: number, Q: number, x: Value, y: Value, d: Value) => Value;
export type Unary = (b: Semantics, size: number, x: Value, d: Value) => Value;

/** An operation of `lanes` by name. */
export const direct =
  (name: string): Operation =>
  (b, size, x, y) =>
    lanes(b, size, name, x, y);

/** The result goes to the destination by `name`, add or sub. */
export const accumulate =
  (operation: Operation, name = 'add'): Operation =>
  (b, size, x, y, d, bits) =>
    lanes(b, size, name, d, operation(b, size, x, y, d, bits));

export const test: Operation = (b, size, x, y) => lanes(b, size, 'ne', b.op('v128.and', x, y), zero(b));

// --- halving: no sum overflows when it is put together from common and different bits -------------------------------------------
const halfDifference = (b: Semantics, size: number, U: number, x: Value, y: Value): Value =>
  signed(b, size, 'shr', U, b.op('v128.xor', x, y), b.i32(1));

export const halvingAdd =
  (U: number): Operation =>
  (b, size, x, y) =>
    lanes(b, size, 'add', b.op('v128.and', x, y), halfDifference(b, size, U, x, y));
export const roundingHalvingAdd =
  (U: number): Operation =>
  (b, size, x, y) =>
    lanes(b, size, 'sub', b.op('v128.or', x, y), halfDifference(b, size, U, x, y));
export const halvingSub =
  (U: number): Operation =>
  (b, size, x, y) =>
    lanes(b, size, 'sub', halfDifference(b, size, U, x, y), b.op('v128.andnot', y, x));

export const absoluteDifference =
  (U: number): Operation =>
  (b, size, x, y) =>
    lanes(b, size, 'sub', signed(b, size, 'max', U, x, y), signed(b, size, 'min', U, x, y));

// --- saturating ----------------------------------------------------------------------------------------------------------------
/** Saturation shows in a difference from the plain result. */
function saturatingSum(b: Semantics, size: number, name: 'add' | 'sub', U: number, x: Value, y: Value): Value {
  const result = signed(b, size, `${name}_sat`, U, x, y);
  setSaturated(b, b.op('v128.xor', result, lanes(b, size, name, x, y)));
  return result;
}

export const saturating =
  (name: 'add' | 'sub', U: number): Operation =>
  (b, size, x, y) =>
    saturatingSum(b, size, name, U, x, y);

/** SUQADD: with its top bit flipped the signed destination is an unsigned number, whose bounds are those wanted. */
export const addUnsignedToSigned: Unary = (b, size, x, d) => {
  const flip = (value: Value): Value => b.op('v128.xor', value, minimum(b, size));
  return flip(saturatingSum(b, size, 'add', 1, flip(d), x));
};

/** USQADD: negative lanes are subtracted. */
export const addSignedToUnsigned: Unary = (b, size, x, d) => {
  const difference = signed(b, size, 'sub_sat', 1, d, lanes(b, size, 'abs', x));
  const result = b.op('v128.bitselect', difference, signed(b, size, 'add_sat', 1, d, x), signs(b, size, x));
  setSaturated(b, b.op('v128.xor', result, lanes(b, size, 'add', d, x)));
  return result;
};

export const saturatingNegate: Unary = (b, size, x) => {
  setSaturated(b, lanes(b, size, 'eq', x, minimum(b, size)));
  return signed(b, size, 'sub_sat', 0, zero(b), x);
};
export const saturatingAbsolute: Unary = (b, size, x, d) => signed(b, size, 'max', 0, x, saturatingNegate(b, size, x, d));

/** Narrows wide lanes to `size` with saturation: `from` and `to` say whether source and result are unsigned. */
export function saturatingNarrow(b: Semantics, size: number, from: number, to: number, x: Value): Value {
  const wide = size + 1;
  const bits = BigInt(esize(size));
  const least = to ? 0n : -(1n << (bits - 1n));
  const greatest = (1n << (to ? bits : bits - 1n)) - 1n;
  let result = signed(b, wide, 'min', from, x, replicate(b, wide, greatest));
  if (!from) result = signed(b, wide, 'max', 0, result, replicate(b, wide, least));
  setSaturated(b, b.op('v128.xor', result, x));
  return narrow(b, size, result);
}

// --- multiplication ------------------------------------------------------------------------------------------------------------
export const multiply = direct('mul');

/** SMULL and UMULL. */
export const productLong =
  (U: number): Long =>
  (b, size, Q, x, y) =>
    multiplyLong(b, size, U, Q, x, y);

export const accumulateLong =
  (operation: Long, name: 'add' | 'sub' = 'add'): Long =>
  (b, size, Q, x, y, d) =>
    lanes(b, size + 1, name, d, operation(b, size, Q, x, y, d));

/** SQDMULL: twice the product. It overflows for minimum times minimum alone. */
export const doublingLong: Long = (b, size, Q, x, y) => {
  const wide = size + 1;
  const doubled = lanes(b, wide, 'shl', multiplyLong(b, size, 0, Q, x, y), b.i32(1));
  const overflow = lanes(b, wide, 'eq', doubled, minimum(b, wide));
  setSaturated(b, overflow);
  return b.op('v128.xor', doubled, overflow);
};

/** SQDMLAL, SQDMLSL: product and sum saturate one after the other. */
export const doublingAccumulateLong =
  (name: 'add' | 'sub'): Long =>
  (b, size, Q, x, y, d) =>
    saturatingSum(b, size + 1, name, 0, d, doublingLong(b, size, Q, x, y, d));

/** What of a doubled product reaches the high half, as an addend to the single product. */
const roundConst = (b: Semantics, size: number): Value => replicate(b, size + 1, 1n << BigInt(esize(size) - 2));

/** SQDMULH, SQRDMULH: the high half of the doubled product. Only minimum times minimum overflows, to minimum. */
export const doublingHigh =
  (rounding: boolean): Operation =>
  (b, size, x, y) => {
    const high = (Q: number): Value => {
      const product = multiplyLong(b, size, 0, Q, x, y);
      const sum = rounding ? lanes(b, size + 1, 'add', product, roundConst(b, size)) : product;
      return lanes(b, size + 1, 'shr_s', sum, b.i32(esize(size) - 1));
    };
    const least = minimum(b, size);
    const overflow = b.op('v128.and', lanes(b, size, 'eq', x, least), lanes(b, size, 'eq', y, least));
    setSaturated(b, overflow);
    return b.op('v128.xor', evens(b, size, high(0), high(1)), overflow);
  };

/** SQRDMLAH, SQRDMLSH: the sum of accumulator and doubled product is rounded and saturated once. Halved, it fits the wide lane. */
export const roundingAccumulateHigh =
  (name: 'add' | 'sub'): Operation =>
  (b, size, x, y, d) => {
    const wide = size + 1;
    const shift = b.i32(esize(size) - 1);
    const high = (Q: number): Value => {
      const accumulator = lanes(b, wide, 'shl', extend(b, size, 0, Q, d), shift);
      const sum = lanes(b, wide, name, accumulator, multiplyLong(b, size, 0, Q, x, y));
      return lanes(b, wide, 'shr_s', lanes(b, wide, 'add', sum, roundConst(b, size)), shift);
    };
    const [lower, upper] = [high(0), high(1)];
    const result = evens(b, size, lower, upper);
    // The quotient has one bit more than the lane: where the high halves are no sign extension, it does not fit.
    const above = odds(b, size, lower, upper);
    const overflow = b.op('v128.xor', above, signs(b, size, result));
    setSaturated(b, overflow);
    const mask = lanes(b, size, 'ne', overflow, zero(b));
    return b.op('v128.bitselect', bound(b, size, above), result, mask);
  };

// --- pairs ---------------------------------------------------------------------------------------------------------------------
/** Neighbours of the concatenated sources. */
export const pairwise =
  (name: string): Operation =>
  (b, size, x, y, _d, bits) =>
    lanes(b, size, name, evens(b, size, x, y, bits), odds(b, size, x, y, bits));

/** Sums of neighbours, twice as wide. */
export function addPairsLong(b: Semantics, size: number, U: number, x: Value): Value {
  const [shape, from] = [['i16x8', 'i32x4'][size], ['i8x16', 'i16x8'][size]];
  if (shape) return b.op(`${shape}.extadd_pairwise_${from}_${U ? 'u' : 's'}`, x);
  const width = b.i32(32);
  const odd = signed(b, 3, 'shr', U, x, width);
  const even = signed(b, 3, 'shr', U, lanes(b, 3, 'shl', x, width), width);
  return lanes(b, 3, 'add', even, odd);
}
