/** FPMul and FPMulX. */
import {
  DOUBLE,
  INFINITE,
  SINGLE,
  ZERO,
  bias,
  exponent,
  fraction,
  fractionBits,
  infinity,
  invalid,
  isNaN,
  kind,
  processNaNs,
  roundingMode,
  sign,
  unpack,
  zero,
} from './unpack';
import { roundTo } from './round';
import { low, multiplyWide } from './wide';

/** `extended` (FMULX): the product of an infinity and a zero is 2. */
function multiply(a: u64, b: u64, extended: bool, format: i32, fpcr: u32, fpsr: usize): u64 {
  unpack(a, format, fpcr, fpsr);
  const kindA = kind;
  const signA = sign;
  const powerA = exponent;
  const partA = fraction;
  unpack(b, format, fpcr, fpsr);
  const kindB = kind;
  if (isNaN(kindA) || isNaN(kindB)) return processNaNs(kindA, a, kindB, b, format, fpcr, fpsr);
  const signOut = signA ^ sign;
  if (kindA == INFINITE || kindB == INFINITE) {
    if (kindA != ZERO && kindB != ZERO) return infinity(signOut, format);
    if (extended) return zero(signOut, format) | (((bias(format) + 1) as u64) << fractionBits(format));
    return invalid(format, fpsr);
  }
  if (kindA == ZERO || kindB == ZERO) return zero(signOut, format);
  let power = powerA + exponent + 1;
  let product = multiplyWide(partA, fraction);
  let rest = low;
  if (product >> 63 == 0) {
    product = (product << 1) | (rest >> 63);
    rest <<= 1;
    power -= 1;
  }
  return roundTo(format, signOut, power, product | ((rest != 0) as u64), roundingMode(fpcr), fpcr, fpsr);
}

export function fpMul32(a: u32, b: u32, fpcr: u32, fpsr: usize): u32 {
  return multiply(a, b, false, SINGLE, fpcr, fpsr) as u32;
}

export function fpMul64(a: u64, b: u64, fpcr: u32, fpsr: usize): u64 {
  return multiply(a, b, false, DOUBLE, fpcr, fpsr);
}

export function fpMulX32(a: u32, b: u32, fpcr: u32, fpsr: usize): u32 {
  return multiply(a, b, true, SINGLE, fpcr, fpsr) as u32;
}

export function fpMulX64(a: u64, b: u64, fpcr: u32, fpsr: usize): u64 {
  return multiply(a, b, true, DOUBLE, fpcr, fpsr);
}
