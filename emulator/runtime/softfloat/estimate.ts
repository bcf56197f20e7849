/** FPRecipEstimate, FPRSqrtEstimate, FPRecpX and the estimates of unsigned fixed point numbers. */
import {
  DOUBLE,
  DZC,
  INFINITE,
  IXC,
  OFC,
  SINGLE,
  UFC,
  ZERO,
  bias,
  exponent,
  exponentBits,
  flushes,
  fraction,
  fractionBits,
  infinity,
  invalid,
  isNaN,
  kind,
  largest,
  processNaN,
  raise,
  roundingMode,
  sign,
  unpack,
  zero,
} from './unpack';
import { overflowsToInfinity } from './round';

/** RecipEstimate: 9 bits in (256 to 511 for 0.5 to 1), 9 bits out (for 1 to 2). */
function reciprocal(a: u32): u32 {
  return ((1 << 19) / (a * 2 + 1) + 1) >> 1;
}

/** RecipSqrtEstimate: 9 bits in (128 to 511 for 0.25 to 1), 9 bits out (for 1 to 2). */
function reciprocalRoot(a: u32): u32 {
  const middle = a < 256 ? a * 2 + 1 : ((a & ~1) + 1) * 2;
  // The largest b with middle * b * b < 2^28; at least 512.
  let b: u32 = 512;
  for (let bit: u32 = 256; bit != 0; bit >>= 1) {
    const next = b | bit;
    if (middle * next * next < 1 << 28) b = next;
  }
  return (b + 1) >> 1;
}

function reciprocalEstimate(a: u64, format: i32, fpcr: u32, fpsr: usize): u64 {
  unpack(a, format, fpcr, fpsr);
  if (isNaN(kind)) return processNaN(kind, a, format, fpcr, fpsr);
  if (kind == INFINITE) return zero(sign, format);
  if (kind == ZERO) {
    raise(DZC, fpsr);
    return infinity(sign, format);
  }
  const b = bias(format);
  if (exponent < -b - 1) {
    raise(OFC | IXC, fpsr);
    return overflowsToInfinity(roundingMode(fpcr), sign) ? infinity(sign, format) : largest(sign, format);
  }
  if (exponent >= b - 1 && flushes(format, fpcr)) {
    raise(UFC, fpsr);
    return zero(sign, format);
  }
  const width = fractionBits(format);
  let part = ((reciprocal((fraction >> 55) as u32) & 0xff) as u64) << (width - 8);
  let field = b - 1 - exponent;
  if (field <= 0) {
    part = ((part >> 1) | ((1 as u64) << (width - 1))) >> -field;
    field = 0;
  }
  return zero(sign, format) | ((field as u64) << width) | part;
}

function rootEstimate(a: u64, format: i32, fpcr: u32, fpsr: usize): u64 {
  unpack(a, format, fpcr, fpsr);
  if (isNaN(kind)) return processNaN(kind, a, format, fpcr, fpsr);
  if (kind == ZERO) {
    raise(DZC, fpsr);
    return infinity(sign, format);
  }
  if (sign != 0) return invalid(format, fpsr);
  if (kind == INFINITE) return zero(0, format);
  // With an odd power the number is read as 0.5 to 1, else as 0.25 to 0.5, times an even power of two.
  const scaled = (fraction >> (55 + ((exponent & 1) ^ 1))) as u32;
  const width = fractionBits(format);
  const field = (3 * bias(format) - 1 - (exponent + bias(format))) / 2;
  return ((field as u64) << width) | (((reciprocalRoot(scaled) & 0xff) as u64) << (width - 8));
}

function reciprocalExponent(a: u64, format: i32, fpcr: u32, fpsr: usize): u64 {
  unpack(a, format, fpcr, fpsr);
  if (isNaN(kind)) return processNaN(kind, a, format, fpcr, fpsr);
  const width = fractionBits(format);
  const top: u64 = (1 << exponentBits(format)) - 1;
  const field = (a >> width) & top;
  return zero(sign, format) | ((field == 0 ? top - 1 : field ^ top) << width);
}

export function fpRecipEstimate32(a: u32, fpcr: u32, fpsr: usize): u32 {
  return reciprocalEstimate(a, SINGLE, fpcr, fpsr) as u32;
}

export function fpRecipEstimate64(a: u64, fpcr: u32, fpsr: usize): u64 {
  return reciprocalEstimate(a, DOUBLE, fpcr, fpsr);
}

export function fpRSqrtEstimate32(a: u32, fpcr: u32, fpsr: usize): u32 {
  return rootEstimate(a, SINGLE, fpcr, fpsr) as u32;
}

export function fpRSqrtEstimate64(a: u64, fpcr: u32, fpsr: usize): u64 {
  return rootEstimate(a, DOUBLE, fpcr, fpsr);
}

export function fpRecpX32(a: u32, fpcr: u32, fpsr: usize): u32 {
  return reciprocalExponent(a, SINGLE, fpcr, fpsr) as u32;
}

export function fpRecpX64(a: u64, fpcr: u32, fpsr: usize): u64 {
  return reciprocalExponent(a, DOUBLE, fpcr, fpsr);
}

/** URECPE. */
export function recipEstimateU32(a: u32): u32 {
  return a >> 31 == 0 ? 0xffffffff : reciprocal(a >> 23) << 23;
}

/** URSQRTE. */
export function rsqrtEstimateU32(a: u32): u32 {
  return a >> 30 == 0 ? 0xffffffff : reciprocalRoot(a >> 23) << 23;
}
