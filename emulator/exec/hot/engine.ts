import { wasm, type WasmMemory, type WasmModule } from '../../base/wasm.ts';
import { offsetOf } from '../../state/layout.ts';
import { leaveReasons } from '../../state/memory-map.ts';
import { ColdEngine, type ColdOptions, type EngineImports } from '../cold/engine.ts';
import { HANDLER_UNDECODED } from '../cold/loop.ts';
import { defaultTuning, entriesWhenForced, type Tuning } from '../tuning.ts';
import { CodePages, type PageContents, type SeenRecord } from './code-pages.ts';
import { Profile } from './profile.ts';
import { type Extent, PAGE_WORDS } from './region.ts';
import { exportOf, firstHandlerOf } from './region-module.ts';
import { type Freed, RegionTable } from './region-table.ts';
import { translate, type TranslatedRegion, type Translation, type TranslationRequest } from './translate.ts';
import type { Translator } from './translator.ts';

/** `auto`: what proves hot. `hot`: everything, before it runs first; for tests. */
export type HotMode = 'auto' | 'hot';

export interface HotOptions extends ColdOptions {
  readonly mode: HotMode;
  readonly tuning?: Partial<Tuning> | undefined;
  readonly translator?: Translator | undefined;
}

/** In the header of a page of micro-ops: the number of regions that hold words of it. */
const REGIONS = 12;
/** Entries of the regions of a module at most. */
const MOST_ENTRIES = 1024;

const BUDGET = offsetOf('BUDGET');
const TIME_LIMIT = offsetOf('TIME_LIMIT');
const PC = offsetOf('PC');
const HOT_MISS = offsetOf('HOT_MISS');
const HOT_MISS_PC = offsetOf('HOT_MISS_PC');

/** The cold tier, and regions in place of records that are hot. */
export class HotEngine extends ColdEngine {
  private readonly mode: HotMode;
  private readonly tuning: Tuning;
  /** Who translates beside the guest; where nobody does, or everything must be hot at once, it happens here. */
  private readonly translator: Translator | undefined;
  private readonly profile = new Profile();
  private readonly regions: RegionTable;
  /** Entries that wait for a module, and samples since the first came. */
  private readonly waiting = new Map<number, SeenRecord>();
  private waited = 0;
  /** Instructions to the next sample. */
  private interval: number;
  /** Entries that are being translated. */
  private readonly underway = new Set<number>();
  /** Records that can be no entry: what they hold is for the cold tier. */
  private readonly unfit = new Set<number>();
  /** Where everything is hot: records of instructions that proved to need the machine, or that write to code of regions. */
  private readonly outside = new Set<number>();

  constructor(memory: WasmMemory, imports: EngineImports, { mode, tuning, translator, ...options }: HotOptions) {
    super(memory, { ...imports, coldOnly: (cpu: number) => this.refuse(cpu) }, options);
    this.mode = mode;
    this.tuning = { ...defaultTuning, ...(mode === 'hot' ? { maxEntries: entriesWhenForced } : {}), ...tuning };
    this.interval = this.tuning.interval;
    this.translator = mode === 'auto' ? translator : undefined;
    if (mode === 'hot') this.decodeAhead = 1;
    this.regions = new RegionTable(this.table, this.firstFunction, this.tuning.maxEntries);
    this.regions.onRemoved = ({ words }) => {
      for (const page of words.keys()) this.countRegions(page, -1);
    };
  }

  override run(cpu: number): number {
    return this.mode === 'hot' ? this.runForced(cpu) : this.runSampled(cpu);
  }

  private runForced(cpu: number): number {
    const reason = super.run(cpu);
    if (reason === leaveReasons.DEVICE) this.refuse(cpu);
    return reason;
  }

  /**
   * Runs with a part of the budget at a time, and looks where the core is in between. Budgets end at checkpoints only, and how the rest
   * is held back leaves the virtual time of every instruction as it is: the guest cannot tell.
   */
  private runSampled(cpu: number): number {
    const { view } = this;
    for (;;) {
      const held = Math.max(0, view.getInt32(cpu + BUDGET, true) - this.interval);
      this.moveBudget(cpu, -held);
      const reason = super.run(cpu);
      this.moveBudget(cpu, held);
      if (reason !== leaveReasons.BUDGET) return reason;
      this.sample(cpu);
      if (view.getInt32(cpu + BUDGET, true) <= 0) return reason;
    }
  }

  /** Now is TIME_LIMIT - BUDGET: both move. Without bigints, which are objects: this happens for each sample, twice. */
  private moveBudget(cpu: number, by: number): void {
    if (by === 0) return;
    const { view } = this;
    view.setInt32(cpu + BUDGET, view.getInt32(cpu + BUDGET, true) + by, true);
    const low = view.getUint32(cpu + TIME_LIMIT, true) + by;
    view.setUint32(cpu + TIME_LIMIT, low, true);
    const carry = Math.floor(low / 2 ** 32);
    if (carry !== 0) view.setUint32(cpu + TIME_LIMIT + 4, view.getUint32(cpu + TIME_LIMIT + 4, true) + carry, true);
  }

  private sample(cpu: number): void {
    const { view } = this;
    const record = CodePages.recordInField(view, cpu, cpu + PC);
    let isNews = record !== 0 && this.note(record, cpu, PC);
    // Calls lead from regions to functions that samples at checkpoints may never hit.
    const missed = view.getUint32(cpu + HOT_MISS, true);
    if (missed !== 0) {
      isNews = this.note(missed, cpu, HOT_MISS_PC) || isNews;
      view.setUint32(cpu + HOT_MISS, 0, true);
    }
    const { interval, longestInterval } = this.tuning;
    this.interval = isNews ? interval : Math.max(interval, Math.min(2 * this.interval, longestInterval));
    for (let done = this.translator?.poll(); done; done = this.translator?.poll()) {
      this.costs.compileMs += done.ms;
      this.install(done.translation, done.module);
    }
    if (this.waiting.size === 0) return;
    if (++this.waited < this.tuning.patience && this.waiting.size < this.tuning.batch) return;
    const entries = [...this.waiting.values()];
    this.waiting.clear();
    this.waited = 0;
    for (const { record } of entries) this.profile.forget(record);
    this.compile(entries);
  }

  /** Takes a sample; answers whether there was anything to learn from it. A field of the core has the address. */
  private note(record: number, cpu: number, field: number): boolean {
    // Wide regions have said all that they know.
    if (this.unfit.has(record) || this.regions.isWide(record)) return false;
    if (this.waiting.has(record) || this.underway.has(record)) return true;
    const enough = this.regions.has(record) ? this.tuning.wideSamples : this.tuning.hotSamples;
    if (this.profile.sample(record) < enough) return true;
    this.waiting.set(record, { record, pc: this.view.getBigUint64(cpu + field, true), cpu });
    return true;
  }

  /** Compiles the regions of entries, and puts them in place of their records: now, or when they are done. */
  private compile(entries: readonly SeenRecord[]): void {
    const { tuning, translator } = this;
    const everything = this.mode === 'hot';
    const request: TranslationRequest = {
      entries: entries.map((entry) => ({
        ...entry,
        extent: this.extentFor(entry.record),
        together: everything ? [] : this.regions.indirectOn(entry.record),
      })),
      handlers: { firstFunction: this.firstFunction, firstRegion: this.regions.firstRegion },
      everything,
      outside: this.outside,
      least: everything ? 1 : tuning.leastInstructions,
      mostTogether: tuning.mostTogether,
      mostEntries: Math.min(MOST_ENTRIES, tuning.maxEntries),
    };
    if (translator?.isReady()) {
      for (const { record } of entries) this.underway.add(record);
      translator.post(request);
      return;
    }
    const start = this.now();
    const translation = translate(this.view, request);
    this.install(translation, translation.code && new wasm.Module(translation.code));
    this.costs.compileMs += this.now() - start;
  }

  /** What is an entry already has proved hotter than others. */
  private extentFor(record: number): Extent {
    const { tuning } = this;
    if (this.mode === 'hot') return { most: tuning.mostWhenForced, isWide: tuning.wideWhenForced };
    const isWide = this.regions.has(record);
    return { most: isWide ? tuning.mostWhenWide : tuning.mostInstructions, isWide };
  }

  /** Puts the regions of a translation in place where the code is still what they were made from. */
  private install({ asked, bytes, regions, unfit }: Translation, module: WasmModule | undefined): void {
    for (const record of asked) this.underway.delete(record);
    for (const record of unfit) this.unfit.add(record);
    if (!module) return;
    this.costs.modules++;
    this.costs.moduleBytes += bytes;
    this.costs.regions += regions.length;
    const room = this.regions.reserve(regions.reduce((sum, { entries }) => sum + entries.length, 0));
    this.restore(room.freed);
    let { handler } = room;
    const first = regions.map(({ entries }) => (handler += entries.length) - entries.length);
    const globals = Object.fromEntries(first.map((handler, n) => [firstHandlerOf(n), handler]));
    const { exports } = new wasm.Instance(module, { env: { ...this.imports, ...globals } });
    regions.forEach((region, n) => {
      if (!region.pages.every((page) => CodePages.isUnchanged(this.view, page) && !this.breaksIn(page))) return;
      this.place(region, first[n] as number, (entry) => exports[exportOf(n, entry)]);
    });
  }

  private place(
    { entries, pages, isIndirect, isWide }: TranslatedRegion,
    handler: number,
    functionOf: (entry: number) => unknown,
  ): void {
    const { view } = this;
    for (const record of entries) {
      this.restore(this.regions.release(record));
      if (view.getUint16(record, true) === HANDLER_UNDECODED) this.decodeAt(record);
    }
    const plain = entries.map((record) => ({ record, plain: view.getUint16(record, true) }));
    const words = new Map(pages.map(({ page, indexes }) => [page, new Set(indexes)]));
    const functions = entries.map((_, entry) => functionOf(entry));
    this.regions.place(handler, { entries: plain, words, isIndirect, isWide }, functions);
    entries.forEach((record, k) => view.setUint16(record, handler + k, true));
    for (const { page } of pages) this.countRegions(page, 1);
  }

  /** Whether a breakpoint was set among the words of a region while it was translated. */
  private breaksIn({ host, indexes }: PageContents): boolean {
    return indexes.some((index) => this.hasBreakpoint(host + index * 4));
  }

  /** No region holds an instruction with a breakpoint. */
  override setBreakpoint(host: number): void {
    this.dropAt(host);
    super.setBreakpoint(host);
  }

  override clearBreakpoint(host: number): void {
    super.clearBreakpoint(host);
    this.dropAt(host);
    const record = this.recordOf(host);
    if (record !== 0 && this.mode === 'hot') this.view.setUint16(record, HANDLER_UNDECODED, true);
  }

  private dropAt(host: number): void {
    const record = this.recordOf(host);
    if (record === 0) return;
    const index = (host % 4096) / 4;
    this.dropRegions(CodePages.pageOfRecord(record), index, index);
  }

  private countRegions(page: number, by: number): void {
    this.view.setUint32(page + REGIONS, this.view.getUint32(page + REGIONS, true) + by, true);
  }

  private restore(freed: readonly Freed[]): void {
    const isForced = this.mode === 'hot';
    for (const { record, plain } of freed) this.view.setUint16(record, isForced ? HANDLER_UNDECODED : plain, true);
  }

  /** Words of a page of micro-ops are about to change: regions that hold one of them are no more. */
  dropRegions(page: number, first: number, last: number): void {
    this.restore(this.regions.take(page >>> 0, first, last));
    for (let index = first; index <= last && index < PAGE_WORDS; index++) {
      const record = CodePages.recordIn(page >>> 0, index);
      this.unfit.delete(record);
      this.outside.delete(record);
      this.waiting.delete(record);
      this.profile.forget(record);
    }
  }

  /** The instruction at PC must run in the cold tier now: it is no entry from here on. Where everything is hot, it runs outside of regions. */
  private refuse(cpu: number): void {
    const record = CodePages.recordInField(this.view, cpu, cpu + PC);
    if (record === 0 || this.outside.has(record)) return;
    if (this.mode === 'hot') {
      this.outside.add(record);
      const page = CodePages.pageOfRecord(record);
      const index = CodePages.indexOf(record);
      this.restore(this.regions.take(page, index, index));
      this.view.setUint16(record, HANDLER_UNDECODED, true);
      return;
    }
    this.unfit.add(record);
    this.restore(this.regions.release(record));
  }

  protected override handlerAt(record: number): number {
    return this.regions.plainOf(record) ?? super.handlerAt(record);
  }

  protected override decoded(cpu: number, record: number, pc: bigint): void {
    if (this.mode === 'hot') this.compile([{ record, pc: BigInt.asUintN(64, pc), cpu }]);
  }
}
