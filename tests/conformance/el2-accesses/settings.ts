/** Settings of the registers that open and close accesses: bits by Arm's names. */
import { createRandom } from '../../../emulator/base/random.ts';

/** Registers in the order of the image's `struct setting`, with what they hold when everything is open. */
const registers = {
  HCR: 1n << 31n,
  MDCR: 6n,
  CPTR: 0x33ffn,
  CNTHCTL: 3n,
  ICH_HCR: 0n,
  HSTR: 0n,
  // MMU off; nTWE, UCI, nTWI, UCT, DZE, UMA.
  SCTLR: 0x30d0_0800n | 0x405_c200n,
  CPACR: 3n << 20n,
  CNTKCTL: 0x303n,
  PMUSERENR: 0xfn,
  MDSCR: 0n,
} as const;
type Register = keyof typeof registers;
export type Setting = Readonly<Record<Register, bigint>>;
export const registerNames = Object.keys(registers) as Register[];

const [first, second] = [
  // EL2's. HCR_EL2: VM and DC have tests of their own, HCD is what the harness calls by, TGE comes beside all others.
  {
    HCR: {
      ...{ SWIO: 1, PTW: 2, FMO: 3, IMO: 4, AMO: 5, FB: 9, TWI: 13, TWE: 14, TID0: 15, TID1: 16, TID2: 17, TID3: 18 },
      ...{ TSC: 19, TIDCP: 20, TACR: 21, TSW: 22, TPC: 23, TPU: 24, TTLB: 25, TVM: 26, TGE: 27, TDZ: 28, TRVM: 30 },
      ...{ CD: 32, ID: 33 },
    },
    MDCR: { TPMCR: 5, TPM: 6, HPME: 7, TDE: 8, TDA: 9, TDOSA: 10, TDRA: 11 },
    CPTR: { TFP: 10, TCPAC: 31 },
    CNTHCTL: { EL1PCTEN: 0, EL1PCEN: 1 },
    ICH_HCR: { TC: 10, TALL0: 11, TALL1: 12, TDIR: 14 },
    // Of AArch64 it traps nothing.
    HSTR: { T0: 0, T5: 5, T13: 13 },
  },
  // EL1's, of EL0.
  {
    SCTLR: { UMA: 9, DZE: 14, UCT: 15, UCI: 26 },
    CPACR: { FPEN0: 20, FPEN1: 21 },
    CNTKCTL: { EL0PCTEN: 0, EL0VCTEN: 1, EL0VTEN: 8, EL0PTEN: 9 },
    PMUSERENR: { EN: 0, SW: 1, CR: 2, ER: 3 },
    MDSCR: { TDCC: 12 },
  },
] as const;

type Bit = readonly [register: Register, at: bigint];
const bitsOf = (group: Partial<Record<Register, Readonly<Record<string, number>>>>): Map<string, Bit> =>
  new Map(
    Object.entries(group).flatMap(([register, bits]) =>
      Object.entries(bits).map(([name, at]) => [`${register}.${name}`, [register as Register, BigInt(at)]] as const),
    ),
  );
const ofEl2 = bitsOf(first);
const ofEl1 = bitsOf(second);
const all = new Map([...ofEl2, ...ofEl1]);

const flip = (setting: Setting, [register, at]: Bit): Setting => ({
  ...setting,
  [register]: setting[register] ^ (1n << at),
});

/** Whether a condition (see `manual.ts`) holds. */
export function holds(condition: string, setting: Setting): boolean {
  return condition.split('|').some((term) =>
    term.split('&').every((part) => {
      const name = part.trim();
      const bit = all.get(name.replace('!', ''));
      if (!bit) throw new Error(`no bit is called ${name}`);
      const isSet = ((setting[bit[0]] >> bit[1]) & 1n) !== 0n;
      return isSet !== name.startsWith('!');
    }),
  );
}

/** What a setting does, for a person. */
export function describe(setting: Setting): string {
  const changed = [...all].filter(([, [register, at]]) => ((setting[register] ^ registers[register]) >> at) & 1n);
  return changed.map(([name]) => name).join(' ') || 'all open';
}

/** Of the bits of EL2's, each so-manieth. */
const FEWER = 4;

/** How EL1 may treat EL0: all open, all closed, each bit closed. */
function settingsOfEl1(): Setting[] {
  const bits = [...ofEl1.values()];
  return [registers, bits.reduce(flip, registers), ...bits.map((bit) => flip(registers, bit))];
}

/**
 * The first two of them under each bit of EL2's, with HCR_EL2.TGE beside it as well; the others under each, or (unless `isFull`) under some; then
 * some at random.
 */
export function settings(random: number, isFull: boolean): Setting[] {
  const tge = ofEl2.get('HCR.TGE') as Bit;
  const list: Setting[] = [];
  settingsOfEl1().forEach((base, n) => {
    list.push(base);
    [...ofEl2.values()].forEach((bit, at) => {
      if (n >= 2 && !isFull && (at + n) % FEWER !== 0) return;
      list.push(flip(base, bit));
      if (n < 2 && bit !== tge) list.push(flip(flip(base, bit), tge));
    });
  });
  const source = createRandom(1, 'settings');
  for (let n = 0; n < random; n++) {
    const chosen = [...all.values()].filter(() => source.next() % 4 === 0);
    list.push(chosen.reduce(flip, registers));
  }
  return list;
}
