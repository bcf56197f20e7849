/** The fused operations: FPMulAdd, FPRecipStepFused and FPRSqrtStepFused. */
import {
  DOUBLE,
  INFINITE,
  QUIET,
  SINGLE,
  ZERO,
  exponent,
  fraction,
  infinity,
  invalid,
  isNaN,
  kind,
  processNaNs,
  processNaNs3,
  roundingMode,
  sign,
  signBit,
  unpack,
  zero,
} from './unpack';
import { roundTo, zeroSum } from './round';
import { low, multiplyWide, shiftLeftWide, shiftRightJamWide } from './wide';

/** Operands of the finite part of a fused operation, unpacked; a product of zero has `partA` 0, an addend of zero `partC` 0. */
function sumOfProduct(
  signP: u32,
  powerA: i32,
  partA: u64,
  powerB: i32,
  partB: u64,
  signC: u32,
  powerC: i32,
  partC: u64,
  halved: i32,
  format: i32,
  fpcr: u32,
  fpsr: usize,
): u64 {
  const mode = roundingMode(fpcr);
  if (partA == 0 || partB == 0) {
    if (partC == 0) return signP == signC ? zero(signC, format) : zeroSum(format, fpcr);
    return roundTo(format, signC, powerC - halved, partC, mode, fpcr, fpsr);
  }
  // The product with bit 127 set, or 126. Its low 22 bits are zero: moving both terms down by one makes room for a carry and
  // loses nothing.
  let powerP = powerA + powerB + 1;
  let high = multiplyWide(partA, partB);
  let rest = low;
  if (high >> 63 == 0) {
    high = shiftLeftWide(high, rest, 1);
    rest = low;
    powerP -= 1;
  }
  if (partC == 0) return roundTo(format, signP, powerP - halved, high | ((rest != 0) as u64), mode, fpcr, fpsr);
  rest = (rest >> 1) | (high << 63);
  high >>= 1;
  let highC = partC >> 1;
  let restC: u64 = 0;
  let power = powerP;
  if (powerP >= powerC) {
    highC = shiftRightJamWide(highC, restC, powerP - powerC);
    restC = low;
  } else {
    high = shiftRightJamWide(high, rest, powerC - powerP);
    rest = low;
    power = powerC;
  }
  let signOut = signP;
  if (signP == signC) {
    const sum = rest + restC;
    high = (high + highC + (sum < rest)) as u64;
    rest = sum;
  } else if (high > highC || (high == highC && rest >= restC)) {
    high = (high - highC - (rest < restC)) as u64;
    rest -= restC;
  } else {
    high = (highC - high - (restC < rest)) as u64;
    rest = restC - rest;
    signOut = signC;
  }
  if ((high | rest) == 0) return zeroSum(format, fpcr);
  const shift = (high != 0 ? clz(high) : 64 + clz(rest)) as i32;
  high = shiftLeftWide(high, rest, shift);
  return roundTo(format, signOut, power + 1 - shift - halved, high | ((low != 0) as u64), mode, fpcr, fpsr);
}

function multiplyAdd(addend: u64, a: u64, b: u64, format: i32, fpcr: u32, fpsr: usize): u64 {
  unpack(addend, format, fpcr, fpsr);
  const kindC = kind;
  const signC = sign;
  const powerC = exponent;
  const partC = fraction;
  unpack(a, format, fpcr, fpsr);
  const kindA = kind;
  const signA = sign;
  const powerA = exponent;
  const partA = fraction;
  unpack(b, format, fpcr, fpsr);
  const kindB = kind;
  const noProduct = (kindA == INFINITE && kindB == ZERO) || (kindA == ZERO && kindB == INFINITE);
  if (isNaN(kindC) || isNaN(kindA) || isNaN(kindB)) {
    if (kindC == QUIET && noProduct) return invalid(format, fpsr);
    return processNaNs3(kindC, addend, kindA, a, kindB, b, format, fpcr, fpsr);
  }
  if (noProduct) return invalid(format, fpsr);
  const signP = signA ^ sign;
  const infiniteP = kindA == INFINITE || kindB == INFINITE;
  if (kindC == INFINITE) return infiniteP && signC != signP ? invalid(format, fpsr) : infinity(signC, format);
  if (infiniteP) return infinity(signP, format);
  return sumOfProduct(signP, powerA, partA, exponent, fraction, signC, powerC, partC, 0, format, fpcr, fpsr);
}

/** `(constant - a * b)`, halved when `halved` is 1. `part` is the fraction of the constant, which lies in [2, 4). */
function step(a: u64, b: u64, part: u64, halved: i32, format: i32, fpcr: u32, fpsr: usize): u64 {
  a ^= (1 as u64) << signBit(format);
  unpack(a, format, fpcr, fpsr);
  const kindA = kind;
  const signA = sign;
  const powerA = exponent;
  const partA = fraction;
  unpack(b, format, fpcr, fpsr);
  const kindB = kind;
  if (isNaN(kindA) || isNaN(kindB)) return processNaNs(kindA, a, kindB, b, format, fpcr, fpsr);
  if (kindA == INFINITE || kindB == INFINITE) {
    if (kindA != ZERO && kindB != ZERO) return infinity(signA ^ sign, format);
    return roundTo(format, 0, 1 - halved, part, 0, fpcr, fpsr);
  }
  return sumOfProduct(signA ^ sign, powerA, partA, exponent, fraction, 0, 1, part, halved, format, fpcr, fpsr);
}

const TWO: u64 = (1 as u64) << 63;
const THREE: u64 = (3 as u64) << 62;

/** `addend + a * b`, rounded once. */
export function fpMulAdd32(addend: u32, a: u32, b: u32, fpcr: u32, fpsr: usize): u32 {
  return multiplyAdd(addend, a, b, SINGLE, fpcr, fpsr) as u32;
}

export function fpMulAdd64(addend: u64, a: u64, b: u64, fpcr: u32, fpsr: usize): u64 {
  return multiplyAdd(addend, a, b, DOUBLE, fpcr, fpsr);
}

/** `2 - a * b`. */
export function fpRecipStepFused32(a: u32, b: u32, fpcr: u32, fpsr: usize): u32 {
  return step(a, b, TWO, 0, SINGLE, fpcr, fpsr) as u32;
}

export function fpRecipStepFused64(a: u64, b: u64, fpcr: u32, fpsr: usize): u64 {
  return step(a, b, TWO, 0, DOUBLE, fpcr, fpsr);
}

/** `(3 - a * b) / 2`. */
export function fpRSqrtStepFused32(a: u32, b: u32, fpcr: u32, fpsr: usize): u32 {
  return step(a, b, THREE, 1, SINGLE, fpcr, fpsr) as u32;
}

export function fpRSqrtStepFused64(a: u64, b: u64, fpcr: u32, fpsr: usize): u64 {
  return step(a, b, THREE, 1, DOUBLE, fpcr, fpsr);
}
