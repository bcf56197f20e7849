/**
 * Vectors as lanes of `8 << size` bits: WebAssembly's operations by size, and in its vocabulary those that it lacks. Operations on
 * 64 bits or on one element see zeros in the lanes beyond (`read`), so these cannot saturate.
 */
import type { Reg } from '../../../ir/builder.ts';
import type { Value } from '../../../ir/nodes.ts';
import { ops } from '../../../ir/ops.ts';
import type { Semantics } from '../../derive/semantics.ts';

const shapes = ['i8x16', 'i16x8', 'i32x4', 'i64x2'] as const;
const suffix = (U: number): string => (U ? 'u' : 's');
const range = (count: number): number[] => [...Array(count).keys()];

/** Bits of an element. */
export const esize = (size: number): number => 8 << size;
/** Width of what a vector instruction works on. */
export const datasize = (Q: number): number => (Q ? 128 : 64);

// --- constants -----------------------------------------------------------------------------------------------------------------
/** All lanes hold `element`. */
export function replicate(b: Semantics, size: number, element: bigint | number): Value {
  let half = BigInt.asUintN(esize(size), BigInt(element));
  for (let bits = esize(size); bits < 64; bits *= 2) half |= half << BigInt(bits);
  return b.v128(half, half);
}
export const zero = (b: Semantics): Value => b.v128(0n, 0n);
export const one = (b: Semantics, size: number): Value => replicate(b, size, 1);
/** The least signed element: the top bit. */
export const minimum = (b: Semantics, size: number): Value => replicate(b, size, 1n << BigInt(esize(size) - 1));
/** The greatest signed element. */
export const maximum = (b: Semantics, size: number): Value => replicate(b, size, (1n << BigInt(esize(size) - 1)) - 1n);

// --- registers -----------------------------------------------------------------------------------------------------------------
const ones = (bits: number): bigint => (1n << BigInt(bits)) - 1n;
const low = (b: Semantics, value: Value, bits: number): Value =>
  bits === 128 ? value : b.op('v128.and', value, b.v128(ones(bits), 0n));

/** The low `bits` of V[n], zero above. */
export const read = (b: Semantics, reg: Reg, bits: number): Value => low(b, b.v(reg), bits);
/** Writes the low `bits` of a value, zero above. */
export const write = (b: Semantics, reg: Reg, value: Value, bits: number): void => b.setV(reg, low(b, value, bits));
/** Writes a result of 64 bits (zero above) to the lower half, or with Q to the upper one and keeps the lower. */
export function writeHalf(b: Semantics, reg: Reg, value: Value, Q: number): void {
  b.setV(reg, Q ? b.shuffle(b.v(reg), value, [...range(8), ...range(8).map((i) => 16 + i)]) : value);
}

/** Sets FPSR.QC, bit 27, where a value has any bit set. */
export function setSaturated(b: Semantics, where: Value): void {
  const qc = b.op('i32.shl', b.op('v128.any_true', where), b.i32(27));
  b.setField('FPSR', b.op('i32.or', b.getField('FPSR'), qc));
}

// --- operations by size --------------------------------------------------------------------------------------------------------
/** The operation of that name on lanes of `size`: `add`, `gt` (with U its `_u` form, see `signed`), `shl` and so on. */
export function lanes(b: Semantics, size: number, name: string, ...args: Value[]): Value {
  const full = `${shapes[size]}.${name}`;
  const [x, y] = args as [Value, Value];
  return ops.has(full) ? b.op(full, ...args) : compose(b, size, name, x, y);
}

/** An operation that has a signed and an unsigned form. */
export const signed = (b: Semantics, size: number, name: string, U: number, ...args: Value[]): Value =>
  lanes(b, size, `${name}_${suffix(U)}`, ...args);

/** What WebAssembly has for some sizes only. */
function compose(b: Semantics, size: number, name: string, x: Value, y: Value): Value {
  const flip = (value: Value): Value => b.op('v128.xor', value, minimum(b, size));
  switch (name) {
    case 'mul': {
      const product = (Q: number): Value => multiplyLong(b, size, 1, Q, x, y);
      return evens(b, size, product(0), product(1));
    }
    case 'gt_u':
    case 'ge_u':
    case 'lt_u':
      return lanes(b, size, name.replace('u', 's'), flip(x), flip(y));
    case 'min_s':
    case 'min_u':
      return b.op('v128.bitselect', y, x, lanes(b, size, name.replace('min', 'gt'), x, y));
    case 'max_s':
    case 'max_u':
      return b.op('v128.bitselect', x, y, lanes(b, size, name.replace('max', 'gt'), x, y));
    case 'add_sat_u': {
      const sum = lanes(b, size, 'add', x, y);
      return b.op('v128.or', sum, lanes(b, size, 'lt_u', sum, x));
    }
    case 'sub_sat_u':
      return b.op('v128.andnot', lanes(b, size, 'sub', x, y), lanes(b, size, 'lt_u', x, y));
    case 'add_sat_s': {
      const sum = lanes(b, size, 'add', x, y);
      return saturateSign(b, size, x, sum, b.op('v128.and', b.op('v128.xor', x, sum), b.op('v128.xor', y, sum)));
    }
    case 'sub_sat_s': {
      const difference = lanes(b, size, 'sub', x, y);
      return saturateSign(b, size, x, difference, b.op('v128.and', b.op('v128.xor', x, y), b.op('v128.xor', x, difference)));
    }
    default:
      throw new Error(`no operation ${name} on lanes of ${esize(size)} bits`);
  }
}

/** All ones in lanes whose top bit is set. */
export const signs = (b: Semantics, size: number, value: Value): Value => lanes(b, size, 'shr_s', value, b.i32(esize(size) - 1));

/** The signed bound on the side of a value: minimum for negative lanes, maximum for the others. */
export const bound = (b: Semantics, size: number, value: Value): Value =>
  b.op('v128.xor', signs(b, size, value), maximum(b, size));

/** `result`, but the bound on `x`'s side where the top bit of `overflow` is set. */
const saturateSign = (b: Semantics, size: number, x: Value, result: Value, overflow: Value): Value =>
  b.op('v128.bitselect', bound(b, size, x), result, signs(b, size, overflow));

// --- widening, narrowing, rearranging ------------------------------------------------------------------------------------------
const half = (Q: number): string => (Q ? 'high' : 'low');

/** The lower (Q: upper) lanes, each made twice as wide. */
export const extend = (b: Semantics, size: number, U: number, Q: number, value: Value): Value =>
  b.op(`${shapes[size + 1]}.extend_${half(Q)}_${shapes[size]}_${suffix(U)}`, value);

/** Products, twice as wide, of the lower (Q: upper) lanes. */
export const multiplyLong = (b: Semantics, size: number, U: number, Q: number, x: Value, y: Value): Value =>
  b.op(`${shapes[size + 1]}.extmul_${half(Q)}_${shapes[size]}_${suffix(U)}`, x, y);

/** A shuffle by elements: `pick` answers which element of `y:x` goes to a place. */
export function rearrange(b: Semantics, size: number, x: Value, y: Value, pick: (place: number) => number): Value {
  const bytes = 1 << size;
  return b.shuffle(
    x,
    y,
    range(16).map((i) => pick(Math.floor(i / bytes)) * bytes + (i % bytes)),
  );
}

/**
 * The elements with even numbers of `y:x`. Where `bits` is 64, x and y are their lower halves.
 * Of lanes twice as wide these are the low halves (truncation), and the odd ones the high halves.
 */
export const evens = (b: Semantics, size: number, x: Value, y: Value, bits = 128): Value => pickTwos(b, size, x, y, bits, 0);
export const odds = (b: Semantics, size: number, x: Value, y: Value, bits = 128): Value => pickTwos(b, size, x, y, bits, 1);

function pickTwos(b: Semantics, size: number, x: Value, y: Value, bits: number, part: number): Value {
  const [count, all] = [bits / esize(size), 128 / esize(size)];
  // Elements of y begin at `all`. The upper half of a result of 64 bits does not matter.
  return rearrange(b, size, x, y, (place) => {
    const element = (2 * place + part) % (2 * count);
    return element < count ? element : element - count + all;
  });
}

/** Truncates wide lanes to `size`: 64 bits, zero above. */
export const narrow = (b: Semantics, size: number, value: Value): Value => evens(b, size, value, zero(b));
/** The high halves of wide lanes: 64 bits, zero above. */
export const narrowHigh = (b: Semantics, size: number, value: Value): Value => odds(b, size, value, zero(b));

// --- lane by lane --------------------------------------------------------------------------------------------------------------
/** A lane as i32, or i64 for 64 bits; narrow ones are extended by U. */
export const extract = (b: Semantics, size: number, U: number, index: number, value: Value): Value =>
  b.lane(`${shapes[size]}.extract_lane${size < 2 ? `_${suffix(U)}` : ''}`, index, value);
export const insert = (b: Semantics, size: number, index: number, value: Value, element: Value): Value =>
  b.lane(`${shapes[size]}.replace_lane`, index, value, element);
export const splat = (b: Semantics, size: number, element: Value): Value => b.op(`${shapes[size]}.splat`, element);

/** Applies scalar code to each lane. */
export function eachLane(
  b: Semantics,
  size: number,
  U: number,
  vectors: readonly Value[],
  apply: (...elements: Value[]) => Value,
): Value {
  return range(128 / esize(size)).reduce(
    (result, i) => insert(b, size, i, result, apply(...vectors.map((vector) => extract(b, size, U, i, vector)))),
    zero(b),
  );
}
