/** 128-bit helpers. The upper half is the result, the lower half is left in `low`. */

export let low: u64 = 0;

/** 64 by 64 to 128 bits. */
export function multiplyWide(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const p00 = a0 * b0;
  const middle = a1 * b0 + (p00 >> 32);
  const cross = a0 * b1 + (middle & 0xffffffff);
  low = (cross << 32) | (p00 & 0xffffffff);
  return a1 * b1 + (middle >> 32) + (cross >> 32);
}

export function shiftLeftWide(high: u64, rest: u64, count: i32): u64 {
  if (count == 0) {
    low = rest;
    return high;
  }
  if (count > 63) {
    low = 0;
    return rest << (count - 64);
  }
  low = rest << count;
  return (high << count) | (rest >> (64 - count));
}

/** Shift right; bits shifted out leave a 1 in bit 0. */
export function shiftRightJamWide(high: u64, rest: u64, count: i32): u64 {
  if (count == 0) {
    low = rest;
    return high;
  }
  if (count > 127) {
    low = ((high | rest) != 0) as u64;
    return 0;
  }
  if (count > 64) {
    low = (high >> (count - 64)) | ((((high << (128 - count)) | rest) != 0) as u64);
    return 0;
  }
  if (count == 64) {
    low = high | ((rest != 0) as u64);
    return 0;
  }
  low = (high << (64 - count)) | (rest >> count) | ((rest << (64 - count) != 0) as u64);
  return high >> count;
}
