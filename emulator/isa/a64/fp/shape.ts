/** What floating-point operations work on, and their way to the exact library of the runtime (emulator/runtime/softfloat). */
import type { Reg } from '../../../ir/builder.ts';
import type { Value } from '../../../ir/nodes.ts';
import { offsetOf } from '../../../state/layout.ts';
import type { Semantics } from '../../derive/semantics.ts';

/**
 * A scalar (`lanes` 1: an i32 or i64 with the bits of the number) or a vector (a v128, of which `lanes` elements count).
 * `sz` as in the encodings: 0 for single, 1 for double precision.
 */
export interface Shape {
  readonly sz: number;
  readonly lanes: number;
}

export const scalarShape = (sz: number): Shape => ({ sz, lanes: 1 });
/** 2S, 4S or 2D; where `sz` is 1, so is `Q`. */
export const vectorShape = (sz: number, Q: number): Shape => ({ sz, lanes: sz ? 2 : Q ? 4 : 2 });

/** Calls the library: its last arguments are FPCR and where to accumulate the flags. */
export function exact(b: Semantics, name: string, ...args: readonly Value[]): Value {
  return b.call(name, ...args, b.getField('FPCR'), b.op('i32.add', b.cpu, b.i32(offsetOf('FPSR'))));
}

/** The bits of a scalar register. */
export const element = (b: Semantics, sz: number, reg: Reg): Value => (sz ? b.d(reg) : b.s(reg));

export const getLane = (b: Semantics, sz: number, vector: Value, lane: number): Value =>
  b.lane(sz ? 'i64x2.extract_lane' : 'i32x4.extract_lane', lane, vector);

export const setLane = (b: Semantics, sz: number, vector: Value, lane: number, value: Value): Value =>
  b.lane(sz ? 'i64x2.replace_lane' : 'i32x4.replace_lane', lane, vector, value);

/** Applies `build` to the scalar, or to each of the lanes that count; the others become zero. */
export function eachLane(b: Semantics, shape: Shape, args: readonly Value[], build: (...elements: Value[]) => Value): Value {
  if (shape.lanes === 1) return build(...args);
  let result = b.v128(0n, 0n);
  for (let lane = 0; lane < shape.lanes; lane++) {
    result = setLane(b, shape.sz, result, lane, build(...args.map((arg) => getLane(b, shape.sz, arg, lane))));
  }
  return result;
}

/** Reads a register in that shape. */
export const read = (b: Semantics, shape: Shape, reg: Reg): Value => (shape.lanes === 1 ? element(b, shape.sz, reg) : b.v(reg));

/** Writes a register; whatever does not count becomes zero. */
export function write(b: Semantics, shape: Shape, reg: Reg, value: Value): void {
  if (shape.lanes === 1) b.setScalar(reg, value);
  else b.setV(reg, value, shape.sz || shape.lanes === 4 ? 1 : 0);
}

/** A constant in every lane. */
export function constant(b: Semantics, { sz, lanes }: Shape, bits: bigint): Value {
  if (lanes === 1) return b.const(sz, bits);
  const half = sz ? bits : bits | (bits << 32n);
  return b.v128(half, half);
}

/** `and`, `or`, `xor`, `not` … on the bits. */
export function bitwise(b: Semantics, { sz, lanes }: Shape, name: string, x: Value, y: Value): Value {
  return b.op(`${lanes > 1 ? 'v128' : sz ? 'i64' : 'i32'}.${name}`, x, y);
}

const signBit = (sz: number): bigint => 1n << (sz ? 63n : 31n);

/** FPNeg: no flags, and NaNs are not looked at. */
export const negate = (b: Semantics, shape: Shape, x: Value): Value =>
  bitwise(b, shape, 'xor', x, constant(b, shape, signBit(shape.sz)));

/** FPAbs. */
export const absolute = (b: Semantics, shape: Shape, x: Value): Value =>
  bitwise(b, shape, 'and', x, constant(b, shape, signBit(shape.sz) - 1n));
