/** Random controls and questions; tables come up, at random, where the model reads them, and are left in memory for our machine. */
import { createRandom } from '../../../emulator/base/random.ts';
import type { Bench } from '../support/bench.ts';
import type { Model, Question, Registers } from './model.ts';

const RAM_BASE = 0x4000_0000n;
const RAM_BYTES = 0x40_0000;
const PAGE = 4096;
const PA_BITS = 44;

export interface RandomCase {
  readonly registers: Registers;
  readonly question: Question;
  readonly model: Model;
  /** Clears the tables. */
  forget(): void;
}

const hosts = new WeakMap<Bench, number[]>();

/** A number's bits as choices: `below`, `chance`, `bits`. */
class Choice {
  private readonly random: { bytes(count: number): Uint8Array };

  constructor(seed: number) {
    this.random = createRandom(seed, 'translation');
  }

  bits(count: number): bigint {
    const bytes = this.random.bytes(8);
    return BigInt.asUintN(count, new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  }

  below(limit: number): number {
    return Number(this.bits(32) % BigInt(limit));
  }

  chance(oneIn: number): boolean {
    return this.below(oneIn) === 0;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** An address of memory, with zeros below bit `low`; now and then one that is none. */
function address(choice: Choice, low: number): bigint {
  const inRam = RAM_BASE + (choice.bits(22) & -(1n << BigInt(low)));
  if (choice.chance(60)) return (inRam | (1n << BigInt(36 + choice.below(12)))) & ((1n << 48n) - 1n);
  return inRam;
}

function descriptor(choice: Choice, identity: bigint): bigint {
  const kind = choice.chance(12) ? choice.below(4) : choice.chance(3) ? 1 : 3;
  // Often identity, so that what is behind an address of memory is memory.
  const output = choice.chance(3) ? identity & ~0xfffn : address(choice, 12);
  let value = (output & 0xffff_ffff_f000n) | BigInt(kind);
  value |= choice.bits(10) << 2n;
  if (!choice.chance(8)) value |= 1n << 10n; // AF
  if (choice.chance(3)) value |= choice.bits(12) << 52n;
  // MemAttr of cacheable memory without an inner one is reserved.
  if ((value & 0x30n) !== 0n && (value & 0xcn) === 0n) value |= 0x4n;
  // S2AP, and stage 1's AP: mostly all that can be allowed.
  if (!choice.chance(3)) value = (value & ~0xc0n) | (choice.chance(2) ? 0xc0n : 0x40n);
  return value;
}

/** A size of input and a granule as T0SZ and TG0 (T1SZ, TG1) have them. */
const sizes = (choice: Choice): bigint => BigInt(choice.chance(10) ? choice.below(64) : 64 - (25 + choice.below(24)));

export function createRandomCase(bench: Bench, seed: number): RandomCase {
  const choice = new Choice(seed);
  let pages = hosts.get(bench);
  if (!pages) hosts.set(bench, (pages = bench.addRam(RAM_BASE, RAM_BYTES)));
  const both = choice.chance(3);
  const isEl2 = choice.chance(6);
  const hcrBits = [0n, 1n, 1n, 1n, 1n | 4n, 1n << 12n, 1n | (1n << 12n), 1n | (1n << 32n), 1n << 27n];
  const inputBits = choice.chance(10) ? choice.below(64) : 64 - (30 + choice.below(15));
  const ps = choice.chance(8) ? choice.below(8) : 4 + choice.below(2);
  const registers: Registers = {
    SCTLR_EL1: (choice.chance(6) ? 0n : 1n) | (choice.bits(1) << 19n),
    SCTLR_EL2: choice.chance(6) ? 0n : 1n,
    TCR_EL1:
      sizes(choice) |
      (sizes(choice) << 16n) |
      (choice.chance(12) ? choice.bits(1) << 7n : 0n) |
      (choice.chance(12) ? choice.bits(1) << 23n : 0n) |
      (choice.bits(2) << 14n) |
      (choice.bits(2) << 30n) |
      (BigInt(choice.chance(8) ? choice.below(8) : 4) << 32n) |
      (choice.bits(2) << 37n),
    TCR_EL2: sizes(choice) | (choice.bits(2) << 14n) | (BigInt(ps) << 16n) | (choice.bits(1) << 20n),
    TTBR0_EL1: address(choice, 6) | (choice.bits(8) << 48n),
    TTBR1_EL1: address(choice, 6),
    TTBR0_EL2: address(choice, 6),
    MAIR_EL1: choice.pick([0xff44_0004_08bb_770cn, choice.bits(64)]),
    MAIR_EL2: choice.pick([0x00ff_4404_0c08_aaeen, choice.bits(64)]),
    HCR_EL2: choice.pick(hcrBits) | (1n << 31n),
    VTCR_EL2: BigInt(inputBits) | (choice.bits(2) << 6n) | (choice.bits(2) << 14n) | (BigInt(ps) << 16n),
    VTTBR_EL2: address(choice, 6) | (choice.bits(8) << 48n),
  };
  let va = choice.bits(1 + choice.below(47));
  if (choice.chance(3)) va |= BigInt.asUintN(64, -(1n << BigInt(25 + choice.below(24))));
  // Flat translation is of use where memory is.
  if (choice.chance(3)) va = address(choice, 0);
  if (choice.chance(6)) va |= choice.bits(8) << 56n;
  const question: Question = {
    va,
    regime: isEl2 ? 2 : 1,
    write: choice.chance(2),
    user: !isEl2 && choice.chance(2),
    both: !isEl2 && (both || choice.chance(2)),
  };
  const written = new Map<bigint, bigint>();
  const hostOf = (pa: bigint): number | undefined => {
    const offset = Number(pa - RAM_BASE);
    if (offset < 0 || offset >= RAM_BYTES) return undefined;
    return ((pages as number[])[(offset / PAGE) | 0] as number) + (offset % PAGE);
  };
  const model: Model = {
    paBits: PA_BITS,
    read(pa) {
      const host = hostOf(pa);
      if (host === undefined) return undefined;
      let value = written.get(pa);
      if (value === undefined) {
        value = descriptor(choice, pa);
        written.set(pa, value);
        bench.view.setBigUint64(host, value, true);
      }
      return value;
    },
  };
  const forget = (): void => {
    for (const pa of written.keys()) bench.view.setBigUint64(hostOf(pa) as number, 0n, true);
  };
  return { registers, question, model, forget };
}
