/**
 * Error-free transformations: whether an operation that rounded to the nearest lost nothing. Programs that count in floating point never
 * set Inexact, and would run through the exact library for ever.
 */
import type { Value } from '../../../ir/nodes.ts';
import type { Host } from './host.ts';

/** Far enough above the smallest denormal that the error of a product is a number, too. */
function isRoomy(h: Host, value: Value): Value {
  const magnitude = h.op('abs', value);
  const least = h.shape.sz ? 2 ** -960 : 2 ** -96;
  return h.both(h.op('ge', magnitude, h.number(least)), h.op('lt', magnitude, h.number(Infinity)));
}

/** Knuth's TwoSum: the error of x + y is a number, and comes out exactly. */
export function sumIsExact(h: Host, sum: Value, x: Value, y: Value): Value {
  const ofY = h.op('sub', sum, x);
  const ofX = h.op('sub', sum, ofY);
  return h.isZero(h.op('add', h.op('sub', x, ofX), h.op('sub', y, ofY)));
}

export function differenceIsExact(h: Host, difference: Value, x: Value, y: Value): Value {
  return sumIsExact(h, difference, x, h.op('neg', y));
}

/** The error of a product is one fused operation away. A zero is exact when a factor is zero and the other finite. */
export function productIsExact(h: Host, product: Value, x: Value, y: Value): Value | undefined {
  if (!h.canFuse) return undefined;
  const noError = h.both(isRoomy(h, product), h.isZero(h.fused(x, y, h.op('neg', product))));
  const zero = h.both(h.isZero(product), h.either(h.isZero(x), h.isZero(y)));
  return h.either(noError, zero);
}

/** The remainder x - quotient * y is a number. */
export function quotientIsExact(h: Host, quotient: Value, x: Value, y: Value): Value | undefined {
  if (!h.canFuse) return undefined;
  const roomy = h.both(isRoomy(h, quotient), h.both(isRoomy(h, x), isRoomy(h, y)));
  const noError = h.both(roomy, h.isZero(h.fused(h.op('neg', quotient), y, x)));
  const zero = h.both(h.isZero(x), h.both(h.isZero(quotient), isRoomy(h, y)));
  return h.either(noError, zero);
}

export function rootIsExact(h: Host, root: Value, x: Value): Value | undefined {
  if (!h.canFuse) return undefined;
  return h.either(h.both(isRoomy(h, x), h.isZero(h.fused(h.op('neg', root), root, x))), h.isZero(x));
}
