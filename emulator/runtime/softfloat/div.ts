/** FPDiv. */
import {
  DOUBLE,
  DZC,
  INFINITE,
  SINGLE,
  ZERO,
  exponent,
  fraction,
  infinity,
  invalid,
  isNaN,
  kind,
  processNaNs,
  raise,
  roundingMode,
  sign,
  unpack,
  zero,
} from './unpack';
import { roundTo } from './round';

const ONE: u64 = (1 as u64) << 52;
const ONE_BITS: u64 = (1023 as u64) << 52;

/**
 * The quotient of two fractions, of twice the first when it is the smaller one (`doubled`); normalised and jammed.
 *
 * That quotient q lies in [1, 2), and WebAssembly's division gives Q, the multiple of 2^-52 nearest to
 * it. The sign of the remainder N * 2^52 - Q * D tells on which side of Q the exact q lies; the remainder is at most D / 2 in
 * magnitude, so 64 bits hold it.
 */
function quotient(numerator: u64, denominator: u64, doubled: bool): u64 {
  const n = numerator >> 11;
  const d = denominator >> 11;
  let value = reinterpret<f64>((n - ONE) | ONE_BITS) / reinterpret<f64>((d - ONE) | ONE_BITS);
  if (doubled) value += value;
  const q = (reinterpret<u64>(value) & (ONE - 1)) | ONE;
  const rest = ((n << (doubled ? 53 : 52)) - q * d) as i64;
  return rest == 0 ? q << 11 : rest > 0 ? (q << 11) | 1 : (q << 11) - 1;
}

function divide(a: u64, b: u64, format: i32, fpcr: u32, fpsr: usize): u64 {
  unpack(a, format, fpcr, fpsr);
  const kindA = kind;
  const signA = sign;
  const powerA = exponent;
  const partA = fraction;
  unpack(b, format, fpcr, fpsr);
  const kindB = kind;
  if (isNaN(kindA) || isNaN(kindB)) return processNaNs(kindA, a, kindB, b, format, fpcr, fpsr);
  const signOut = signA ^ sign;
  if (kindA == kindB && (kindA == INFINITE || kindA == ZERO)) return invalid(format, fpsr);
  if (kindA == INFINITE) return infinity(signOut, format);
  if (kindB == ZERO) {
    raise(DZC, fpsr);
    return infinity(signOut, format);
  }
  if (kindA == ZERO || kindB == INFINITE) return zero(signOut, format);
  const doubled = partA < fraction;
  const power = powerA - exponent - (doubled as i32);
  return roundTo(format, signOut, power, quotient(partA, fraction, doubled), roundingMode(fpcr), fpcr, fpsr);
}

export function fpDiv32(a: u32, b: u32, fpcr: u32, fpsr: usize): u32 {
  return divide(a, b, SINGLE, fpcr, fpsr) as u32;
}

export function fpDiv64(a: u64, b: u64, fpcr: u32, fpsr: usize): u64 {
  return divide(a, b, DOUBLE, fpcr, fpsr);
}
