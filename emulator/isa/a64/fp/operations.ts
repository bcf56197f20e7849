/** The arithmetic of the shared pseudocode, for scalars and vectors alike. */
import type { Value } from '../../../ir/nodes.ts';
import type { Semantics } from '../../derive/semantics.ts';
import { differenceIsExact, productIsExact, quotientIsExact, rootIsExact, sumIsExact } from './error-free.ts';
import { compared, exactOrKnown, Host, keepsDenormals, orExact, rounded, selected, type Try } from './host.ts';
import { fusedMultiplyAdd } from './multiply-add.ts';
import { absolute, constant, eachLane, exact, negate, type Shape } from './shape.ts';

/** Takes as many numbers as it has operands and answers their result, all in the same shape. */
export type Operation = (b: Semantics, shape: Shape, ...args: Value[]) => Value;

const width = (sz: number): number => (sz ? 64 : 32);

/** What the host holds for, and else the library lane by lane. */
function apply(b: Semantics, shape: Shape, args: readonly Value[], host: Try | undefined, one: (...e: Value[]) => Value): Value {
  const exactly = (): Value => eachLane(b, shape, args, one);
  const attempt = host?.(new Host(b, shape), ...args);
  return attempt ? orExact(b, attempt, exactly) : exactly();
}

/** The library's function of that name. */
const library =
  (name: string, host?: Try): Operation =>
  (b, shape, ...args) =>
    apply(b, shape, args, host, (...elements) => exact(b, `${name}${width(shape.sz)}`, ...elements));

export const add = library('fpAdd', rounded('add', 'isFinite', sumIsExact));
export const subtract = library('fpSub', rounded('sub', 'isFinite', differenceIsExact));
export const multiply = library('fpMul', rounded('mul', 'isNormal', productIsExact));
export const multiplyExtended = library('fpMulX', rounded('mul', 'isNormal', productIsExact));
export const divide = library('fpDiv', rounded('div', 'isNormal', quotientIsExact));
export const squareRoot = library('fpSqrt', rounded('sqrt', 'isFinite', rootIsExact));
export const maximum = library('fpMax', selected('max'));
export const minimum = library('fpMin', selected('min'));
export const maximumNumber = library('fpMaxNum', selected('max'));
export const minimumNumber = library('fpMinNum', selected('min'));
export const reciprocalStep = library('fpRecipStepFused');
export const rootStep = library('fpRSqrtStepFused');
export const reciprocalEstimate = library('fpRecipEstimate');
export const rootEstimate = library('fpRSqrtEstimate');
export const reciprocalExponent = library('fpRecpX');
/** addend + x * y, rounded once: FPMulAdd. */
export const multiplyAdd = library('fpMulAdd', fusedMultiplyAdd);

export const negatedMultiply: Operation = (b, shape, x, y) => negate(b, shape, multiply(b, shape, x, y));
export const absoluteDifference: Operation = (b, shape, x, y) => absolute(b, shape, subtract(b, shape, x, y));
/** addend - x * y: FPMulAdd with its second operand negated. */
export const multiplySubtract: Operation = (b, shape, addend, x, y) => multiplyAdd(b, shape, addend, negate(b, shape, x), y);

/** A comparison that answers all ones or zero. */
const comparison =
  (name: string, host: Try): Operation =>
  (b, shape, ...args) =>
    apply(b, shape, args, host, (...elements) => {
      const mask = b.op('i32.sub', b.i32(0), exact(b, `${name}${width(shape.sz)}`, ...elements));
      return shape.sz ? b.op('i64.extend_i32_s', mask) : mask;
    });

export const equal = comparison('fpCompareEQ', compared('eq'));
export const greaterOrEqual = comparison('fpCompareGE', compared('ge'));
export const greater = comparison('fpCompareGT', compared('gt'));

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
  (b, shape, x) => {
    const host: Try = (h, bits) => {
      const number = h.fromBits(bits as Value);
      const result = h.integral(mode === 'FPCR' ? rounding.N : mode, number);
      const unchanged = h.all(h.op('eq', number, result));
      const silent = saysInexact ? exactOrKnown(b, unchanged) : b.i32(1);
      const isNumber = h.all(h.isNumber(result));
      const holds = b.op('i32.and', keepsDenormals(b, mode === 'FPCR'), b.op('i32.and', isNumber, silent));
      return { result: h.toBits(result), holds };
    };
    return apply(b, shape, [x], host, (e) =>
      exact(b, `fpRoundInt${width(shape.sz)}`, e, roundingMode(b, mode), b.i32(saysInexact ? 1 : 0)),
    );
  };
