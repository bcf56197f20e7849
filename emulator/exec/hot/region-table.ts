import type { WasmTable } from '../../base/wasm.ts';
import { FUNCTION_SLOTS } from '../cold/engine.ts';
import { CodePages } from './code-pages.ts';

/** A region that stands in place of records. */
export interface Placed {
  /** Records of the entries, in the order of their functions, with the handlers that they had without the region. */
  readonly entries: readonly Freed[];
  /** Numbers of the words that the region holds, by page of micro-ops. */
  readonly words: ReadonlyMap<number, ReadonlySet<number>>;
  /** Whether it has indirect branches, whose targets belong into the same region. */
  readonly isIndirect: boolean;
  readonly isWide: boolean;
}

interface Live {
  readonly region: Placed;
  readonly slot: number;
  /** Entries that are still in use. */
  left: number;
}

/** What becomes of a record when its entry is taken away. */
export interface Freed {
  readonly record: number;
  readonly plain: number;
}

/** Functions of the cold tier take slots from below; regions those from here on. Handler numbers have 16 bits. */
const FIRST_SLOT = FUNCTION_SLOTS;
/** Entries at most, whatever is asked for. */
const MAX_SLOTS = 49152;

/** The regions that live. Each has consecutive slots of the function table, handed out in a ring: the oldest makes way. */
export class RegionTable {
  private readonly table: WasmTable;
  private readonly firstFunction: number;
  private readonly slots: number;
  private readonly byRecord = new Map<number, { readonly live: Live; readonly entry: number }>();
  private readonly byPage = new Map<number, Set<Live>>();
  private readonly bySlot: (Live | undefined)[] = [];
  private next = 0;
  /** Regions went away: their pages should know. */
  onRemoved: (region: Placed) => void = () => {};

  constructor(table: WasmTable, firstFunction: number, maxEntries: number) {
    this.table = table;
    this.firstFunction = firstFunction;
    this.slots = Math.min(maxEntries, MAX_SLOTS);
    if (table.length < FIRST_SLOT + this.slots) table.grow(FIRST_SLOT + this.slots - table.length);
  }

  /** Handler number of the first region. */
  get firstRegion(): number {
    return this.firstFunction + FIRST_SLOT;
  }

  has(record: number): boolean {
    return this.byRecord.has(record);
  }

  isWide(record: number): boolean {
    return this.byRecord.get(record)?.live.region.isWide ?? false;
  }

  /** The handler of a record without regions; `undefined` where no region begins. */
  plainOf(record: number): number | undefined {
    const at = this.byRecord.get(record);
    return at && at.live.region.entries[at.entry]?.plain;
  }

  /** Makes room for a region of so many entries: its first handler number, and records that get theirs back. */
  reserve(entries: number): { handler: number; freed: Freed[] } {
    if (this.next + entries > this.slots) this.next = 0;
    const first = this.next;
    this.next += entries;
    const freed: Freed[] = [];
    for (let slot = first; slot < first + entries; slot++) {
      const live = this.bySlot[slot];
      if (live) freed.push(...this.remove(live));
    }
    return { handler: this.firstRegion + first, freed };
  }

  /** Puts a region in the place that was made for it. Its records begin no other region. */
  place(handler: number, region: Placed, functions: readonly unknown[]): void {
    const slot = handler - this.firstRegion;
    const live: Live = { region, slot, left: region.entries.length };
    region.entries.forEach(({ record }, entry) => {
      this.table.set(FIRST_SLOT + slot + entry, functions[entry]);
      this.bySlot[slot + entry] = live;
      this.byRecord.set(record, { live, entry });
    });
    for (const page of region.words.keys()) {
      let onPage = this.byPage.get(page);
      if (!onPage) this.byPage.set(page, (onPage = new Set()));
      onPage.add(live);
    }
  }

  /** Takes one entry away; the region stays as long as it has others. */
  release(record: number): Freed[] {
    const at = this.byRecord.get(record);
    if (!at) return [];
    const { live, entry } = at;
    const freed = this.free(live, entry);
    if (--live.left === 0) this.remove(live);
    return freed;
  }

  /** Removes the regions that hold a word of that range. */
  take(page: number, first: number, last: number): Freed[] {
    const freed: Freed[] = [];
    for (const live of [...(this.byPage.get(page) ?? [])]) {
      const words = live.region.words.get(page) as ReadonlySet<number>;
      let holds = false;
      for (let word = first; word <= last && !holds; word++) holds = words.has(word);
      if (holds) freed.push(...this.remove(live));
    }
    return freed;
  }

  /** Entries of the regions with indirect branches that hold words of a record's page. */
  indirectOn(near: number): number[] {
    const records: number[] = [];
    const page = CodePages.pageOfRecord(near);
    for (const { region } of this.byPage.get(page) ?? []) {
      if (!region.isIndirect) continue;
      for (const { record } of region.entries) if (this.has(record)) records.push(record);
    }
    return records;
  }

  private free(live: Live, entry: number): Freed[] {
    const { record, plain } = live.region.entries[entry] as Freed;
    if (this.byRecord.get(record)?.live !== live) return [];
    this.byRecord.delete(record);
    this.table.set(FIRST_SLOT + live.slot + entry, null);
    return [{ record, plain }];
  }

  private remove(live: Live): Freed[] {
    const freed = live.region.entries.flatMap((_, entry) => this.free(live, entry));
    live.region.entries.forEach((_, entry) => (this.bySlot[live.slot + entry] = undefined));
    for (const page of live.region.words.keys()) {
      const onPage = this.byPage.get(page);
      onPage?.delete(live);
      if (onPage?.size === 0) this.byPage.delete(page);
    }
    this.onRemoved(live.region);
    return freed;
  }
}
