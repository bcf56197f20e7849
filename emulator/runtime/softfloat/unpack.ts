/**
 * Formats, the classes of values, NaN rules and the taking apart of operands (FPUnpack, FPProcessNaN, FPProcessNaNs of the shared
 * pseudocode). An unpacked number is `fraction / 2^63 * 2^exponent`, bit 63 of `fraction` set, so every format shares one arithmetic.
 */

export const HALF: i32 = 0;
export const SINGLE: i32 = 1;
export const DOUBLE: i32 = 2;
/** Half precision without infinities and NaNs (FPCR.AHP). */
export const ALT_HALF: i32 = 3;

export const ZERO: i32 = 0;
export const FINITE: i32 = 1;
export const INFINITE: i32 = 2;
export const QUIET: i32 = 3;
export const SIGNALING: i32 = 4;

export const IOC: u32 = 1;
export const DZC: u32 = 2;
export const OFC: u32 = 4;
export const UFC: u32 = 8;
export const IXC: u32 = 16;
export const IDC: u32 = 128;

const FZ: u32 = 1 << 24;
const DN: u32 = 1 << 25;
const AHP: u32 = 1 << 26;

export const TO_NEAREST: i32 = 0;
export const TO_PLUS: i32 = 1;
export const TO_MINUS: i32 = 2;
export const TO_ZERO: i32 = 3;
export const TIES_AWAY: i32 = 4;
export const TO_ODD: i32 = 5;

/** The result of the last `unpack`. */
export let kind: i32 = 0;
export let sign: u32 = 0;
export let exponent: i32 = 0;
export let fraction: u64 = 0;

/** Bits of the fraction field. */
export function fractionBits(format: i32): i32 {
  return format == DOUBLE ? 52 : format == SINGLE ? 23 : 10;
}

/** Bits of the exponent field. */
export function exponentBits(format: i32): i32 {
  return format == DOUBLE ? 11 : format == SINGLE ? 8 : 5;
}

export function bias(format: i32): i32 {
  return format == DOUBLE ? 1023 : format == SINGLE ? 127 : 15;
}

export function signBit(format: i32): i32 {
  return format == DOUBLE ? 63 : format == SINGLE ? 31 : 15;
}

export function roundingMode(fpcr: u32): i32 {
  return (fpcr >> 22) & 3;
}

export function halfFormat(fpcr: u32): i32 {
  return (fpcr & AHP) != 0 ? ALT_HALF : HALF;
}

export function defaultNaNs(fpcr: u32): bool {
  return (fpcr & DN) != 0;
}

/** FPCR.FZ has no effect on half precision. */
export function flushes(format: i32, fpcr: u32): bool {
  return (fpcr & FZ) != 0 && (format == SINGLE || format == DOUBLE);
}

/** Adds cumulative flags to the FPSR in memory. */
export function raise(flags: u32, fpsr: usize): void {
  store<u32>(fpsr, load<u32>(fpsr) | flags);
}

export function zero(sign: u32, format: i32): u64 {
  return (sign as u64) << signBit(format);
}

export function infinity(sign: u32, format: i32): u64 {
  return zero(sign, format) | ((((1 << exponentBits(format)) - 1) as u64) << fractionBits(format));
}

export function largest(sign: u32, format: i32): u64 {
  return infinity(sign, format) - 1;
}

export function defaultNaN(format: i32): u64 {
  return infinity(0, format) | ((1 as u64) << (fractionBits(format) - 1));
}

/** The default NaN of an operation that has no result. */
export function invalid(format: i32, fpsr: usize): u64 {
  raise(IOC, fpsr);
  return defaultNaN(format);
}

export function isNaN(kind: i32): bool {
  return kind >= QUIET;
}

/** FPUnpack: sets `kind`, `sign`, `exponent` and `fraction`. */
export function unpack(bits: u64, format: i32, fpcr: u32, fpsr: usize): void {
  const width = fractionBits(format);
  const top = (1 << exponentBits(format)) - 1;
  const field = ((bits >> width) as i32) & top;
  const low = bits & (((1 as u64) << width) - 1);
  sign = ((bits >> signBit(format)) as u32) & 1;
  fraction = 0;
  exponent = 0;
  if (field == 0) {
    if (low == 0) {
      kind = ZERO;
    } else if (flushes(format, fpcr)) {
      kind = ZERO;
      raise(IDC, fpsr);
    } else {
      const shift = clz(low) as i32;
      kind = FINITE;
      fraction = low << shift;
      exponent = 1 - bias(format) - width + 63 - shift;
    }
  } else if (field == top && format != ALT_HALF) {
    if (low == 0) kind = INFINITE;
    else kind = low >> (width - 1) != 0 ? QUIET : SIGNALING;
  } else {
    kind = FINITE;
    fraction = (low | ((1 as u64) << width)) << (63 - width);
    exponent = field - bias(format);
  }
}

/** FPProcessNaN: the result of an operation on the NaN `bits`. */
export function processNaN(kind: i32, bits: u64, format: i32, fpcr: u32, fpsr: usize): u64 {
  let result = bits;
  if (kind == SIGNALING) {
    result |= (1 as u64) << (fractionBits(format) - 1);
    raise(IOC, fpsr);
  }
  return defaultNaNs(fpcr) ? defaultNaN(format) : result;
}

/** FPProcessNaNs, when at least one operand is a NaN: signaling ones go first. */
export function processNaNs(kind1: i32, bits1: u64, kind2: i32, bits2: u64, format: i32, fpcr: u32, fpsr: usize): u64 {
  if (kind1 == SIGNALING || (kind2 != SIGNALING && kind1 == QUIET)) return processNaN(kind1, bits1, format, fpcr, fpsr);
  return processNaN(kind2, bits2, format, fpcr, fpsr);
}

/** FPProcessNaNs3, when at least one operand is a NaN. */
export function processNaNs3(
  kind1: i32,
  bits1: u64,
  kind2: i32,
  bits2: u64,
  kind3: i32,
  bits3: u64,
  format: i32,
  fpcr: u32,
  fpsr: usize,
): u64 {
  if (kind1 == SIGNALING) return processNaN(kind1, bits1, format, fpcr, fpsr);
  if (kind2 == SIGNALING) return processNaN(kind2, bits2, format, fpcr, fpsr);
  if (kind3 == SIGNALING) return processNaN(kind3, bits3, format, fpcr, fpsr);
  if (kind1 == QUIET) return processNaN(kind1, bits1, format, fpcr, fpsr);
  if (kind2 == QUIET) return processNaN(kind2, bits2, format, fpcr, fpsr);
  return processNaN(kind3, bits3, format, fpcr, fpsr);
}
