/** Random states, biased to where things go wrong. */
import { seededRandom } from '../../../emulator/isa/derive/generator.ts';
import { formats, specials } from '../softfloat/operands.ts';
import { layout, State } from './record.ts';

export class Random {
  readonly word: () => number;

  /** The parts are mixed, so that neighbouring seeds have nothing in common. */
  constructor(...parts: readonly (number | string)[]) {
    let hash = 0x811c9dc5;
    for (const char of parts.join('/')) hash = Math.imul(hash ^ char.charCodeAt(0), 0x0100_0193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
    this.word = seededRandom(hash ^ (hash >>> 13));
    for (let i = 0; i < 8; i++) this.word();
  }

  /** 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.word() / 2 ** 32) * limit);
  }

  chance(oneIn: number): boolean {
    return this.below(oneIn) === 0;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  bits(count: number): bigint {
    return BigInt.asUintN(count, (BigInt(this.word()) << 32n) | BigInt(this.word()));
  }
}

/** An integer of `width` bits: small, near a power of two, a run of ones, narrower than it could be, or anything. */
export function integer(random: Random, width: number): bigint {
  const power = 1n << BigInt(random.below(width));
  const small = BigInt(random.below(5) - 2);
  switch (random.below(8)) {
    case 0:
      return BigInt.asUintN(width, small);
    case 1:
      return BigInt.asUintN(width, power + small);
    case 2:
      return BigInt.asUintN(width, -power + small);
    case 3:
      return BigInt.asUintN(width, (1n << BigInt(width - 1)) + small);
    case 4:
      return random.bits(1 + random.below(width));
    case 5:
      return BigInt.asUintN(width, -random.bits(1 + random.below(width)));
    default:
      return random.bits(width);
  }
}

const specialsOf = { h: specials(formats.h), s: specials(formats.s), d: specials(formats.d) } as const;

/** A floating point number: special, of everyday size, near an integer, or any bits. */
function float(random: Random, name: keyof typeof formats): bigint {
  const { fraction, exponent } = formats[name];
  const bias = 2 ** (exponent - 1) - 1;
  const near = (distance: number): bigint => {
    const field = Math.min(Math.max(bias + random.below(2 * distance) - distance, 0), 2 * bias + 1);
    const low = random.chance(2) ? random.bits(fraction) : integer(random, fraction);
    return (BigInt(random.below(2)) << BigInt(fraction + exponent)) | (BigInt(field) << BigInt(fraction)) | low;
  };
  switch (random.below(8)) {
    case 0:
    case 1:
      return random.pick(specialsOf[name]);
    case 2:
      return random.bits(fraction + exponent + 1);
    case 3:
      return near(70);
    default:
      return near(3);
  }
}

const floatOf: Record<number, keyof typeof formats> = { 16: 'h', 32: 's', 64: 'd' };

function vector(random: Random): [bigint, bigint] {
  const width = random.pick([8, 16, 32, 32, 32, 64, 64, 64]);
  const format = floatOf[width];
  const asFloat = format !== undefined && !random.chance(4);
  const half = (): bigint => {
    let value = 0n;
    for (let at = 0; at < 64; at += width) {
      value |= (asFloat ? float(random, format) : integer(random, width)) << BigInt(at);
    }
    return value;
  };
  return [half(), half()];
}

/** An address in the window, or now and then near its ends; aligned more often than not. */
export function windowAddress(random: Random): bigint {
  const { WINDOW_BASE, WINDOW_SIZE, READ_ONLY_SIZE } = layout;
  let offset = random.below(WINDOW_SIZE - 128) + 64;
  if (random.chance(8)) {
    offset = random.pick([0, WINDOW_SIZE / 2, WINDOW_SIZE, WINDOW_SIZE + READ_ONLY_SIZE]) + random.below(64) - 32;
  }
  if (!random.chance(3)) offset &= -16;
  const tag = random.chance(16) ? random.bits(8) << 56n : 0n;
  return (WINDOW_BASE + BigInt(offset)) | tag;
}

const ROUNDING = 3 << 22;
const FZ = 1 << 24;
const DN = 1 << 25;
const AHP = 1 << 26;
/** QC and the cumulative exception bits. */
const FPSR_BITS = 0x0800_009f;

export function randomState(random: Random): State {
  const state = new State();
  for (let n = 0; n < 31; n++) state.setX(n, random.chance(12) ? windowAddress(random) : integer(random, 64));
  for (let n = 0; n < 32; n++) vector(random).forEach((half, i) => state.setV(n, i, half));
  state.sp = windowAddress(random);
  state.pc = layout.CODE_BASE + BigInt(layout.CODE_SIZE / 2 + random.below(0x4000) * 4);
  state.nzcv = (random.below(16) << 28) >>> 0;
  if (random.chance(2)) {
    const flag = (bit: number): number => (random.chance(4) ? bit : 0);
    state.fpcr = (random.word() & ROUNDING) | flag(FZ) | flag(DN) | flag(AHP);
  }
  state.fpsr = random.chance(2) ? 0 : random.word() & FPSR_BITS;
  return state;
}

/** Contents of the memory window, the same for all cases of a batch. */
export function randomImage(random: Random): Uint8Array {
  const image = new Uint8Array(layout.WINDOW_SIZE);
  const view = new DataView(image.buffer);
  for (let at = 0; at < image.length; at += 16) {
    vector(random).forEach((half, i) => view.setBigUint64(at + i * 8, half, true));
  }
  return image;
}
