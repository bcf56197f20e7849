import { wasm, type WasmMemory } from '../../base/wasm.ts';
import { offsetOf } from '../../state/layout.ts';
import { leaveReasons, memoryMap } from '../../state/memory-map.ts';
import { ColdEngine, type EngineImports } from '../cold/engine.ts';
import { RECORD_BYTES } from '../cold/micro-op.ts';
import type { Counters } from '../counters.ts';
import { defaultTuning, type Tuning } from '../tuning.ts';
import { Profile } from './profile.ts';
import { findRegion, PAGE_WORDS, type Region } from './region.ts';
import { exportOf, regionModule } from './region-module.ts';
import { RegionTable } from './region-table.ts';

/** `auto`: what proves hot. `hot`: everything, before it runs first; for tests. */
export type HotMode = 'auto' | 'hot';

/** Records behind the header of a page of micro-ops, and where the number of regions that begin in it is kept. */
const HEADER = 16;
const REGIONS = 12;

const BUDGET = offsetOf('BUDGET');
const TIME_LIMIT = offsetOf('TIME_LIMIT');
const PC = offsetOf('PC');
const HOT_MISS = offsetOf('HOT_MISS');
const TLB_FETCH = offsetOf('TLB_FETCH');

/** The cold tier, and regions in place of records that are hot. */
export class HotEngine extends ColdEngine {
  private readonly mode: HotMode;
  private readonly tuning: Tuning;
  private readonly profile: Profile;
  private readonly regions: RegionTable;
  /** Entries that wait for a module, and samples since the first came. */
  private readonly waiting = new Set<number>();
  private waited = 0;
  /** Records that can be no entry: what they hold is for the cold tier. */
  private readonly unfit = new Set<number>();

  constructor(
    memory: WasmMemory,
    imports: EngineImports,
    now: () => number,
    mode: HotMode,
    tuning: Partial<Tuning> = {},
    counters?: Counters,
  ) {
    super(memory, { ...imports, coldOnly: (_cpu: number, record: number) => this.refuse(record >>> 0) }, now, counters);
    this.mode = mode;
    this.tuning = { ...defaultTuning, ...tuning };
    this.profile = new Profile(this.tuning.hotSamples);
    if (mode === 'hot') this.decodeAhead = 1;
    this.regions = new RegionTable(this.table, this.firstFunction, this.tuning.maxRegions);
  }

  override run(cpu: number): number {
    return this.mode === 'hot' ? super.run(cpu) : this.runSampled(cpu);
  }

  /**
   * Runs with a part of the budget at a time, and looks where the core is in between. Budgets end at checkpoints only, and how the rest
   * is held back leaves the virtual time of every instruction as it is: the guest cannot tell.
   */
  private runSampled(cpu: number): number {
    const { view } = this;
    for (;;) {
      const held = Math.max(0, view.getInt32(cpu + BUDGET, true) - this.tuning.interval);
      this.moveBudget(cpu, -held);
      const reason = super.run(cpu);
      this.moveBudget(cpu, held);
      if (reason !== leaveReasons.BUDGET || view.getInt32(cpu + BUDGET, true) <= 0) return reason;
      this.sample(cpu);
    }
  }

  /** Now is TIME_LIMIT - BUDGET: both move. */
  private moveBudget(cpu: number, by: number): void {
    const { view } = this;
    view.setInt32(cpu + BUDGET, view.getInt32(cpu + BUDGET, true) + by, true);
    view.setBigUint64(cpu + TIME_LIMIT, view.getBigUint64(cpu + TIME_LIMIT, true) + BigInt(by), true);
  }

  private sample(cpu: number): void {
    this.note(this.recordAtPc(cpu));
    // Calls lead from regions to functions that samples at checkpoints may never hit.
    this.note(this.view.getUint32(cpu + HOT_MISS, true));
    this.view.setUint32(cpu + HOT_MISS, 0, true);
    if (this.waiting.size === 0) return;
    if (++this.waited < this.tuning.patience && this.waiting.size < this.tuning.batch) return;
    const entries = [...this.waiting];
    this.waiting.clear();
    this.waited = 0;
    for (const entry of entries) this.profile.forget(entry);
    this.compile(entries);
  }

  private note(record: number): void {
    if (record === 0 || this.waiting.has(record) || this.unfit.has(record) || this.regions.has(record)) return;
    if (this.profile.sample(record)) this.waiting.add(record);
  }

  /** The record at PC where the fetch table knows the page, else 0: a look that changes nothing. */
  private recordAtPc(cpu: number): number {
    const { view } = this;
    const pc = view.getBigUint64(cpu + PC, true);
    const entry = view.getUint32(cpu + TLB_FETCH, true) + (Number(BigInt.asUintN(32, pc >> 8n)) & 0x3ff0);
    if (view.getBigUint64(entry, true) !== ((pc >> 12n) | (1n << 63n)) || (pc & 3n) !== 0n) return 0;
    return view.getUint32(entry + 8, true) + HEADER + (Number(pc & 0xffcn) / 4) * RECORD_BYTES;
  }

  /** Compiles the regions of entries, and puts them in place of their records. */
  private compile(entries: readonly number[]): void {
    const start = this.now();
    const found: { record: number; region: Region }[] = [];
    for (const record of entries) {
      const region = this.find(record);
      if (region) found.push({ record, region });
      else this.unfit.add(record);
    }
    if (found.length > 0) {
      const handlers = { firstFunction: this.firstFunction, firstRegion: this.regions.firstRegion };
      const code = regionModule(
        found.map(({ region }) => region),
        handlers,
      );
      const module = new wasm.Module(code);
      const { exports } = new wasm.Instance(module, { env: this.imports });
      found.forEach(({ record, region }, n) => this.place(record, region, exports[exportOf(n)]));
      this.costs.modules++;
      this.costs.moduleBytes += code.length;
      this.costs.regions += found.length;
    }
    this.costs.compileMs += this.now() - start;
  }

  private find(record: number): Region | undefined {
    const { view } = this;
    const page = pageOf(record);
    const host = view.getUint32(page, true);
    // Decoding reaches a little ahead of what is executed: what it has not seen is cold.
    const isWanted = (index: number): boolean =>
      this.mode === 'hot' || view.getUint16(page + HEADER + index * RECORD_BYTES, true) !== 0;
    const entry = (record - page - HEADER) / RECORD_BYTES;
    if (!isWanted(entry)) return undefined;
    const region = findRegion(entry, (index) => view.getUint32(host + index * 4, true), isWanted);
    return region && (this.mode === 'hot' || region.instructions >= this.tuning.leastInstructions) ? region : undefined;
  }

  private place(record: number, region: Region, code: unknown): void {
    const page = pageOf(record);
    const words = region.blocks.flatMap(({ instructions }) => instructions.map(({ index }) => index));
    const plain = this.view.getUint16(record, true);
    const { handler, evicted } = this.regions.add({ record, page, words: new Set(words), plain }, code);
    if (evicted) this.restore(evicted);
    this.view.setUint16(record, handler, true);
    this.countRegions(page, 1);
  }

  private countRegions(page: number, by: number): void {
    this.view.setUint32(page + REGIONS, this.view.getUint32(page + REGIONS, true) + by, true);
  }

  private restore({ record, page, plain }: { record: number; page: number; plain: number }): void {
    this.view.setUint16(record, plain, true);
    this.countRegions(page, -1);
  }

  /** Words of a page of micro-ops are about to change: regions that hold one of them are no more. */
  dropRegions(page: number, first: number, last: number): void {
    for (const region of this.regions.take(page >>> 0, first, last)) this.restore(region);
    for (let index = first; index <= last && index < PAGE_WORDS; index++) {
      const record = (page >>> 0) + HEADER + index * RECORD_BYTES;
      this.unfit.delete(record);
      this.waiting.delete(record);
      this.profile.forget(record);
    }
  }

  /** The instruction of this record must run in the cold tier now: it is no entry from here on. */
  private refuse(record: number): void {
    this.unfit.add(record);
    const region = this.regions.remove(record);
    if (region) this.restore(region);
  }

  protected override handlerAt(record: number): number {
    return this.regions.get(record)?.plain ?? super.handlerAt(record);
  }

  protected override decoded(record: number): void {
    if (this.mode === 'hot') this.compile([record]);
  }
}

const pageOf = (record: number): number => record - ((record - memoryMap.CODE_BASE) % memoryMap.CODE_PAGE_BYTES);
