import { CodePages, type PageContents, type SeenRecord } from './code-pages.ts';
import { type Extent, findRegion, PAGE_WORDS, pageOf, type Place, type Region } from './region.ts';
import { regionModule } from './region-module.ts';
import type { Handlers } from './chain.ts';

/** Where a region is wanted. */
export interface WantedEntry extends SeenRecord {
  readonly extent: Extent;
  /** Entries on the same page that belong to the region as well if it has indirect branches. */
  readonly together: readonly number[];
}

export interface TranslationRequest {
  readonly entries: readonly WantedEntry[];
  readonly handlers: Handlers;
  /** Code is wanted even where it was not decoded. */
  readonly everything: boolean;
  /** Records of instructions that must run outside of regions. */
  readonly outside: ReadonlySet<number>;
  /** Instructions of a region: fewer are not worth it; at most where targets of indirect branches are brought together. */
  readonly least: number;
  readonly mostTogether: number;
  /** Entries of all regions at most. */
  readonly mostEntries: number;
}

export interface TranslatedRegion {
  /** Records of the entries. */
  readonly entries: readonly number[];
  readonly pages: readonly PageContents[];
  readonly isIndirect: boolean;
  readonly isWide: boolean;
}

export interface Translation {
  /** Records of the entries that were wanted. */
  readonly asked: readonly number[];
  /** The module, and what its regions are; nothing where none was found. */
  readonly code: Uint8Array | undefined;
  readonly bytes: number;
  readonly regions: readonly TranslatedRegion[];
  /** Records that can be no entry. */
  readonly unfit: readonly number[];
}

/**
 * Finds the regions of some entries in the memory and writes their module. It changes nothing and takes what it reads as it comes, so
 * it may run beside the guest: what it was made from is in the answer.
 */
export function translate(view: DataView, request: TranslationRequest): Translation {
  const found: { region: Region; code: CodePages; isWide: boolean }[] = [];
  const unfit: number[] = [];
  const asked = request.entries.map(({ record }) => record);
  const taken = new Set<number>();
  for (const entry of request.entries) {
    if (taken.has(entry.record)) continue;
    const { everything, outside, handlers } = request;
    const code = new CodePages(view, entry, { everything, outside, firstRegion: handlers.firstRegion });
    const region = find(entry, code, request);
    if (!region) {
      unfit.push(entry.record);
      continue;
    }
    // A record begins one region only. What finds no room any more is asked for again if it stays hot.
    const places = region.entries.filter((place) => !taken.has(code.recordOf(place))).slice(0, request.mostEntries - taken.size);
    if (places.length === 0) continue;
    for (const place of places) taken.add(code.recordOf(place));
    found.push({ code, isWide: entry.extent.isWide, region: { ...region, entries: places } });
  }
  if (found.length === 0) return { asked, code: undefined, bytes: 0, regions: [], unfit };
  const placed = found.map(({ region, code }) => ({ region, recordOf: (place: Place) => code.recordOf(place) }));
  const regions = found.map(({ region, code, isWide }) => ({
    entries: region.entries.map((place) => code.recordOf(place)),
    pages: contents(region, code),
    isIndirect: region.isIndirect,
    isWide,
  }));
  const code = regionModule(placed, request.handlers);
  return { asked, code, bytes: code.length, regions, unfit };
}

function find({ together, extent }: WantedEntry, code: CodePages, request: TranslationRequest): Region | undefined {
  const { entry } = code;
  if (!code.isWanted(entry)) return undefined;
  const region = findRegion([entry], code, extent);
  if (!region || region.instructions < request.least) return undefined;
  if (!region.isIndirect || together.length === 0) return region;
  const others = together.map((record) => code.placeOf(record)).filter((place) => place !== undefined && place !== entry);
  return findRegion([entry, ...(others as Place[])], code, { ...extent, most: request.mostTogether }) ?? region;
}

function contents(region: Region, code: CodePages): PageContents[] {
  const byPage = new Map<number, Place[]>();
  for (const { instructions } of region.blocks) {
    for (const { place } of instructions) {
      const places = byPage.get(pageOf(place));
      if (places) places.push(place);
      else byPage.set(pageOf(place), [place]);
    }
  }
  return [...byPage].map(([number, places]) => ({
    page: CodePages.pageOfRecord(code.recordOf(number * PAGE_WORDS)),
    host: code.hostPage(number),
    indexes: Uint16Array.from(places, (place) => place - number * PAGE_WORDS),
    words: Uint32Array.from(places, (place) => code.word(place) ?? 0),
  }));
}
