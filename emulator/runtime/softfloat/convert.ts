/** FPConvert, FPToFixed and FixedToFP. */
import {
  ALT_HALF,
  DOUBLE,
  INFINITE,
  IOC,
  IXC,
  SIGNALING,
  SINGLE,
  TO_ODD,
  ZERO,
  defaultNaN,
  defaultNaNs,
  exponent,
  fraction,
  fractionBits,
  halfFormat,
  infinity,
  isNaN,
  kind,
  raise,
  roundingMode,
  sign,
  unpack,
  zero,
} from './unpack';
import { integerOf, restOf, roundTo, roundsUp } from './round';

function convert(bits: u64, from: i32, to: i32, mode: i32, fpcr: u32, fpsr: usize): u64 {
  unpack(bits, from, fpcr, fpsr);
  if (isNaN(kind)) {
    if (kind == SIGNALING || to == ALT_HALF) raise(IOC, fpsr);
    if (to == ALT_HALF) return zero(sign, to);
    if (defaultNaNs(fpcr)) return defaultNaN(to);
    // The upper bits of the fraction stay, and the NaN becomes quiet.
    const low = bits << (64 - fractionBits(from));
    return zero(sign, to) | defaultNaN(to) | (low >> (64 - fractionBits(to)));
  }
  if (kind == INFINITE) {
    if (to != ALT_HALF) return infinity(sign, to);
    raise(IOC, fpsr);
    return zero(sign, to) | 0x7fff;
  }
  if (kind == ZERO) return zero(sign, to);
  return roundTo(to, sign, exponent, fraction, mode, fpcr, fpsr);
}

export function f16ToF32(a: u32, fpcr: u32, fpsr: usize): u32 {
  return convert(a & 0xffff, halfFormat(fpcr), SINGLE, roundingMode(fpcr), fpcr, fpsr) as u32;
}

export function f16ToF64(a: u32, fpcr: u32, fpsr: usize): u64 {
  return convert(a & 0xffff, halfFormat(fpcr), DOUBLE, roundingMode(fpcr), fpcr, fpsr);
}

export function f32ToF16(a: u32, fpcr: u32, fpsr: usize): u32 {
  return convert(a, SINGLE, halfFormat(fpcr), roundingMode(fpcr), fpcr, fpsr) as u32;
}

export function f32ToF64(a: u32, fpcr: u32, fpsr: usize): u64 {
  return convert(a, SINGLE, DOUBLE, roundingMode(fpcr), fpcr, fpsr);
}

export function f64ToF16(a: u64, fpcr: u32, fpsr: usize): u32 {
  return convert(a, DOUBLE, halfFormat(fpcr), roundingMode(fpcr), fpcr, fpsr) as u32;
}

export function f64ToF32(a: u64, fpcr: u32, fpsr: usize): u32 {
  return convert(a, DOUBLE, SINGLE, roundingMode(fpcr), fpcr, fpsr) as u32;
}

/** FCVTXN: an inexact result is made odd, so that a second rounding is as good as one. */
export function f64ToF32OddRound(a: u64, fpcr: u32, fpsr: usize): u32 {
  return convert(a, DOUBLE, SINGLE, TO_ODD, fpcr, fpsr) as u32;
}

/** SatQ of a sign and a magnitude, or of a magnitude beyond every size (`huge`). */
function saturate(negative: bool, magnitude: u64, huge: bool, inexact: bool, unsigned: bool, size: i32, fpsr: usize): u64 {
  const ones: u64 = (-1 as u64) >> (64 - size);
  const limit = unsigned ? (negative ? 0 : ones) : (ones >> 1) + (negative as u64);
  if (huge || magnitude > limit) {
    raise(IOC, fpsr);
    magnitude = limit;
  } else if (inexact) {
    raise(IXC, fpsr);
  }
  return (negative ? 0 - magnitude : magnitude) & ones;
}

function toFixed(bits: u64, format: i32, bitsOfFraction: i32, unsigned: bool, size: i32, mode: i32, fpcr: u32, fpsr: usize): u64 {
  unpack(bits, format, fpcr, fpsr);
  if (isNaN(kind)) {
    raise(IOC, fpsr);
    return 0;
  }
  if (kind == ZERO) return 0;
  const power = exponent + bitsOfFraction;
  if (kind == INFINITE || power > 63) return saturate(sign != 0, 0, true, false, unsigned, size, fpsr);
  const rest = restOf(power, fraction);
  let whole = integerOf(power, fraction);
  if (roundsUp(mode, sign, (whole & 1) != 0, rest)) whole += 1;
  return saturate(sign != 0, whole, false, rest != 0, unsigned, size, fpsr);
}

/**
 * A single precision number times 2^`fbits` as an integer of `intsize` bits, zero-extended.
 * `mode`: 0 to 3 as in FPCR.RMode, 4 to the nearest with ties away from zero.
 */
export function fpToFixed32(a: u32, fbits: i32, unsigned: i32, intsize: i32, mode: i32, fpcr: u32, fpsr: usize): u64 {
  return toFixed(a, SINGLE, fbits, unsigned != 0, intsize, mode, fpcr, fpsr);
}

export function fpToFixed64(a: u64, fbits: i32, unsigned: i32, intsize: i32, mode: i32, fpcr: u32, fpsr: usize): u64 {
  return toFixed(a, DOUBLE, fbits, unsigned != 0, intsize, mode, fpcr, fpsr);
}

function fromFixed(value: u64, bitsOfFraction: i32, unsigned: bool, format: i32, fpcr: u32, fpsr: usize): u64 {
  if (value == 0) return 0;
  const negative = !unsigned && (value as i64) < 0;
  const magnitude = negative ? 0 - value : value;
  const shift = clz(magnitude) as i32;
  const power = 63 - shift - bitsOfFraction;
  return roundTo(format, negative as u32, power, magnitude << shift, roundingMode(fpcr), fpcr, fpsr);
}

/** The 64-bit integer `a` (narrower ones sign- or zero-extended) divided by 2^`fbits`. */
export function fixedToFp32(a: u64, fbits: i32, unsigned: i32, fpcr: u32, fpsr: usize): u32 {
  return fromFixed(a, fbits, unsigned != 0, SINGLE, fpcr, fpsr) as u32;
}

export function fixedToFp64(a: u64, fbits: i32, unsigned: i32, fpcr: u32, fpsr: usize): u64 {
  return fromFixed(a, fbits, unsigned != 0, DOUBLE, fpcr, fpsr);
}
