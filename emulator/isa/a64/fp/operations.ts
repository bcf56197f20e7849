/** The arithmetic of the shared pseudocode, for scalars and vectors alike. */
import type { Value } from '../../../ir/nodes.ts';
import type { Semantics } from '../../derive/semantics.ts';
import { absolute, constant, eachLane, exact, negate, type Shape } from './shape.ts';

/** Takes as many numbers as it has operands and answers their result, all in the same shape. */
export type Operation = (b: Semantics, shape: Shape, ...args: Value[]) => Value;

const width = (sz: number): number => (sz ? 64 : 32);

/** The library's function of that name. */
const library =
  (name: string): Operation =>
  (b, shape, ...args) =>
    eachLane(b, shape, args, (...elements) => exact(b, `${name}${width(shape.sz)}`, ...elements));

export const add = library('fpAdd');
export const subtract = library('fpSub');
export const multiply = library('fpMul');
export const multiplyExtended = library('fpMulX');
export const divide = library('fpDiv');
export const squareRoot = library('fpSqrt');
export const maximum = library('fpMax');
export const minimum = library('fpMin');
export const maximumNumber = library('fpMaxNum');
export const minimumNumber = library('fpMinNum');
export const reciprocalStep = library('fpRecipStepFused');
export const rootStep = library('fpRSqrtStepFused');
export const reciprocalEstimate = library('fpRecipEstimate');
export const rootEstimate = library('fpRSqrtEstimate');
export const reciprocalExponent = library('fpRecpX');
/** addend + x * y, rounded once: FPMulAdd. */
export const multiplyAdd = library('fpMulAdd');

export const negatedMultiply: Operation = (b, shape, x, y) => negate(b, shape, multiply(b, shape, x, y));
export const absoluteDifference: Operation = (b, shape, x, y) => absolute(b, shape, subtract(b, shape, x, y));
/** addend - x * y: FPMulAdd with its second operand negated. */
export const multiplySubtract: Operation = (b, shape, addend, x, y) => multiplyAdd(b, shape, addend, negate(b, shape, x), y);

/** A comparison that answers all ones or zero. */
const comparison =
  (name: string): Operation =>
  (b, shape, ...args) =>
    eachLane(b, shape, args, (...elements) => {
      const holds = exact(b, `${name}${width(shape.sz)}`, ...elements);
      const mask = b.op('i32.sub', b.i32(0), holds);
      return shape.sz ? b.op('i64.extend_i32_s', mask) : mask;
    });

export const equal = comparison('fpCompareEQ');
export const greaterOrEqual = comparison('fpCompareGE');
export const greater = comparison('fpCompareGT');

/** The comparison of magnitudes. */
export const ofMagnitudes =
  (compare: Operation): Operation =>
  (b, shape, x, y) =>
    compare(b, shape, absolute(b, shape, x), absolute(b, shape, y));

/** The comparison with zero; `swapped` where zero comes first (FCMLE, FCMLT). */
export const withZero =
  (compare: Operation, swapped = false): Operation =>
  (b, shape, x) => {
    const zero = constant(b, shape, 0n);
    return swapped ? compare(b, shape, zero, x) : compare(b, shape, x, zero);
  };

/** Rounding modes as the library numbers them: those of FPCR.RMode, and ties away from zero. */
export const rounding = { N: 0, P: 1, M: 2, Z: 3, A: 4 } as const;
export type Rounding = (typeof rounding)[keyof typeof rounding] | 'FPCR';

function roundingMode(b: Semantics, mode: Rounding): Value {
  if (mode !== 'FPCR') return b.i32(mode);
  return b.op('i32.and', b.op('i32.shr_u', b.getField('FPCR'), b.i32(22)), b.i32(3));
}

/** FPRoundInt; only FRINTX says when the result is inexact. */
export const roundToIntegral =
  (mode: Rounding, saysInexact = false): Operation =>
  (b, shape, x) =>
    eachLane(b, shape, [x], (e) =>
      exact(b, `fpRoundInt${width(shape.sz)}`, e, roundingMode(b, mode), b.i32(saysInexact ? 1 : 0)),
    );
