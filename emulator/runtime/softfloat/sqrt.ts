/** FPSqrt. */
import {
  DOUBLE,
  SINGLE,
  ZERO,
  exponent,
  fraction,
  infinity,
  INFINITE,
  invalid,
  isNaN,
  kind,
  processNaN,
  roundingMode,
  sign,
  unpack,
  zero,
} from './unpack';
import { roundTo } from './round';

const ONE: u64 = (1 as u64) << 52;

function squareRoot(a: u64, format: i32, fpcr: u32, fpsr: usize): u64 {
  unpack(a, format, fpcr, fpsr);
  if (isNaN(kind)) return processNaN(kind, a, format, fpcr, fpsr);
  if (kind == ZERO) return zero(sign, format);
  if (sign != 0) return invalid(format, fpsr);
  if (kind == INFINITE) return infinity(0, format);
  // With an even power the number is x in [1, 4) and its root r in [1, 2). WebAssembly's root R is the multiple of 2^-52 nearest
  // to r; the sign of X * 2^52 - R * R tells the side of the exact root, and 64 bits hold that difference (at most R).
  const odd = exponent & 1;
  const x = fraction >> 11;
  const near = sqrt<f64>(reinterpret<f64>((x - ONE) | (((1023 + odd) as u64) << 52)));
  const r = (reinterpret<u64>(near) & (ONE - 1)) | ONE;
  const rest = ((x << (52 + odd)) - r * r) as i64;
  const root = rest == 0 ? r << 11 : rest > 0 ? (r << 11) | 1 : (r << 11) - 1;
  return roundTo(format, 0, exponent >> 1, root, roundingMode(fpcr), fpcr, fpsr);
}

export function fpSqrt32(a: u32, fpcr: u32, fpsr: usize): u32 {
  return squareRoot(a, SINGLE, fpcr, fpsr) as u32;
}

export function fpSqrt64(a: u64, fpcr: u32, fpsr: usize): u64 {
  return squareRoot(a, DOUBLE, fpcr, fpsr);
}
