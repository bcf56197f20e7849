import type { WasmTable } from '../../base/wasm.ts';

/** A region that stands in place of a record. */
export interface Placed {
  readonly record: number;
  /** The page of micro-ops, and the numbers of the words in it that the region holds. */
  readonly page: number;
  readonly words: ReadonlySet<number>;
  /** The handler of the record without the region. */
  readonly plain: number;
}

interface Entry extends Placed {
  readonly slot: number;
}

/** Functions of the cold tier take slots from below; regions those from here on. Handler numbers have 16 bits. */
const FIRST_SLOT = 8192;

/** The regions that live: a slot of the function table each, reused, and a bounded number of them. */
export class RegionTable {
  private readonly table: WasmTable;
  private readonly firstFunction: number;
  private readonly maxRegions: number;
  private readonly byRecord = new Map<number, Entry>();
  private readonly byPage = new Map<number, Set<Entry>>();
  private readonly free: number[] = [];
  private next = FIRST_SLOT;

  constructor(table: WasmTable, firstFunction: number, maxRegions: number) {
    this.maxRegions = maxRegions;
    this.table = table;
    this.firstFunction = firstFunction;
    if (table.length < FIRST_SLOT) table.grow(FIRST_SLOT - table.length);
  }

  /** Handler number of the first region. */
  get firstRegion(): number {
    return this.firstFunction + FIRST_SLOT;
  }

  has(record: number): boolean {
    return this.byRecord.has(record);
  }

  get(record: number): Placed | undefined {
    return this.byRecord.get(record);
  }

  /** Takes a region in; answers the handler number of its code, and which region made way for it. */
  add(placed: Placed, code: unknown): { handler: number; evicted: Placed | undefined } {
    // The oldest goes: a hot one is soon found again.
    const oldest = this.byRecord.size >= this.maxRegions ? this.byRecord.keys().next().value : undefined;
    const evicted = oldest === undefined ? undefined : this.remove(oldest);
    const slot = this.free.pop() ?? this.next++;
    if (slot >= this.table.length) this.table.grow(1024);
    this.table.set(slot, code);
    const entry = { ...placed, slot };
    this.byRecord.set(placed.record, entry);
    let onPage = this.byPage.get(placed.page);
    if (!onPage) this.byPage.set(placed.page, (onPage = new Set()));
    onPage.add(entry);
    return { handler: this.firstFunction + slot, evicted };
  }

  remove(record: number): Placed | undefined {
    const entry = this.byRecord.get(record);
    if (!entry) return undefined;
    this.byRecord.delete(record);
    this.table.set(entry.slot, null);
    this.free.push(entry.slot);
    const onPage = this.byPage.get(entry.page);
    onPage?.delete(entry);
    if (onPage?.size === 0) this.byPage.delete(entry.page);
    return entry;
  }

  /** Removes the regions that hold a word of that range. */
  take(page: number, first: number, last: number): Placed[] {
    const taken: Placed[] = [];
    for (const entry of [...(this.byPage.get(page) ?? [])]) {
      let holds = false;
      for (let word = first; word <= last && !holds; word++) holds = entry.words.has(word);
      if (holds) {
        this.remove(entry.record);
        taken.push(entry);
      }
    }
    return taken;
  }
}
