import { offsetOf } from '../../state/layout.ts';
import { memoryMap } from '../../state/memory-map.ts';
import { HANDLER_BREAK } from '../cold/loop.ts';
import { RECORD_BYTES } from '../cold/micro-op.ts';
import { PAGE_WORDS, pageOf, type CodeSource, type Place } from './region.ts';

/** Records follow the header of a page of micro-ops. */
const HEADER = 16;
/** In the header: the host page, and whether stores to it are seen. */
const HOST_PAGE = 0;
const PROTECTED = 4;

const TLB_FETCH = offsetOf('TLB_FETCH');
const CORE_INDEX = offsetOf('CORE_INDEX');

/** Words of a page that something was made from, to be compared with what is there later. */
export interface PageContents {
  /** Page of micro-ops, and the host page behind it. */
  readonly page: number;
  readonly host: number;
  /** Numbers of words in the page, and the words. */
  readonly indexes: Uint16Array;
  readonly words: Uint32Array;
}

/** A record, the address it was seen at, and the core that ran it. */
export interface SeenRecord {
  readonly record: number;
  readonly pc: bigint;
  readonly cpu: number;
}

export interface CodeOptions {
  /** Code is wanted even where it was not decoded. */
  readonly everything: boolean;
  /** From that handler number on, records begin regions. */
  readonly firstRegion: number;
  /** Records of instructions that must run outside of regions. */
  readonly outside: ReadonlySet<number>;
}

/** Decoded code around an entry, by place. Pages beside that of the entry are found in the fetch tables of its core. */
export class CodePages implements CodeSource {
  readonly entry: Place;
  private readonly view: DataView;
  private readonly cpu: number;
  /** Virtual address of the first page. */
  private readonly base: bigint;
  private readonly everything: boolean;
  private readonly firstRegion: number;
  private readonly outside: ReadonlySet<number>;
  private readonly pages = new Map<number, number>();

  constructor(view: DataView, { cpu, pc, record }: SeenRecord, { everything, firstRegion, outside }: CodeOptions) {
    this.view = view;
    this.cpu = cpu;
    this.base = pc & ~4095n;
    this.everything = everything;
    this.firstRegion = firstRegion;
    this.outside = outside;
    this.entry = Number(pc & 4095n) / 4;
    this.pages.set(0, CodePages.pageOfRecord(record));
  }

  static pageOfRecord(record: number): number {
    return record - ((record - memoryMap.CODE_BASE) % memoryMap.CODE_PAGE_BYTES);
  }

  /** The number of a record in its page. */
  static indexOf(record: number): number {
    return (record - CodePages.pageOfRecord(record) - HEADER) / RECORD_BYTES;
  }

  static recordIn(page: number, index: number): number {
    return page + HEADER + index * RECORD_BYTES;
  }

  /** {@link recordAt} for the address in a field: without bigints, for it is asked often. */
  static recordInField(view: DataView, cpu: number, field: number): number {
    const low = view.getUint32(field, true);
    const high = view.getUint32(field + 4, true);
    const entry = view.getUint32(cpu + TLB_FETCH, true) + ((low >>> 8) & memoryMap.SLOT_FETCH_MASK);
    if ((low & 3) !== 0 || view.getUint32(entry, true) !== ((low >>> 12) | (high << 20)) >>> 0) return 0;
    if (view.getUint32(entry + 4, true) !== ((high >>> 12) | 0x8000_0000) >>> 0) return 0;
    return CodePages.recordIn(view.getUint32(entry + 8, true), (low & 0xffc) / 4);
  }

  /** The record at an address where the fetch table in use knows the page, else 0: a look that changes nothing. */
  static recordAt(view: DataView, cpu: number, pc: bigint): number {
    const page = fetched(view, view.getUint32(cpu + TLB_FETCH, true), pc);
    return page === 0 || (pc & 3n) !== 0n ? 0 : CodePages.recordIn(page, Number(pc & 0xffcn) / 4);
  }

  /** Address of the record; its page must be known. */
  recordOf(place: Place): number {
    const number = pageOf(place);
    return CodePages.recordIn(this.page(number), place - number * PAGE_WORDS);
  }

  /** The place of a record that lies on the first page. */
  placeOf(record: number): Place | undefined {
    return CodePages.pageOfRecord(record) === this.page(0) ? CodePages.indexOf(record) : undefined;
  }

  /** The host page behind a page, by number. */
  hostPage(number: number): number {
    return this.view.getUint32(this.page(number) + HOST_PAGE, true);
  }

  /** Whether a page is as it was when somebody read those words from it. */
  static isUnchanged(view: DataView, { page, host, indexes, words }: PageContents): boolean {
    if (view.getUint32(page + HOST_PAGE, true) !== host || (view.getUint32(page + PROTECTED, true) & 1) === 0) return false;
    return indexes.every((index, n) => view.getUint32(host + index * 4, true) === words[n]);
  }

  word(place: Place): number | undefined {
    const number = pageOf(place);
    const page = this.page(number);
    if (page === 0 || (this.view.getUint32(page + PROTECTED, true) & 1) === 0) return undefined;
    if (this.view.getUint16(this.recordOf(place), true) === HANDLER_BREAK) return undefined;
    return this.view.getUint32(this.view.getUint32(page + HOST_PAGE, true) + (place - number * PAGE_WORDS) * 4, true);
  }

  /** Decoding reaches a little ahead of what is executed: what it has not seen is cold. */
  isWanted(place: Place): boolean {
    if (this.page(pageOf(place)) === 0) return false;
    return this.everything || this.view.getUint16(this.recordOf(place), true) !== 0;
  }

  isOutside(place: Place): boolean {
    return this.outside.size > 0 && this.outside.has(this.recordOf(place));
  }

  isEntry(place: Place): boolean {
    return this.view.getUint16(this.recordOf(place), true) >= this.firstRegion;
  }

  private page(number: number): number {
    let page = this.pages.get(number);
    if (page === undefined) this.pages.set(number, (page = this.find(BigInt.asUintN(64, this.base + BigInt(number * 4096)))));
    return page;
  }

  /** Host addresses that fetch tables of the machine's cores have for an address, those without a page of micro-ops included. */
  static hostsOf(view: DataView, cores: number, va: bigint): number[] {
    const hosts = new Set<number>();
    for (let slot = 0; slot < cores * view.getUint32(memoryMap.TLB_SLOTS_OF_CORE, true); slot++) {
      const at = entryOf(memoryMap.SLOT_BASE + slot * memoryMap.SLOT_STRIDE, va);
      const tag = view.getBigUint64(at, true);
      const page = view.getUint32(at + 8, true);
      if (tag === ((va >> 12n) | READY)) hosts.add(view.getUint32(page + HOST_PAGE, true));
      else if (tag === ((va >> 12n) | DEMOTED)) hosts.add(page);
    }
    return [...hosts].map((host) => host + Number(va & 0xfffn));
  }

  /** The table in use first: where tables of another address space know the page, a guess is as good, for it is checked at run time. */
  private find(va: bigint): number {
    const { view, cpu } = this;
    const page = fetched(view, view.getUint32(cpu + TLB_FETCH, true), va);
    if (page !== 0) return page;
    // Not those of other cores, whose pages may be theirs alone.
    const slots = view.getUint32(memoryMap.TLB_SLOTS_OF_CORE, true);
    const first = view.getUint32(cpu + CORE_INDEX, true) * slots;
    for (let slot = first; slot < first + slots; slot++) {
      const other = fetched(view, memoryMap.SLOT_BASE + slot * memoryMap.SLOT_STRIDE, va);
      if (other !== 0) return other;
    }
    return 0;
  }
}

/** Marks of an entry of a fetch table (runtime/tlb.ts): it has a page of micro-ops; it has the host page alone. */
const READY = 1n << 63n;
const DEMOTED = 1n << 62n;

/** Where a fetch table would have an address. */
const entryOf = (table: number, va: bigint): number => table + (Number(BigInt.asUintN(32, va >> 8n)) & memoryMap.SLOT_FETCH_MASK);

/** The page of micro-ops that a fetch table has for an address, or 0. */
function fetched(view: DataView, table: number, va: bigint): number {
  const entry = entryOf(table, va);
  return view.getBigUint64(entry, true) === ((va >> 12n) | READY) ? view.getUint32(entry + 8, true) : 0;
}
