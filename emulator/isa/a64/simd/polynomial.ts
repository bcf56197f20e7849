/** Products of polynomials over {0, 1} (DDI 0487 A1.6): sums are exclusive ors. */
import type { Value } from '../../../ir/nodes.ts';
import type { Semantics } from '../../derive/semantics.ts';
import type { Long, Operation } from './arithmetic.ts';
import { esize, extend, insert, lanes, signs, zero } from './lanes.ts';

/** The product, modulo the lane, for an x of 8 significant bits: they choose which shifts of y are summed. */
export const polynomialMultiply: Operation = (b, size, x, y) => {
  let result = zero(b);
  for (let bit = 0; bit < 8; bit++) {
    const chosen = signs(b, size, lanes(b, size, 'shl', x, b.i32(esize(size) - 1 - bit)));
    result = b.op('v128.xor', result, b.op('v128.and', chosen, lanes(b, size, 'shl', y, b.i32(bit))));
  }
  return result;
};

export const polynomialLong: Long = (b, size, Q, x, y, d) =>
  polynomialMultiply(b, size + 1, extend(b, size, 1, Q, x), extend(b, size, 1, Q, y), d, 128);

/** Bits k, k + 4, k + 8 and so on of a 64-bit number. */
const EVERY_FOURTH = 0x1111_1111_1111_1111n;
const everyFourth = (b: Semantics, value: Value, k: number): Value => b.op('i64.and', value, b.i64(EVERY_FOURTH << BigInt(k)));

/**
 * The low 64 bits of a product, by integer multiplication: with three zeros between the bits of each factor, sums of up to 15 ones
 * do not reach the next bit that counts. Sixteen meet in the highest place only, and their carry leaves the word.
 */
function lowProduct(b: Semantics, x: Value, y: Value): Value {
  const parts = [0, 1, 2, 3];
  const [xs, ys] = [x, y].map((value) => parts.map((k) => everyFourth(b, value, k))) as [Value[], Value[]];
  const sums = parts.map((k) => {
    const products = parts.map((i) => b.op('i64.mul', xs[i] as Value, ys[(k - i) & 3] as Value));
    return everyFourth(
      b,
      products.reduce((sum, product) => b.op('i64.xor', sum, product)),
      k,
    );
  });
  return sums.reduce((result, sum) => b.op('i64.or', result, sum));
}

/** The bits of a 64-bit number in reverse order. */
function reverse(b: Semantics, value: Value): Value {
  const masks = [
    0x5555_5555_5555_5555n,
    0x3333_3333_3333_3333n,
    0x0f0f_0f0f_0f0f_0f0fn,
    0x00ff_00ff_00ff_00ffn,
    0x0000_ffff_0000_ffffn,
  ];
  const swapped = masks.reduce((result, mask, i) => {
    const amount = b.i64(1 << i);
    const up = b.op('i64.shl', b.op('i64.and', result, b.i64(mask)), amount);
    return b.op('i64.or', up, b.op('i64.and', b.op('i64.shr_u', result, amount), b.i64(mask)));
  }, value);
  return b.op('i64.rotr', swapped, b.i64(32));
}

/** 64 by 64 bits. The product of reversed factors is the reversed product, which gives the high half. */
export function polynomialLong64(b: Semantics, Q: number, n: Value, m: Value): Value {
  const [x, y] = [n, m].map((value) => b.lane('i64x2.extract_lane', Q, value)) as [Value, Value];
  const high = b.op('i64.shr_u', reverse(b, lowProduct(b, reverse(b, x), reverse(b, y))), b.i64(1));
  return insert(b, 3, 1, insert(b, 3, 0, zero(b), lowProduct(b, x, y)), high);
}
