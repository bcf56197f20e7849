/** FPAdd and FPSub. */
import {
  DOUBLE,
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
  roundingMode,
  sign,
  unpack,
  zero,
} from './unpack';
import { roundTo, shiftJam, zeroSum } from './round';

/** `negate` is 1 for a subtraction; it does not touch the sign of a NaN. */
function add(a: u64, b: u64, negate: u32, format: i32, fpcr: u32, fpsr: usize): u64 {
  unpack(a, format, fpcr, fpsr);
  const kindA = kind;
  const signA = sign;
  let powerA = exponent;
  let partA = fraction;
  unpack(b, format, fpcr, fpsr);
  const kindB = kind;
  if (isNaN(kindA) || isNaN(kindB)) return processNaNs(kindA, a, kindB, b, format, fpcr, fpsr);
  const signB = sign ^ negate;
  let powerB = exponent;
  let partB = fraction;
  if (kindA == INFINITE) {
    return kindB == INFINITE && signA != signB ? invalid(format, fpsr) : infinity(signA, format);
  }
  if (kindB == INFINITE) return infinity(signB, format);
  const mode = roundingMode(fpcr);
  if (kindA == ZERO) {
    if (kindB == ZERO) return signA == signB ? zero(signA, format) : zeroSum(format, fpcr);
    return roundTo(format, signB, powerB, partB, mode, fpcr, fpsr);
  }
  if (kindB == ZERO) return roundTo(format, signA, powerA, partA, mode, fpcr, fpsr);

  // The larger magnitude first; one bit of room for the carry. The fractions end at bit 11, so a shift by one loses nothing, and
  // after a longer one the difference loses at most one leading bit: the jammed bit stays below what rounding reads.
  let signLarge = signA;
  if (powerB > powerA || (powerB == powerA && partB > partA)) {
    const power = powerA;
    powerA = powerB;
    powerB = power;
    const part = partA;
    partA = partB;
    partB = part;
    signLarge = signB;
  }
  partA >>= 1;
  partB = shiftJam(partB >> 1, powerA - powerB);
  const total = signA == signB ? partA + partB : partA - partB;
  if (total == 0) return zeroSum(format, fpcr);
  const shift = clz(total) as i32;
  return roundTo(format, signLarge, powerA + 1 - shift, total << shift, mode, fpcr, fpsr);
}

export function fpAdd32(a: u32, b: u32, fpcr: u32, fpsr: usize): u32 {
  return add(a, b, 0, SINGLE, fpcr, fpsr) as u32;
}

export function fpAdd64(a: u64, b: u64, fpcr: u32, fpsr: usize): u64 {
  return add(a, b, 0, DOUBLE, fpcr, fpsr);
}

export function fpSub32(a: u32, b: u32, fpcr: u32, fpsr: usize): u32 {
  return add(a, b, 1, SINGLE, fpcr, fpsr) as u32;
}

export function fpSub64(a: u64, b: u64, fpcr: u32, fpsr: usize): u64 {
  return add(a, b, 1, DOUBLE, fpcr, fpsr);
}
