/** Random programs with loops, calls, flags and accesses of memory, for comparing tiers: they end by SYSTEM_OFF. */
import { seededRandom } from '../../../emulator/isa/derive/generator.ts';

/** A random number from 0 on. */
export type Pick = (below: number) => number;

/** Registers 0..7 hold data, 20 the address of data behind the program, 21..23 count loops. */
const DATA = 20;
const DATA_OFFSET = 0x3000;

function setsFlags(pick: Pick): number {
  const [rd, rn, rm, wide] = [pick(8), pick(8), pick(8), pick(2)];
  const base = [0x2b000000, 0x6b000000, 0x6a000000, 0x3a000000, 0x7a000000, 0x6a200000][pick(6)] as number;
  return (wide << 31) | base | (rm << 16) | (rn << 5) | rd;
}

function calculates(pick: Pick): number {
  const [rd, rn, rm, cond, wide] = [pick(8), pick(8), pick(8), pick(14), pick(2)];
  const base = [0x0b000000, 0x4b000000, 0x4a000000, 0x1b007c00, 0x1ac02400, 0x1a800000, 0x1a800400, 0x5a800000][
    pick(8)
  ] as number;
  const isSelect = (base & 0x1fe00000) === 0x1a800000;
  return (wide << 31) | base | (rm << 16) | (isSelect ? cond << 12 : 0) | (rn << 5) | rd;
}

function comparesConditionally(pick: Pick): number {
  const base = [0x3a400000, 0x7a400000, 0x3a400800, 0x7a400800][pick(4)] as number;
  return (pick(2) << 31) | base | (pick(8) << 16) | (pick(14) << 12) | (pick(8) << 5) | pick(16);
}

const accesses = (pick: Pick): number =>
  ([0xf9000000, 0xf9400000, 0xb9000000, 0xb9400000, 0x39000000, 0x39400000, 0x79800000][pick(7)] as number) |
  (pick(64) << 10) |
  (DATA << 5) |
  pick(8);

/** MRS and MSR of NZCV. */
const movesFlags = (pick: Pick): number => ([0xd53b4200, 0xd51b4200][pick(2)] as number) | pick(8);

/** An instruction that goes on behind itself and touches no more than registers 0 to 7, flags, and memory behind register 20. */
export function plain(pick: Pick): number {
  const kinds = [setsFlags, setsFlags, calculates, calculates, comparesConditionally, accesses, accesses, movesFlags];
  return (kinds[pick(kinds.length)] as (pick: Pick) => number)(pick);
}

/** A branch forward over `words` instructions, on a condition. */
function skips(pick: Pick, words: number): number {
  const offset = words + 1;
  switch (pick(3)) {
    case 0:
      return 0x54000000 | (offset << 5) | pick(14);
    case 1:
      return (pick(2) << 31) | 0x34000000 | (pick(2) << 24) | (offset << 5) | pick(8);
    default:
      return 0x36000000 | (pick(2) << 24) | (pick(32) << 19) | (offset << 5) | pick(8);
  }
}

/** Instructions with branches forward among them; `one` makes those that are none. */
export function block(pick: Pick, length: number, one: (pick: Pick) => number = plain): number[] {
  const words: number[] = [];
  while (words.length < length) {
    const skipped = pick(4);
    if (pick(3) === 0) words.push(skips(pick, skipped), ...Array.from({ length: skipped }, () => one(pick)));
    else words.push(one(pick));
  }
  return words;
}

/** Counts a loop down: SUBS Xn, Xn, #1; B.NE back over `words`. SUB and CBNZ leave the flags alone. */
export function loop(pick: Pick, counter: number, times: number, body: readonly number[]): number[] {
  const start = 0xd2800000 | (times << 5) | counter;
  const subtract = (pick(2) ? 0xf1000400 : 0xd1000400) | (counter << 5) | counter;
  const isFlags = subtract >>> 24 === 0xf1;
  const back = -(body.length + 1) & 0x7ffff;
  return [start, ...body, subtract, isFlags ? 0x54000001 | (back << 5) : 0xb5000000 | (back << 5) | counter];
}

/** Repeatable numbers of a seed. */
export function pickFrom(seed: number): Pick {
  const random = seededRandom(seed * 2_654_435_761 + 1);
  return (below) => (random() >>> 3) % below;
}

export function branchyProgram(seed: number): Uint8Array {
  const pick = pickFrom(seed);
  const callee = [...block(pick, 3 + pick(8)), 0xd65f03c0];
  const call = (from: number): number => 0x94000000 | (-from & 0x3ffffff);
  // The function stands first, behind a branch over it.
  const inner = loop(pick, 22, 3 + pick(40), block(pick, 4 + pick(20)));
  const second = loop(pick, 23, 1 + pick(9), block(pick, 2 + pick(8)));
  const before = block(pick, 2 + pick(6));
  const body = [...before, ...inner, 0, ...second, ...block(pick, pick(6))];
  const head = [0x14000000 | (callee.length + 1), ...callee];
  const bodyStart = head.length + 1 + 1;
  const hole = before.length + inner.length;
  body[hole] = call(bodyStart + hole - 1);
  const address = DATA_OFFSET - head.length * 4;
  const adr = 0x10000000 | ((address >> 2) << 5) | DATA;
  const end = [0xd2b08000, 0xf2800100, 0xd4000002];
  return new Uint8Array(Uint32Array.from([...head, adr, ...loop(pick, 21, 60_000, body), ...end]).buffer);
}
