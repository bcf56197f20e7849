/** FPToFixed and FixedToFP of the shared pseudocode, scalars and vectors. */
import type { Value } from '../../../ir/nodes.ts';
import type { Semantics } from '../../derive/semantics.ts';
import { type Attempt, exactOrKnown, Host, keepsDenormals, orExact, rounds } from './host.ts';
import { eachLane, exact, scalarShape, type Shape } from './shape.ts';

interface FromFixed {
  /** 0 or 1. */
  readonly unsigned: number;
  /** How many bits are a fraction (i32); `undefined` for integers, which the host can do. */
  readonly fbits: Value | undefined;
}

interface ToFixed extends FromFixed {
  /** The integer has 32 << sf bits; in vectors it is as wide as the number. */
  readonly sf: number;
  /** As in FPCR.RMode, or 4 for ties away from zero. */
  readonly mode: number;
}

/** A number to an i32 or i64, or a vector to a vector. */
export function toFixed(b: Semantics, shape: Shape, x: Value, how: ToFixed): Value {
  const exactly = (): Value => eachLane(b, shape, [x], (e) => toFixedExactly(b, shape.sz, e, how));
  if (how.fbits) return exactly();
  // Wasm converts no vectors of doubles.
  if (shape.lanes > 1 && shape.sz) return eachLane(b, shape, [x], (e) => toFixed(b, scalarShape(1), e, how));
  return orExact(b, toInteger(new Host(b, shape), x, how), exactly);
}

function toFixedExactly(b: Semantics, sz: number, x: Value, { sf, unsigned, mode, fbits = b.i32(0) }: ToFixed): Value {
  const result = exact(b, `fpToFixed${sz ? 64 : 32}`, x, fbits, b.i32(unsigned), b.i32(32 << sf), b.i32(mode));
  return sf ? result : b.to32(result);
}

function toInteger(h: Host, x: Value, { sf, unsigned, mode }: ToFixed): Attempt {
  const { b } = h;
  const number = h.fromBits(x);
  const integral = h.integral(mode, number);
  const bits = 32 << sf;
  const least = h.op('ge', integral, h.number(unsigned ? 0 : -(2 ** (bits - 1))));
  const inRange = h.both(least, h.op('lt', integral, h.number(2 ** (unsigned ? bits : bits - 1))));
  const silent = exactOrKnown(b, h.all(h.op('eq', number, integral)));
  const to = h.isScalar ? `i${bits}.trunc_sat_f${h.shape.sz ? 64 : 32}` : 'i32x4.trunc_sat_f32x4';
  return {
    result: b.op(`${to}_${unsigned ? 'u' : 's'}`, integral),
    holds: b.op('i32.and', keepsDenormals(b), b.op('i32.and', silent, h.all(inRange))),
  };
}

/** An i32 or i64 to a number, or a vector to a vector. */
export function fromFixed(b: Semantics, shape: Shape, x: Value, how: FromFixed): Value {
  const exactly = (): Value => eachLane(b, shape, [x], (e) => fromFixedExactly(b, shape.sz, e, how));
  if (how.fbits) return exactly();
  if (shape.lanes > 1 && shape.sz) return eachLane(b, shape, [x], (e) => fromFixed(b, scalarShape(1), e, how));
  const h = new Host(b, shape);
  const sign = how.unsigned ? 'u' : 's';
  const result = h.toBits(h.op(`convert_${h.isScalar ? x.type : 'i32x4'}_${sign}`, x));
  // A double holds every integer of 32 bits.
  if (shape.sz && x.type === 'i32') return result;
  const holds = h.isScalar ? b.op('i32.or', rounds(b), isSmall(b, shape.sz, x, how.unsigned)) : rounds(b);
  return orExact(b, { result, holds }, exactly);
}

function fromFixedExactly(b: Semantics, sz: number, x: Value, { unsigned, fbits = b.i32(0) }: FromFixed): Value {
  const wide = x.type === 'i32' ? b.op(unsigned ? 'i64.extend_i32_u' : 'i64.extend_i32_s', x) : x;
  return exact(b, `fixedToFp${sz ? 64 : 32}`, wide, fbits, b.i32(unsigned));
}

/** Whether the magnitude of an integer fits the fraction of the format, so that nothing is rounded. */
function isSmall(b: Semantics, sz: number, x: Value, unsigned: number): Value {
  const sf = x.type === 'i64' ? 1 : 0;
  const limit = 1n << (sz ? 53n : 24n);
  if (unsigned) return b.alu(sf, 'lt_u', x, b.const(sf, limit));
  return b.alu(sf, 'lt_u', b.alu(sf, 'add', x, b.const(sf, limit)), b.const(sf, limit * 2n));
}
