/**
 * The host's own arithmetic, used where its result and its lack of flags are provably those of the exact library. That is tested after
 * the fact, on the result: Wasm rounds to the nearest and keeps no flags, so Inexact has to be set already, and what could be a NaN, an
 * overflow or an underflow (which FPRound of the shared pseudocode judges before it rounds) is left to the library.
 */
import type { Value } from '../../../ir/nodes.ts';
import type { Semantics } from '../../derive/semantics.ts';
import { fuses } from './fused.ts';
import type { Shape } from './shape.ts';

const RMODE = 3 << 22;
const FZ = 1 << 24;

/** What the host makes of an operation, as bits, and whether that is what the library would do (i32). */
export interface Attempt {
  readonly result: Value;
  readonly holds: Value;
  /** A test that costs more and is only made where `holds` says no. */
  readonly holdsAfterAll?: (() => Value) | undefined;
}

/** The host's result where it holds, else the library's. */
export function orExact(b: Semantics, { result, holds, holdsAfterAll }: Attempt, exactly: () => Value): Value {
  // A scalar stays a number as long as it can: to bits and back costs.
  const bits = toNumber[result.node.kind === 'op' ? result.node.op : ''];
  const number = result.node.kind === 'op' && bits ? result.node.args[0] : undefined;
  const chosen = b.variable((number ?? result).type, number ?? result);
  const take = (): void => b.setVar(chosen, bits ? b.op(bits, exactly()) : exactly());
  const unsure = (): void => (holdsAfterAll ? b.if(b.op('i32.eqz', holdsAfterAll()), take) : take());
  b.if(b.op('i32.eqz', holds), unsure, undefined, true);
  const value = b.getVar(chosen);
  return result.node.kind === 'op' && bits ? b.op(result.node.op, value) : value;
}

/** The inverse of what makes bits of a number. */
const toNumber: Readonly<Record<string, string>> = {
  'i64.reinterpret_f64': 'f64.reinterpret_i64',
  'i32.reinterpret_f32': 'f32.reinterpret_i32',
};

/** Whether FPCR says round to the nearest without flushing, and FPSR says Inexact. */
export function rounds(b: Semantics): Value {
  return b.roundsAsHost();
}

/** Whether denormal operands count as they are. With `nearest`, whether FPCR also says to round to the nearest. */
export function keepsDenormals(b: Semantics, nearest = false): Value {
  return b.op('i32.eqz', b.op('i32.and', b.getField('FPCR'), b.i32(nearest ? RMODE | FZ : FZ)));
}

/** Whether a result is exact (an i32 of 0 or 1), or Inexact is set already. */
export function exactOrKnown(b: Semantics, isExact: Value): Value {
  return b.op('i32.or', isExact, b.op('i32.and', b.op('i32.shr_u', b.getField('FPSR'), b.i32(4)), b.i32(1)));
}

/** Wasm's floating point in a shape: scalars are f32 or f64, vectors v128; masks are i32 of 0 or 1, or v128. */
export class Host {
  readonly b: Semantics;
  readonly shape: Shape;
  readonly isScalar: boolean;
  private readonly type: string;

  constructor(b: Semantics, shape: Shape) {
    this.b = b;
    this.shape = shape;
    this.isScalar = shape.lanes === 1;
    this.type = (this.isScalar ? ['f32', 'f64'] : ['f32x4', 'f64x2'])[shape.sz] as string;
  }

  op(name: string, ...args: Value[]): Value {
    return this.b.op(`${this.type}.${name}`, ...args);
  }

  fromBits(bits: Value): Value {
    return this.isScalar ? this.op(this.shape.sz ? 'reinterpret_i64' : 'reinterpret_i32', bits) : bits;
  }

  toBits(value: Value): Value {
    if (!this.isScalar) return value;
    return this.b.op(this.shape.sz ? 'i64.reinterpret_f64' : 'i32.reinterpret_f32', value);
  }

  number(value: number): Value {
    const scalar = this.shape.sz ? this.b.f64(value) : this.b.f32(value);
    return this.isScalar ? scalar : this.op('splat', scalar);
  }

  both(mask: Value, other: Value): Value {
    return this.b.op(this.isScalar ? 'i32.and' : 'v128.and', mask, other);
  }

  /** Whether a mask is set in all lanes that count. */
  all(mask: Value): Value {
    const { b, shape } = this;
    if (this.isScalar) return mask;
    if (shape.sz || shape.lanes === 4) return b.op(shape.sz ? 'i64x2.all_true' : 'i32x4.all_true', mask);
    return b.op('i32.eq', b.op('i32.and', b.op('i32x4.bitmask', mask), b.i32(3)), b.i32(3));
  }

  isNumber(value: Value): Value {
    return this.op('eq', value, value);
  }

  isFinite(value: Value): Value {
    return this.op('lt', this.op('abs', value), this.number(Infinity));
  }

  /** Finite and of at least twice the smallest normal number, so that not even the result before rounding was below that number. */
  isNormal(value: Value): Value {
    return this.both(
      this.isFinite(value),
      this.op('ge', this.op('abs', value), this.number(2 * 2 ** (this.shape.sz ? -1022 : -126))),
    );
  }

  /** Whether `fused` rounds once here. */
  get canFuse(): boolean {
    return fuses[this.shape.sz ? 'f64' : 'f32'];
  }

  either(mask: Value, other: Value): Value {
    return this.b.op(this.isScalar ? 'i32.or' : 'v128.or', mask, other);
  }

  isZero(value: Value): Value {
    return this.op('eq', value, this.number(0));
  }

  /** x * y + addend, rounded once. */
  fused(x: Value, y: Value, addend: Value): Value {
    const { sz } = this.shape;
    const type = sz ? 'f64x2' : 'f32x4';
    const wide = (value: Value): Value => (this.isScalar ? this.b.op(`${type}.splat`, value) : value);
    const result = this.b.op(`${type}.relaxed_madd`, wide(x), wide(y), wide(addend));
    return this.isScalar ? this.b.lane(`${type}.extract_lane`, 0, result) : result;
  }

  /** To an integral number; `mode` as in FPCR.RMode, or 4 for ties away from zero. */
  integral(mode: number, x: Value): Value {
    const name = ['nearest', 'ceil', 'floor', 'trunc'][mode];
    if (name !== undefined) return this.op(name, x);
    const { b } = this;
    const magnitude = this.op('abs', x);
    const whole = this.op('trunc', magnitude);
    const isHalf = this.op('ge', this.op('sub', magnitude, whole), this.number(0.5));
    const up = this.isScalar ? b.select(isHalf, this.number(1), this.number(0)) : b.op('v128.and', isHalf, this.number(1));
    const rounded = this.op('add', whole, up);
    return this.isScalar ? this.op('copysign', rounded, x) : b.op('v128.bitselect', x, rounded, this.number(-0));
  }
}

/** How the host tries an operation; `undefined` where it cannot. Operands are bits. */
export type Try = (h: Host, ...args: Value[]) => Attempt | undefined;

/** Whether a rounded result has no error, so that Inexact need not be set: a mask. `undefined` where the host can't tell. */
export type IsExact = (h: Host, result: Value, x: Value, y: Value) => Value | undefined;

/** A Wasm operation that rounds. A sum has no underflow that is inexact and a root is never small: finite results are enough there. */
export const rounded =
  (name: string, range: 'isFinite' | 'isNormal', isExact: IsExact): Try =>
  (h, ...args) => {
    const { b } = h;
    const [x, y = x] = args.map((arg) => h.fromBits(arg)) as [Value, Value?];
    const result = args.length > 1 ? h.op(name, x, y) : h.op(name, x);
    return {
      result: h.toBits(result),
      holds: b.op('i32.and', rounds(b), h.all(h[range](result))),
      holdsAfterAll: () => {
        const mask = isExact(h, result, x, y);
        return mask ? b.op('i32.and', keepsDenormals(b, true), h.all(mask)) : b.i32(0);
      },
    };
  };

/** A Wasm operation that answers one of its operands. */
export const selected =
  (name: string): Try =>
  (h, ...args) => {
    const result = h.op(name, ...args.map((arg) => h.fromBits(arg)));
    return { result: h.toBits(result), holds: h.b.op('i32.and', keepsDenormals(h.b), h.all(h.isNumber(result))) };
  };

/** A comparison of numbers, as a mask of all ones or zero. */
export const compared =
  (name: string): Try =>
  (h, ...args) => {
    const { b, shape } = h;
    const [x, y] = args.map((arg) => h.fromBits(arg)) as [Value, Value];
    let result = h.op(name, x, y);
    if (h.isScalar) {
      result = b.op('i32.sub', b.i32(0), result);
      if (shape.sz) result = b.op('i64.extend_i32_s', result);
    }
    const areNumbers = h.both(h.isNumber(x), h.isNumber(y));
    return { result, holds: b.op('i32.and', keepsDenormals(b), h.all(areNumbers)) };
  };
