/** Rounding: FPRound of an unpacked number to a format, and FPRoundInt, to an integral value of the same format. */
import {
  ALT_HALF,
  DOUBLE,
  FINITE,
  INFINITE,
  IOC,
  IXC,
  OFC,
  SINGLE,
  TIES_AWAY,
  TO_MINUS,
  TO_NEAREST,
  TO_ODD,
  TO_PLUS,
  TO_ZERO,
  UFC,
  bias,
  exponent,
  exponentBits,
  flushes,
  fraction,
  fractionBits,
  infinity,
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

/** Shift right; bits shifted out leave a 1 in bit 0, which later rounding reads as "a little more". */
export function shiftJam(value: u64, count: i32): u64 {
  if (count <= 0) return value;
  if (count > 63) return (value != 0) as u64;
  return (value >> count) | ((value << (64 - count) != 0) as u64);
}

/** Whether a magnitude goes up to the next integer. `rest` is the part cut off, in units of 2^-64. */
export function roundsUp(mode: i32, sign: u32, odd: bool, rest: u64): bool {
  const middle = (1 as u64) << 63;
  if (mode == TO_NEAREST) return rest > middle || (rest == middle && odd);
  if (mode == TIES_AWAY) return rest >= middle;
  if (mode == TO_PLUS) return rest != 0 && sign == 0;
  if (mode == TO_MINUS) return rest != 0 && sign != 0;
  return false;
}

/** Whether a magnitude beyond the largest number becomes an infinity. */
export function overflowsToInfinity(mode: i32, sign: u32): bool {
  if (mode == TO_PLUS) return sign == 0;
  if (mode == TO_MINUS) return sign != 0;
  return mode != TO_ZERO && mode != TO_ODD;
}

/** FPRound and FPRoundCV of a number that is not zero; `magnitude` is normalised and may be jammed. */
export function roundTo(format: i32, sign: u32, power: i32, magnitude: u64, mode: i32, fpcr: u32, fpsr: usize): u64 {
  const smallest = 1 - bias(format);
  if (power < smallest && flushes(format, fpcr)) {
    raise(UFC, fpsr);
    return zero(sign, format);
  }
  const width = fractionBits(format);
  let field = power - smallest + 1;
  if (field <= 0) {
    magnitude = shiftJam(magnitude, 1 - field);
    field = 0;
  }
  const cut = 63 - width;
  const rest = magnitude << (64 - cut);
  let mantissa = magnitude >> cut;
  let flags: u32 = rest != 0 ? IXC : 0;
  if (field == 0 && rest != 0) flags |= UFC;
  if (roundsUp(mode, sign, (mantissa & 1) != 0, rest)) {
    mantissa += 1;
    if (mantissa >> (width + 1) != 0) {
      mantissa >>= 1;
      field += 1;
    } else if (field == 0 && mantissa >> width != 0) {
      field = 1;
    }
  } else if (mode == TO_ODD && rest != 0) {
    mantissa |= 1;
  }
  const top = (1 << exponentBits(format)) - 1;
  if (format == ALT_HALF) {
    if (field > top) {
      raise(IOC, fpsr);
      return zero(sign, format) | 0x7fff;
    }
  } else if (field >= top) {
    raise(OFC | IXC, fpsr);
    return overflowsToInfinity(mode, sign) ? infinity(sign, format) : largest(sign, format);
  }
  if (flags != 0) raise(flags, fpsr);
  return zero(sign, format) | ((field as u64) << width) | (mantissa & (((1 as u64) << width) - 1));
}

/** An exact zero of a sum takes its sign from the rounding mode. */
export function zeroSum(format: i32, fpcr: u32): u64 {
  return zero((roundingMode(fpcr) == TO_MINUS) as u32, format);
}

/** The part of a number below its integer part, in units of 2^-64 and jammed. */
export function restOf(power: i32, magnitude: u64): u64 {
  if (power >= 63) return 0;
  if (power >= 0) return magnitude << (power + 1);
  return shiftJam(magnitude, -1 - power);
}

/** The integer part of a number below 2^64. */
export function integerOf(power: i32, magnitude: u64): u64 {
  return power < 0 ? 0 : magnitude >> (63 - power);
}

function roundInt(bits: u64, format: i32, mode: i32, exact: bool, fpcr: u32, fpsr: usize): u64 {
  unpack(bits, format, fpcr, fpsr);
  if (isNaN(kind)) return processNaN(kind, bits, format, fpcr, fpsr);
  if (kind != FINITE) return kind == INFINITE ? infinity(sign, format) : zero(sign, format);
  const width = fractionBits(format);
  if (exponent >= width) return bits;
  const negative = sign;
  const rest = restOf(exponent, fraction);
  if (rest == 0) return bits;
  if (exact) raise(IXC, fpsr);
  let whole = integerOf(exponent, fraction);
  if (roundsUp(mode, negative, (whole & 1) != 0, rest)) whole += 1;
  if (whole == 0) return zero(negative, format);
  const shift = clz(whole) as i32;
  return roundTo(format, negative, 63 - shift, whole << shift, TO_ZERO, fpcr, fpsr);
}

/** `mode`: 0 to 3 as in FPCR.RMode, 4 to the nearest with ties away from zero. `exact` raises Inexact (FRINTX). */
export function fpRoundInt32(a: u32, mode: i32, exact: i32, fpcr: u32, fpsr: usize): u32 {
  return roundInt(a, SINGLE, mode, exact != 0, fpcr, fpsr) as u32;
}

export function fpRoundInt64(a: u64, mode: i32, exact: i32, fpcr: u32, fpsr: usize): u64 {
  return roundInt(a, DOUBLE, mode, exact != 0, fpcr, fpsr);
}
