/** Operands that lie where floating point goes wrong: special values, neighbours of boundaries, exponents that meet. */

export interface Format {
  readonly fraction: number;
  readonly exponent: number;
}

export const formats = {
  h: { fraction: 10, exponent: 5 },
  s: { fraction: 23, exponent: 8 },
  d: { fraction: 52, exponent: 11 },
} as const satisfies Record<string, Format>;

export type Kind = keyof typeof formats | 'w' | 'x';

/** A small repeatable generator (xorshift). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed, 0x9e3779b1) | 1;
    for (let i = 0; i < 16; i++) this.word();
  }

  word(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return Math.imul(x, 0x2545f491) >>> 0;
  }

  /** 0 to `limit` - 1; the upper bits are the better ones. */
  below(limit: number): number {
    return Math.floor((this.word() / 2 ** 32) * limit);
  }

  bits(count: number): bigint {
    return BigInt.asUintN(count, (BigInt(this.word()) << 32n) | BigInt(this.word()));
  }
}

function assemble({ fraction, exponent }: Format, sign: number, field: number, low: bigint): bigint {
  const top = 2 ** exponent - 1;
  const clamped = Math.min(Math.max(field, 0), top);
  return (BigInt(sign) << BigInt(fraction + exponent)) | (BigInt(clamped) << BigInt(fraction)) | BigInt.asUintN(fraction, low);
}

/** Fractions of all zeros, all ones, few ones, a run of ones, halfway marks of narrower formats, and plain random ones. */
function fractionOf(random: Random, width: number): bigint {
  const one = 1n << BigInt(random.below(width));
  const other = 1n << BigInt(random.below(width));
  switch (random.below(9)) {
    case 0:
      return 0n;
    case 1:
      return BigInt.asUintN(width, -1n);
    case 2:
      return one;
    case 3:
      return BigInt.asUintN(width, one - other);
    case 4:
      return BigInt.asUintN(width, -one);
    case 5:
      return BigInt.asUintN(width, (random.bits(width) & -one) | (one >> 1n));
    case 6:
      return one | other | (1n << BigInt(random.below(width)));
    default:
      return random.bits(width);
  }
}

export function specials(format: Format): bigint[] {
  const { fraction, exponent } = format;
  const top = 2 ** exponent - 1;
  const bias = (top - 1) / 2;
  const ones = BigInt.asUintN(fraction, -1n);
  const quiet = 1n << BigInt(fraction - 1);
  const magnitudes: [number, bigint][] = [
    [0, 0n],
    [0, 1n],
    [0, 2n],
    [0, quiet >> 1n],
    [0, quiet - 1n],
    [0, quiet],
    [0, ones],
    [1, 0n],
    [1, 1n],
    [1, ones],
    [2, 0n],
    [bias - 1, 0n],
    [bias - 1, ones],
    [bias, 0n],
    [bias, 1n],
    [bias, quiet],
    [bias + 1, 0n],
    [bias + 1, quiet],
    [top - 3, 0n],
    [top - 2, 0n],
    [top - 1, 0n],
    [top - 1, ones],
    [top, 0n],
    [top, 1n],
    [top, quiet - 1n],
    [top, quiet],
    [top, quiet | 5n],
    [top, ones],
  ];
  return magnitudes.flatMap(([field, low]) => [assemble(format, 0, field, low), assemble(format, 1, field, low)]);
}

/** One to three numbers whose exponents have something to do with each other. */
function related(random: Random, format: Format, count: number): bigint[] {
  const { fraction, exponent } = format;
  const top = 2 ** exponent - 1;
  const bias = (top - 1) / 2;
  const near = () => random.below(7) - 3;
  const edge = () => {
    const edges = [1, 1, bias, top - 1, bias + fraction, 1 + random.below(top - 1), -fraction];
    return edges[random.below(edges.length)]! + near();
  };
  const first = random.below(3) === 0 ? edge() : 1 + random.below(top - 1);
  const target = edge();
  let second = first + near();
  switch (random.below(5)) {
    case 0:
      second = first + random.below(2 * fraction + 8) - fraction - 4;
      break;
    case 1:
      second = target - first + bias;
      break;
    case 2:
      second = first - target + bias;
      break;
    case 3:
      second = 1 + random.below(top - 1);
      break;
    default:
  }
  const product = first + second - bias;
  const third = random.below(2) === 0 ? product + near() : product + random.below(5 * fraction) - 2.5 * fraction;
  const fields = count === 3 ? [Math.round(third), first, second] : [first, second].slice(0, count);
  const values = fields.map((field) => assemble(format, random.below(2), field, fractionOf(random, fraction)));
  // A product that cancels with the addend, or nearly equal terms.
  if (count === 2 && random.below(12) === 0) values[1] = values[0]! ^ BigInt(random.below(3));
  return values;
}

/** Numbers near integers of up to 66 bits and near halves, quarters ... of them. */
function nearInteger(random: Random, format: Format): bigint {
  const { fraction, exponent } = format;
  const bias = 2 ** (exponent - 1) - 1;
  const field = bias + random.below(75) - 6 - (random.below(3) === 0 ? 60 : 0);
  return assemble(format, random.below(2), field, fractionOf(random, fraction));
}

function integer(random: Random, width: number): bigint {
  const length = 1 + random.below(width);
  const value = fractionOf(random, length) | (random.below(2) === 0 ? 1n << BigInt(length - 1) : 0n);
  return BigInt.asUintN(width, random.below(2) === 0 ? -value : value);
}

/** A floating point control register: rounding mode, FZ, DN, and AHP now and then. */
function control(random: Random): number {
  return (random.below(16) << 22) | (random.below(3) === 0 ? 1 << 26 : 0);
}

export interface Cases {
  readonly count: number;
  readonly fpcr: Uint32Array;
  /** `count` times three operands. */
  readonly operands: BigUint64Array;
}

/** `integral`: an operation that makes integers, for which most exponents are dull. */
export function makeCases(kind: Kind, arity: number, integral: boolean, count: number, seed: number): Cases {
  const random = new Random(seed);
  const fpcr = new Uint32Array(count);
  const operands = new BigUint64Array(count * 3);
  const put = (index: number, values: readonly bigint[]) => {
    fpcr[index] = control(random);
    values.forEach((value, place) => (operands[index * 3 + place] = value));
  };
  let index = 0;
  if (kind === 'w' || kind === 'x') {
    const width = kind === 'w' ? 32 : 64;
    while (index < count) put(index++, [random.below(4) === 0 ? random.bits(width) : integer(random, width)]);
    return { count, fpcr, operands };
  }
  const format = formats[kind];
  const list = specials(format);
  const any = () => list[random.below(list.length)]!;
  if (arity === 2) {
    for (const a of list) for (const b of list) put(index++, [a, b]);
  } else if (arity === 1) {
    for (const a of list)
      for (let setting = 0; setting < 32; setting++) {
        put(index, [a]);
        fpcr[index++] = setting << 22;
      }
  }
  const width = format.fraction + format.exponent + 1;
  while (index < count) {
    const choice = random.below(10);
    let values: bigint[];
    if (choice === 0) values = Array.from({ length: arity }, () => random.bits(width));
    else if (choice === 1) values = Array.from({ length: arity }, any);
    else if (integral && choice < 7) values = [nearInteger(random, format)];
    else values = related(random, format, arity);
    if (choice === 2 && !integral) values[random.below(arity)] = any();
    put(index++, values);
  }
  return { count, fpcr, operands };
}
