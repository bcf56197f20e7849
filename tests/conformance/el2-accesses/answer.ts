/** What an access comes to by the manual, and what it came to. */
import { entryOf, type Entry } from './manual.ts';
import type { Probe } from './probes.ts';
import { holds, type Setting } from './settings.ts';

/** EL1h and EL2h; EL0. */
export type Level = 0 | 1 | 2;

/** The exception that ended a probe. `esr` is that of the level that took it; `done` is the breakpoint behind it. */
export interface Answer {
  readonly to: 1 | 2;
  readonly esr: number;
  /** Bytes from the probe to the address of the exception. */
  readonly at: number;
}

const IL = 1 << 25;
const BRK = (0x3c << 26) | IL | 0x7777;
const UNDEFINED = IL;
const FP = (0x07 << 26) | IL | 0x1e0_0000;
const INSTRUCTION_BYTES = 4;

/** ISS of a trapped system instruction (D19.2.37): its fields in another order. */
function trapped({ word, direction }: Probe): number {
  const field = (at: number, width: number): number => (word >>> at) & (2 ** width - 1);
  const iss = (field(19, 2) << 20) | (field(5, 3) << 17) | (field(16, 3) << 14) | (field(12, 4) << 10) | (field(0, 5) << 5);
  return (0x18 << 26) | IL | iss | (field(8, 4) << 1) | (direction === 'read' ? 1 : 0);
}

/** Whether a level may make the access at all. */
function mayAccess({ levels }: Entry, { direction }: Probe, level: Level): boolean {
  return levels.split(' ').some((part) => {
    const lowest = Number(part.at(-1));
    return part !== '' && part.includes(direction[0] as string) && level >= lowest;
  });
}

/** FP's registers: CPACR_EL1.FPEN, then CPTR_EL2.TFP (D19.2.27, D19.2.31). Answers the class and the level. */
function floatingPoint(setting: Setting, level: Level): Answer | undefined {
  const fpen = Number((setting.CPACR >> 20n) & 3n);
  const closed = level === 0 ? fpen !== 3 : level === 1 && (fpen & 1) === 0;
  // What EL0 does wrong goes to EL2 with TGE, which does not know CPACR_EL1.
  if (closed) return holds('HCR.TGE', setting) ? { to: 2, esr: UNDEFINED, at: 0 } : { to: 1, esr: FP, at: 0 };
  return holds('CPTR.TFP', setting) ? { to: 2, esr: FP, at: 0 } : undefined;
}

/** By the manual; `undefined` where it leaves open what happens, or where the level cannot be reached. */
export function expected(probe: Probe, setting: Setting, level: Level): Answer | undefined {
  const entry = entryOf(probe.name);
  if (!entry) throw new Error(`the manual's table has no ${probe.name}`);
  const tge = holds('HCR.TGE', setting);
  if (level === 1 && tge) return undefined;
  const own = level === 2 ? 2 : level === 0 && tge ? 2 : 1;
  const traps = { ...entry, ...(probe.direction === 'write' ? entry.write : {}) };
  const isOpenToNobody = entry.levels === '' && traps.toEl2 !== undefined;
  if (isOpenToNobody && level < 2 && holds(traps.toEl2 as string, setting)) {
    // IMPLEMENTATION DEFINED: from EL0, a trap or UNDEFINED.
    return level === 0 ? undefined : { to: 2, esr: trapped(probe), at: 0 };
  }
  if (!mayAccess(entry, probe, level)) return { to: own, esr: UNDEFINED, at: 0 };
  if (/^FP[CS]R$/.test(probe.name)) {
    const trap = floatingPoint(setting, level);
    if (trap) return trap;
  }
  if (probe.name === 'FPEXC32_EL2' && holds('CPTR.TFP', setting)) return { to: 2, esr: FP, at: 0 };
  if (level === 0 && traps.toEl1 && holds(traps.toEl1, setting)) return { to: own, esr: trapped(probe), at: 0 };
  if (level < 2 && traps.toEl2 && holds(traps.toEl2, setting)) return { to: 2, esr: trapped(probe), at: 0 };
  const debug = level === 2 || holds('MDCR.TDE | HCR.TGE', setting) ? 2 : 1;
  return { to: debug, esr: BRK, at: INSTRUCTION_BYTES };
}

/** As the image leaves it. */
export function answerOf(packed: bigint): Answer {
  const vector = Number(packed >> 48n);
  return { to: vector & 0x1000 ? 1 : 2, esr: Number(packed & 0xffff_ffffn) | 0, at: Number((packed >> 32n) & 0xffn) };
}

export const isSame = (a: Answer, b: Answer): boolean => a.to === b.to && a.esr === b.esr && a.at === b.at;

export const describeAnswer = ({ to, esr, at }: Answer): string => `EL${to} ESR ${(esr >>> 0).toString(16)} at +${at}`;
