/**
 * Random programs that change what runs while it is hot: code, mappings, levels, debug registers; with interrupts in between. A seed
 * gives one program, which ends by SYSTEM_OFF. It counts in a cell what it finds wrong itself.
 */
import { pickFrom, type Pick } from '../branchy.ts';
import { copyPage, patchCallee, patchOwnLoop, patchUnderLoop } from './episodes/code.ts';
import { jumpTable, masks, recursion, returns, time } from './episodes/control.ts';
import { breakpoints, dataFaults, raiseEverywhere, singleStep, user, watchpoints } from './episodes/exceptions.ts';
import { addressSpaces, fetchFaults, remapCode, remapData } from './episodes/mapping.ts';
import { functionPage } from './functions.ts';
import { type Episode, Guest } from './guest.ts';
import { vectors } from './handlers.ts';
import { CELLS, CODE_PAGES, DATA, END, LEVEL1, MAIN, STACK, VECTORS, cells, poolPage, registers, writeTables } from './layout.ts';

export const episodes = {
  patchCallee,
  patchOwnLoop,
  patchUnderLoop,
  copyPage,
  remapCode,
  remapData,
  addressSpaces,
  fetchFaults,
  raiseEverywhere,
  dataFaults,
  user,
  breakpoints,
  watchpoints,
  singleStep,
  recursion,
  jumpTable,
  returns,
  masks,
  time,
} as const satisfies Record<string, Episode>;
export type EpisodeName = keyof typeof episodes;
export const episodeNames = Object.keys(episodes) as EpisodeName[];

/** A program in memory: the bytes go to MAIN, which is the entry. */
export interface Program {
  readonly bytes: Uint8Array;
  /** What runs in each round. */
  readonly names: readonly EpisodeName[];
  /** Times between timer interrupts, in ticks; `undefined`: none. */
  readonly storm: { readonly least: number; readonly spread: number } | undefined;
}

const GICD = 0x0800_0000;
const GICR = 0x080a_0000;

/** From reset to a program with MMU, stack, interrupts and the registers that it relies on. */
export function setUp(guest: Guest, storm: Program['storm']): void {
  const { a } = guest;
  const set = (name: string, value: number | bigint): void => {
    a.mov(9, value);
    a.msr(name, 9);
  };
  set('VBAR_EL1', VECTORS);
  for (const [name, value] of Object.entries(registers)) if (name !== 'SCTLR_EL1') set(name, value);
  set('TTBR0_EL1', BigInt(LEVEL1[0]) | (1n << 48n));
  a.sys('TLBI VMALLE1');
  a.dsb();
  a.isb();
  set('SCTLR_EL1', registers.SCTLR_EL1);
  a.isb();
  a.mov(9, STACK);
  a.movSp(31, 9);
  a.mov(28, CELLS);
  a.mov(20, DATA);
  a.msr('OSLAR_EL1', 31);
  const write32 = (address: number, value: number): void => {
    a.mov(10, address);
    a.mov(9, value);
    a.strw(9, 10);
  };
  // Affinity routing and group 1; SGI 0 and the virtual timer.
  write32(GICD, 0x12);
  write32(GICR + 0x14, 0);
  write32(GICR + 0x1_0080, 0xffff_ffff);
  write32(GICR + 0x1_0100, 1 | (1 << 27));
  set('ICC_SRE_EL1', 1);
  a.isb();
  set('ICC_PMR_EL1', 0xff);
  set('ICC_IGRPEN1_EL1', 1);
  a.isb();
  for (let n = 0; n < 8; n++) a.mov(n, BigInt(guest.pick(0x1fff_ffff)) * 0x1234_5679n);
  if (storm) {
    a.mov(9, 0x9e37_79b9_7f4a_7c15n);
    a.str(9, 28, cells.random);
    a.mov(9, storm.least);
    a.str(9, 28, cells.least);
    a.mov(9, storm.spread);
    a.str(9, 28, cells.spread);
    a.msr('CNTV_CVAL_EL0', 31);
    set('CNTV_CTL_EL0', 1);
  }
  a.daifClear(2);
}

export function powerOff(guest: Guest): void {
  guest.a.mov(0, 0x8400_0008);
  guest.a.hvc(0);
}

export function functionPages(pick: Pick): ReturnType<typeof functionPage>[] {
  return Array.from({ length: CODE_PAGES }, (_, page) => functionPage(page, pick));
}

/** The whole of memory from MAIN on. */
export function imageOf(guest: Guest): Uint8Array {
  const image = new Uint8Array(END - MAIN);
  const view = new DataView(image.buffer);
  const main = guest.a.bytes();
  if (main.length > VECTORS - MAIN) throw new Error(`the program is ${main.length} bytes long`);
  image.set(main);
  image.set(vectors(), VECTORS - MAIN);
  guest.functions.forEach(({ bytes }, page) => image.set(bytes, poolPage(page) - MAIN));
  writeTables((address, value) => view.setBigUint64(address - MAIN, value, true));
  return image;
}

const storms = [undefined, { least: 3, spread: 0xff }, { least: 20, spread: 0x3ff }, { least: 200, spread: 0xfff }] as const;

/** The program of a seed, made of some episodes (chosen by the seed where none are named). */
export function stressProgram(seed: number, wanted?: readonly EpisodeName[], rounds = 8): Program {
  const pick = pickFrom(seed);
  const guest = new Guest(pick, functionPages(pick));
  const { a } = guest;
  const storm = storms[pick(storms.length)];
  const names = wanted ?? Array.from({ length: 3 + pick(4) }, () => episodeNames[pick(episodeNames.length)] as EpisodeName);
  setUp(guest, storm);
  guest.times(27, rounds, () => names.forEach((_, n) => a.bl(`episode ${n}`)));
  a.daifSet(2);
  powerOff(guest);
  names.forEach((name, n) => {
    a.label(`episode ${n}`);
    a.push(30, 27);
    episodes[name](guest);
    a.pop(30, 27);
    a.ret();
  });
  return { bytes: imageOf(guest), names, storm };
}
