/** Cases on our side: at EL0 with the MMU on, in the real runtime. */
import type { Tuning } from '../../../emulator/exec/tuning.ts';
import { offsetOf } from '../../../emulator/state/layout.ts';
import { memoryMap } from '../../../emulator/state/memory-map.ts';
import { placed, RAM_BASE, RAM_SIZE, registers, writeTables } from './address-space.ts';
import { Bench } from './bench.ts';
import { Answer, type Case, layout, signals, type State } from './record.ts';

/**
 * `loop`: as the cold tier runs code. `functions`: each instruction by the function form of its handler, as single steps do. `hot`: every
 * block compiled before it runs first. `auto`: a case runs cold, and again after a branch that leads to it was seen often enough.
 */
export type Tier = 'loop' | 'functions' | 'hot' | 'auto';

/** Whatever is seen once is hot. */
const eager: Partial<Tuning> = { interval: 1, longestInterval: 1, hotSamples: 1, batch: 1, patience: 1, leastInstructions: 1 };
/** Where the branch to the case stands: behind all cases, for branches backward are looked at. */
const APPROACH = layout.CODE_BASE + BigInt(layout.CODE_SIZE - 4096);
/** The branch there, and a checkpoint behind the case: the engine does not look where there is no budget left. */
const APPROACH_BUDGET = 2;

/** Runs of the loop (or instructions) after which a case counts as endless. */
const PATIENCE = 64;
const X_BYTES = 31 * 8;
const V_BYTES = 32 * 16;
const FLAGS = ['VF', 'CF', 'ZF', 'NF'] as const;
const PAGE = 4096;
const BRANCH_TO_ITSELF = 0x1400_0000;

/** Linux's signal for an exception class of ESR_EL1. */
function signalOf(esr: bigint): { signal: number; code: number; hasAddress: boolean } {
  const ec = Number(esr >> 26n);
  const status = esr & 0x3fn;
  switch (ec) {
    case 0x3c:
      return { signal: signals.TRAP, code: 0, hasAddress: false };
    case 0x20:
    case 0x24:
      if (status === 0x21n) return { signal: signals.BUS, code: 1, hasAddress: true };
      return { signal: signals.SEGV, code: (status & 0x3cn) === 0x0cn ? 2 : 1, hasAddress: true };
    case 0x22:
    case 0x26:
      return { signal: signals.BUS, code: 1, hasAddress: true };
    default:
      return { signal: signals.ILL, code: 0, hasAddress: false };
  }
}

export class Ours {
  private readonly bench: Bench;
  private readonly coreBytes: Uint8Array;
  private readonly image: Uint8Array;
  private readonly windowPages: readonly Uint8Array[];
  private readonly codePages: readonly number[];
  private readonly tier: Tier;
  private level: 0 | 1 = 0;
  /** Instructions that cases ran so far, and those of them in regions of the hot tier. */
  readonly counts = { instructions: 0, hot: 0 };

  constructor(image: Uint8Array, tier: Tier = 'loop') {
    this.image = image;
    this.tier = tier;
    this.bench = tier === 'auto' || tier === 'hot' ? new Bench(tier, eager) : new Bench();
    const { bench } = this;
    const pages = bench.addRam(RAM_BASE, RAM_SIZE);
    const ram = new Uint8Array(RAM_SIZE);
    const view = new DataView(ram.buffer);
    writeTables(view, 0);
    writeTables(view, 1);
    const offset = (pa: bigint): number => Number(pa - RAM_BASE);
    for (let at = 0; at < layout.CODE_SIZE; at += 4) view.setUint32(offset(placed.code) + at, layout.BRK, true);
    // Whatever arrives at a vector stays there.
    for (let at = 0; at < PAGE; at += 4) view.setUint32(offset(placed.vectors) + at, BRANCH_TO_ITSELF, true);
    pages.forEach((host, i) => bench.bytes.set(ram.subarray(i * PAGE, (i + 1) * PAGE), host));
    const hostPages = (pa: bigint, bytes: number): number[] => pages.slice(offset(pa) / PAGE, (offset(pa) + bytes) / PAGE);
    this.codePages = hostPages(placed.code, layout.CODE_SIZE);
    this.windowPages = hostPages(placed.window, layout.WINDOW_SIZE).map((host) => bench.bytes.subarray(host, host + PAGE));
    this.coreBytes = new Uint8Array(bench.memory.buffer, bench.core.pointer, memoryMap.CORE_STRIDE);
    this.enter(0);
  }

  /** System registers as the cases need them, at an exception level. */
  enter(level: 0 | 1): void {
    const { bench } = this;
    this.level = level;
    bench.reset();
    for (const [name, value] of Object.entries(registers)) bench.core.set64(name, value);
    bench.core.set64('TTBR0_EL1', level === 0 ? placed.tables[1] : placed.tables[0]);
    bench.runtime.tlbiAll(bench.core.pointer, 0);
  }

  run(one: Case): Answer {
    const { tier } = this;
    const { pc } = one.state;
    this.putCode(pc, one.words);
    const { counts } = this;
    const before = { ...counts };
    let ended = this.runFrom(one, pc, 1);
    if (tier === 'auto') {
      // That run was for getting to know the case, and the branch is none of it.
      counts.instructions = before.instructions - 1;
      counts.hot = before.hot;
      this.putWord(APPROACH, 0x1400_0000 | (Number((pc - APPROACH) >> 2n) & 0x3ff_ffff));
      ended = this.runFrom(one, APPROACH, APPROACH_BUDGET);
    }
    this.putCode(pc, []);
    return this.answer(ended);
  }

  /** Runs a case from its state, but for the PC, until it raises an exception; false when it does not. */
  private runFrom({ state }: Case, pc: bigint, budget: number): boolean {
    const { bench } = this;
    this.windowPages.forEach((page, i) => page.set(this.image.subarray(i * PAGE, (i + 1) * PAGE)));
    this.putState(state);
    bench.core.pc = pc;
    const before = bench.core.get64('EXCEPTION_COUNT');
    for (let left = PATIENCE; bench.core.get64('EXCEPTION_COUNT') === before && left > 0; left--) this.step(budget);
    return bench.core.get64('EXCEPTION_COUNT') !== before;
  }

  private step(budget: number): void {
    const { bench } = this;
    const { core } = bench;
    if (this.tier !== 'functions') {
      // With one instruction of budget the loop stops at the first checkpoint, at the latest in a vector.
      core.set32('BUDGET', budget);
      const hot = core.get64('HOT_INSTRUCTIONS');
      bench.engine.run(core.pointer);
      this.counts.instructions += budget - (core.get32('BUDGET') | 0);
      this.counts.hot += Number(core.get64('HOT_INSTRUCTIONS') - hot);
    } else {
      const { pc } = core;
      const record = bench.runtime.fetchRecord(core.pointer, pc) >>> 0;
      if (record !== 0 && bench.engine.runOne(core.pointer, record, pc) === 0) core.pc = BigInt.asUintN(64, pc + 4n);
    }
    core.waiting = 0;
  }

  private putCode(pc: bigint, words: readonly number[]): void {
    for (let i = 0; i < layout.WORDS; i++) this.putWord(pc + BigInt(i * 4), words[i] ?? layout.BRK);
  }

  private putWord(pc: bigint, word: number): void {
    const at = Number(pc - layout.CODE_BASE);
    const host = (this.codePages[Math.floor(at / PAGE)] as number) + (at % PAGE);
    this.bench.view.setUint32(host, word, true);
    this.bench.runtime.codeRangeChanged(host, 4);
  }

  private putState(state: State): void {
    const { core, runtime } = this.bench;
    this.coreBytes.set(state.bytesOfX, offsetOf('X'));
    this.coreBytes.set(state.bytesOfV, offsetOf('V'));
    for (const name of ['SPSEL', 'DAIF', 'EXCL_ARMED', 'SS', 'IL']) core.set32(name, 0);
    core.set32('EL', this.level);
    core.setX(31, state.sp);
    core.pc = state.pc;
    FLAGS.forEach((flag, i) => core.set32(flag, (state.nzcv >>> (28 + i)) & 1));
    core.set32('FPCR', state.fpcr);
    core.set32('FPSR', state.fpsr);
    runtime.levelChanged(core.pointer);
  }

  private answer(ended: boolean): Answer {
    const { core } = this.bench;
    const answer = new Answer();
    const { state } = answer;
    state.bytesOfX.set(this.coreBytes.subarray(offsetOf('X'), offsetOf('X') + X_BYTES));
    state.bytesOfV.set(this.coreBytes.subarray(offsetOf('V'), offsetOf('V') + V_BYTES));
    state.sp = ended ? core.get64('SP_BANK') : core.x(31);
    state.pc = ended ? core.get64('ELR_EL1') : core.pc;
    FLAGS.forEach((flag, i) => (state.nzcv = (state.nzcv | (core.get32(flag) << (28 + i))) >>> 0));
    state.fpcr = core.get32('FPCR');
    state.fpsr = core.get32('FPSR');
    const { signal, code, hasAddress } = signalOf(core.get64('ESR_EL1'));
    if (ended) answer.setOutcome(signal, code, hasAddress ? core.get64('FAR_EL1') : 0n);
    else answer.setOutcome(signals.ENDLESS, 0, 0n);
    const window = new Uint8Array(layout.WINDOW_SIZE);
    this.windowPages.forEach((page, i) => window.set(page, i * PAGE));
    answer.setChanged(window, this.image);
    return answer;
  }
}
