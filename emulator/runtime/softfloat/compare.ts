/** FPCompare, FPCompareEQ, FPCompareGE and FPCompareGT. */
import { DOUBLE, IOC, SIGNALING, SINGLE, ZERO, isNaN, kind, raise, sign, signBit, unpack } from './unpack';

/** The kinds of the operands of the last `order`. */
let kindA: i32 = 0;
let kindB: i32 = 0;

/** A number's bits as a signed magnitude; both zeros (and flushed numbers) are 0. */
function key(bits: u64, format: i32): i64 {
  if (kind == ZERO) return 0;
  const magnitude = (bits & (((1 as u64) << signBit(format)) - 1)) as i64;
  return sign != 0 ? -magnitude : magnitude;
}

/** -1, 0 or 1: how `a` compares with `b`; meaningless for NaNs, which the kinds tell. */
export function order(a: u64, b: u64, format: i32, fpcr: u32, fpsr: usize): i32 {
  unpack(a, format, fpcr, fpsr);
  kindA = kind;
  const keyA = key(a, format);
  unpack(b, format, fpcr, fpsr);
  kindB = kind;
  const keyB = key(b, format);
  return ((keyA > keyB) as i32) - ((keyA < keyB) as i32);
}

/** Whether one of the operands of the last `order` is a NaN; raises Invalid Operation for signaling ones, or all of them. */
function unordered(signalNaNs: bool, fpsr: usize): bool {
  if (!isNaN(kindA) && !isNaN(kindB)) return false;
  if (signalNaNs || kindA == SIGNALING || kindB == SIGNALING) raise(IOC, fpsr);
  return true;
}

function compare(a: u64, b: u64, signalNaNs: bool, format: i32, fpcr: u32, fpsr: usize): u32 {
  const result = order(a, b, format, fpcr, fpsr);
  if (unordered(signalNaNs, fpsr)) return 0b0011;
  return result == 0 ? 0b0110 : result < 0 ? 0b1000 : 0b0010;
}

function equal(a: u64, b: u64, format: i32, fpcr: u32, fpsr: usize): u32 {
  const result = order(a, b, format, fpcr, fpsr);
  return (!unordered(false, fpsr) && result == 0) as u32;
}

function atLeast(a: u64, b: u64, least: i32, format: i32, fpcr: u32, fpsr: usize): u32 {
  const result = order(a, b, format, fpcr, fpsr);
  return (!unordered(true, fpsr) && result >= least) as u32;
}

/** NZCV in bits 3 to 0. */
export function fpCompare32(a: u32, b: u32, signalNaNs: i32, fpcr: u32, fpsr: usize): u32 {
  return compare(a, b, signalNaNs != 0, SINGLE, fpcr, fpsr);
}

export function fpCompare64(a: u64, b: u64, signalNaNs: i32, fpcr: u32, fpsr: usize): u32 {
  return compare(a, b, signalNaNs != 0, DOUBLE, fpcr, fpsr);
}

export function fpCompareEQ32(a: u32, b: u32, fpcr: u32, fpsr: usize): u32 {
  return equal(a, b, SINGLE, fpcr, fpsr);
}

export function fpCompareEQ64(a: u64, b: u64, fpcr: u32, fpsr: usize): u32 {
  return equal(a, b, DOUBLE, fpcr, fpsr);
}

export function fpCompareGE32(a: u32, b: u32, fpcr: u32, fpsr: usize): u32 {
  return atLeast(a, b, 0, SINGLE, fpcr, fpsr);
}

export function fpCompareGE64(a: u64, b: u64, fpcr: u32, fpsr: usize): u32 {
  return atLeast(a, b, 0, DOUBLE, fpcr, fpsr);
}

export function fpCompareGT32(a: u32, b: u32, fpcr: u32, fpsr: usize): u32 {
  return atLeast(a, b, 1, SINGLE, fpcr, fpsr);
}

export function fpCompareGT64(a: u64, b: u64, fpcr: u32, fpsr: usize): u32 {
  return atLeast(a, b, 1, DOUBLE, fpcr, fpsr);
}
