/** Which tables translate an address: the controls of a stage of translation, read from its registers (DDI 0487 D8.2, D19.2.139). */
import { bit, bits, type CoreView } from '../views.ts';

export type GranuleBits = 12 | 14 | 16;

/** What a walk needs to know of a stage, whichever level and half it belongs to. */
export interface Stage {
  readonly number: 1 | 2;
  /** `TTBR0_EL1`; with its value. */
  readonly table: string;
  readonly tableValue: bigint;
  readonly control: string;
  readonly granuleBits: GranuleBits;
  /** Bits of an input address that the tables translate. */
  readonly inputBits: number;
  readonly outputBits: number;
  readonly startLevel: number;
  /** Bits of the input above which nothing is compared: 56 with TBI. */
  readonly comparedBits: number;
  /** Whether the upper half of the address space begins with ones. */
  readonly upper: boolean;
  /** MAIR, of stage 1. */
  readonly mair: bigint;
  /** EL1&0: there are two privileges; others have one. */
  readonly hasUser: boolean;
}

/** Why no table can be walked: the address lies in no half, or its half is switched off. */
export interface NoStage {
  readonly reason: string;
}

/** Granules by the encoding of TG0 and VTCR_EL2.TG0, and of TG1. Reserved encodings count as 4 KiB. */
const granulesLow: readonly GranuleBits[] = [12, 16, 14, 12];
const granulesHigh: readonly GranuleBits[] = [12, 14, 12, 16];
const physicalBits = [32, 36, 40, 42, 44, 48, 48, 48];

export const granuleName = (granule: GranuleBits): string => `${2 ** (granule - 10)} KiB`;

/** Whether stage 1 is on at a level: SCTLR_ELx.M; HCR_EL2.DC and TGE switch it off below EL2. */
export function mmuIsOn(core: CoreView, el: number): boolean {
  const hcr = core.get64('HCR_EL2');
  if (el < 2 && (bit(hcr, 12) || bit(hcr, 27))) return false;
  return bit(core.get64(`SCTLR_EL${Math.max(el, 1)}`), 0);
}

/** The first level of a walk (DDI 0487 D8.2.4), for stage 1. */
export const firstLevel = (inputBits: number, granule: number): number =>
  3 - Math.floor((inputBits - 1 - granule) / (granule - 3));

/** The stage 1 that translates a virtual address at a level. `paBits`: what is implemented. */
export function stage1(core: CoreView, el: number, va: bigint, paBits: number): Stage | NoStage {
  const hasUser = el < 2;
  const regime = hasUser ? 1 : el;
  const tcr = core.get64(`TCR_EL${regime}`);
  const upper = hasUser && bit(va, 55);
  const size = bits(tcr, upper ? 16 : 0, 6);
  const half = upper ? 1 : 0;
  const control = `TCR_EL${regime}`;
  if (size < 16 || size > 39) return { reason: `${control}.T${half}SZ is ${size}, outside of 16 to 39` };
  if (hasUser && bit(tcr, upper ? 23 : 7)) return { reason: `${control}.EPD${half} is 1: no walks in this half` };
  const granuleBits = (upper ? granulesHigh[bits(tcr, 30, 2)] : granulesLow[bits(tcr, 14, 2)]) as GranuleBits;
  const inputBits = 64 - size;
  const ignoresTop = bit(tcr, hasUser ? 37 + half : 20);
  return {
    number: 1,
    ...{ table: `TTBR${half}_EL${regime}`, tableValue: core.get64(`TTBR${half}_EL${regime}`), control },
    ...{ granuleBits, inputBits, upper, hasUser },
    outputBits: Math.min(paBits, physicalBits[bits(tcr, hasUser ? 32 : 16, 3)] as number),
    startLevel: firstLevel(inputBits, granuleBits),
    comparedBits: ignoresTop ? 56 : 64,
    mair: core.get64(`MAIR_EL${regime}`),
  };
}

/** Whether EL1&0 has a second stage: HCR_EL2.VM, and DC, which acts as if it were set. */
export const hasStage2 = (core: CoreView): boolean => bit(core.get64('HCR_EL2'), 0) || bit(core.get64('HCR_EL2'), 12);

/** Stage 2 of EL1&0, by VTCR_EL2 and VTTBR_EL2, whether it is on or not. */
export function stage2(core: CoreView, paBits: number): Stage | NoStage {
  const vtcr = core.get64('VTCR_EL2');
  const granuleBits = granulesLow[bits(vtcr, 14, 2)] as GranuleBits;
  const [size, start] = [bits(vtcr, 0, 6), bits(vtcr, 6, 2)];
  const inputBits = 64 - size;
  const startLevel = (granuleBits === 12 ? 2 : 3) - start;
  const problem = startProblem(inputBits, granuleBits, startLevel, paBits);
  if (problem)
    return { reason: `VTCR_EL2.T0SZ is ${size} (${inputBits} bits), SL0 is ${start} (from level ${startLevel}): ${problem}` };
  return {
    number: 2,
    ...{ table: 'VTTBR_EL2', tableValue: core.get64('VTTBR_EL2') & VTTBR_BADDR, control: 'VTCR_EL2', granuleBits },
    ...{ inputBits, startLevel },
    outputBits: Math.min(paBits, physicalBits[bits(vtcr, 16, 3)] as number),
    ...{ comparedBits: 64, upper: false, mair: 0n, hasUser: true },
  };
}

/** VTTBR_EL2 without the VMID. */
const VTTBR_BADDR = 0x0000_ffff_ffff_fffen;

/** Why no walk of stage 2 can start: up to 16 tables may lie side by side at its first level (DDI 0487 D8.2.7). */
function startProblem(inputBits: number, granule: GranuleBits, level: number, paBits: number): string | undefined {
  const stride = granule - 3;
  if (inputBits < 25 || inputBits > 48) return 'T0SZ is outside of 16 to 39';
  if (inputBits > paBits) return `the core has ${paBits} bits of physical addresses`;
  const isLevel =
    granule === 12 ? level >= 0 && (level > 0 || paBits > 42) : level > 0 && (level > 1 || paBits > (granule === 16 ? 42 : 40));
  if (!isLevel) return 'this granule or this core has no such level';
  const entryBits = inputBits - ((3 - level) * stride + granule);
  const [least, most] = [(3 - level) * stride + granule + 1, (4 - level) * stride + granule + 4];
  return entryBits < 1 || entryBits > stride + 4 ? `from that level, ${least} to ${most} bits can be translated` : undefined;
}

/** The same stage, as if its tables had another granule. */
export function withGranule(stage: Stage, granuleBits: GranuleBits): Stage {
  return { ...stage, granuleBits, startLevel: firstLevel(stage.inputBits, granuleBits) };
}
