/** FPMax, FPMin, FPMaxNum and FPMinNum. */
import { DOUBLE, QUIET, SINGLE, ZERO, infinity, isNaN, kind, processNaNs, sign, unpack, zero } from './unpack';
import { order } from './compare';

/** `least`: 1 for the minimum, 0 for the maximum. */
function pick(a: u64, b: u64, least: u32, format: i32, fpcr: u32, fpsr: usize): u64 {
  unpack(a, format, fpcr, fpsr);
  const kindA = kind;
  const signA = sign;
  unpack(b, format, fpcr, fpsr);
  const kindB = kind;
  const signB = sign;
  if (isNaN(kindA) || isNaN(kindB)) return processNaNs(kindA, a, kindB, b, format, fpcr, fpsr);
  const result = order(a, b, format, fpcr, fpsr);
  const first = least != 0 ? result < 0 : result > 0;
  // The zero picked is the lesser or the greater one of two; beside a number its own sign comes out of the same rule.
  if ((first ? kindA : kindB) == ZERO) return zero(least != 0 ? signA | signB : signA & signB, format);
  return first ? a : b;
}

/** A single quiet NaN counts as the infinity that loses. */
function pickNumber(a: u64, b: u64, least: u32, format: i32, fpcr: u32, fpsr: usize): u64 {
  unpack(a, format, fpcr, fpsr);
  const quietA = kind == QUIET;
  unpack(b, format, fpcr, fpsr);
  const quietB = kind == QUIET;
  if (quietA && !quietB) a = infinity(least ^ 1, format);
  if (quietB && !quietA) b = infinity(least ^ 1, format);
  return pick(a, b, least, format, fpcr, fpsr);
}

export function fpMax32(a: u32, b: u32, fpcr: u32, fpsr: usize): u32 {
  return pick(a, b, 0, SINGLE, fpcr, fpsr) as u32;
}

export function fpMax64(a: u64, b: u64, fpcr: u32, fpsr: usize): u64 {
  return pick(a, b, 0, DOUBLE, fpcr, fpsr);
}

export function fpMin32(a: u32, b: u32, fpcr: u32, fpsr: usize): u32 {
  return pick(a, b, 1, SINGLE, fpcr, fpsr) as u32;
}

export function fpMin64(a: u64, b: u64, fpcr: u32, fpsr: usize): u64 {
  return pick(a, b, 1, DOUBLE, fpcr, fpsr);
}

export function fpMaxNum32(a: u32, b: u32, fpcr: u32, fpsr: usize): u32 {
  return pickNumber(a, b, 0, SINGLE, fpcr, fpsr) as u32;
}

export function fpMaxNum64(a: u64, b: u64, fpcr: u32, fpsr: usize): u64 {
  return pickNumber(a, b, 0, DOUBLE, fpcr, fpsr);
}

export function fpMinNum32(a: u32, b: u32, fpcr: u32, fpsr: usize): u32 {
  return pickNumber(a, b, 1, SINGLE, fpcr, fpsr) as u32;
}

export function fpMinNum64(a: u64, b: u64, fpcr: u32, fpsr: usize): u64 {
  return pickNumber(a, b, 1, DOUBLE, fpcr, fpsr);
}
