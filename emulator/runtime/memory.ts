/** Guest-physical memory: the two-level page map, host pages handed out on demand, and predecoded code that stores make stale. */
import {
  M_CODE_BASE,
  M_CODE_END,
  M_CODE_OF_HOST_PAGE,
  M_CODE_OF_HOST_PAGE_BYTES,
  M_CODE_PAGE_BYTES,
  M_HOST_PAGE_FLAGS,
  M_HOST_PAGE_FLAGS_BYTES,
  M_MACHINE,
  M_MAPS,
  M_PHYSICAL_L1,
  M_POOL,
  M_POOL_END,
  M_TLB_MOST_SLOTS,
  M_TLB_SLOTS,
  M_TLB_SLOTS_OF_CORE,
} from './dist/layout';
import { askToForget, isMachine, parallel } from './parallel';
import { demoteFetches } from './tlb';

// Words shared by all cores.
const POOL_NEXT: usize = M_MACHINE;
const POOL_LOCK: usize = M_MACHINE + 4;
/** The first of the pages that nobody has any more; each begins with the address of the next. */
const FREE_PAGE: usize = M_MAPS + 8;
const FENCE: usize = M_MACHINE + 48;
export const CORE_COUNT: usize = M_MACHINE + 8;
/** Pages of micro-ops that are kept at most, by all cores together. */
const CODE_PAGES: usize = M_MACHINE + 12;
/** Ticks of the generic timer in a second. */
export const COUNTER_HZ: usize = M_MACHINE + 16;
/** Virtual ns of a tick, where that is a whole number; else 0. */
export const TICK_NS: usize = M_MACHINE + 32;
/** Bits of physical addresses that are implemented. */
export const PA_BITS: usize = M_MACHINE + 24;
/** As many virtual ns are as many cycles of the cores' clock; in lowest terms. */
export const CLOCK_NS: usize = M_MACHINE + 44;
export const CLOCK_CYCLES: usize = M_MACHINE + 40;
/** Cycles that reading a counter costs. */
export const COUNTER_CHARGE: usize = M_MACHINE + 28;
/** Slots of soft TLBs that a core has. */
export const TLB_SLOTS: usize = M_TLB_SLOTS_OF_CORE;

/** Flags in an entry of the page map, beside the address of the host page. */
export const RAM_UNTOUCHED: u32 = 1;
export const READ_ONLY: u32 = 2;
/** Other maps have the same host page: who writes first makes a copy of it (shared-pages.ts). */
export const SHARED: u32 = 4;

/** Flags of a host page; above them the stores into its code that were taken one by one. */
export const HAS_CODE: u32 = 1;
export const HAS_STORE_ENTRY: u32 = 2;
const STORES_SHIFT: u32 = 4;

export const PAGE: u32 = 4096;
const CODE_HEADER: u32 = 16;
const RECORD: u32 = 16;
// Header of a page of micro-ops: the host page (0: the page is free); flags; the next free page; regions that hold words of it.
const PAGE_FLAGS: u32 = 4;
const NEXT_FREE: u32 = 8;
const REGIONS: u32 = 12;
const PROTECTED: u32 = 1;
/** It was fetched from since the pages were looked through. */
const USED: u32 = 2;
/** Of all pages of micro-ops, the part that is forgotten at a time. */
const FORGOTTEN_AT_ONCE: u32 = 8;
/** Stores into a page with code that are taken one by one before the page counts as data again. */
const PATIENCE: u32 = 16;

// Where this runtime keeps predecoded code. In parallel mode each core has its own, for their engines number handlers differently.
let codeOfHostPage: usize = M_CODE_OF_HOST_PAGE;
let flagsOfHostPage: usize = M_HOST_PAGE_FLAGS;
let codeFirst: u32 = M_CODE_BASE;
let codeNext: u32 = M_CODE_BASE;
let codeEnd: u32 = M_CODE_END;
/** The first free page below `codeNext`, or 0; and where the search for pages to forget goes on. */
let codeFree: u32 = 0;
let codeHand: u32 = M_CODE_BASE;

/** Keeps the code of one core apart from that of others. */
export function keepCodeOf(core: u32): void {
  const share = (M_CODE_END - M_CODE_BASE) / M_CODE_PAGE_BYTES / load<u32>(CORE_COUNT);
  const pages = min<u32>(load<u32>(CODE_PAGES), share);
  codeOfHostPage = M_CODE_OF_HOST_PAGE + core * M_CODE_OF_HOST_PAGE_BYTES;
  flagsOfHostPage = M_HOST_PAGE_FLAGS + core * M_HOST_PAGE_FLAGS_BYTES;
  codeFirst = codeNext = codeHand = M_CODE_BASE + core * share * M_CODE_PAGE_BYTES;
  codeEnd = codeFirst + pages * M_CODE_PAGE_BYTES;
}

/** Orders all accesses before against all after it; AssemblyScript's own `atomic.fence` does not pass its validator. */
export function fence(): void {
  atomic.add<u32>(FENCE, 0);
}

/** Sets up the allocators; the memory is all zero. */
export function initializeMemory(
  cores: u32,
  clockNs: u32,
  clockCycles: u32,
  counterHz: u64,
  paBits: u32,
  counterCharge: u32,
  codePages: u32,
): void {
  store<u32>(POOL_NEXT, M_POOL);
  store<u32>(CORE_COUNT, cores);
  store<u32>(TLB_SLOTS, min(M_TLB_SLOTS / cores, M_TLB_MOST_SLOTS));
  store<u32>(CLOCK_NS, clockNs);
  store<u32>(CLOCK_CYCLES, clockCycles);
  store<u64>(COUNTER_HZ, counterHz);
  store<u32>(TICK_NS, 1_000_000_000 % counterHz == 0 ? ((1_000_000_000 / counterHz) as u32) : 0);
  store<u32>(PA_BITS, paBits);
  store<u32>(COUNTER_CHARGE, counterCharge);
  const pages = min<u32>(max<u32>(codePages, 1), (M_CODE_END - M_CODE_BASE) / M_CODE_PAGE_BYTES);
  store<u32>(CODE_PAGES, pages);
  codeEnd = M_CODE_BASE + pages * M_CODE_PAGE_BYTES;
}

/** A zeroed block of the pool, aligned to pages; traps when the pool is used up (the machine's configuration prevents it). */
export function allocate(bytes: u32): u32 {
  const at = atomic.add<u32>(POOL_NEXT, (bytes + PAGE - 1) & -PAGE);
  if (at > M_POOL_END || M_POOL_END - at < bytes) unreachable();
  return at;
}

/** A zeroed page: one that nobody has any more, or a new one. */
export function freshPage(): u32 {
  const page = load<u32>(FREE_PAGE);
  if (page == 0) return allocate(PAGE);
  store<u32>(FREE_PAGE, load<u32>(page));
  store<u32>(page, 0);
  return page;
}

/** Nobody has a page any more. */
export function freePage(page: u32): void {
  codeChanged(page, PAGE);
  memory.fill(page, 0, PAGE);
  store<u32>(page, load<u32>(FREE_PAGE));
  store<u32>(FREE_PAGE, page);
}

/** Bytes that the pool has left, beside pages that were given back. */
export function poolLeft(): u32 {
  return M_POOL_END - load<u32>(POOL_NEXT);
}

/** Entries of a table of the map: 1 GiB. */
export const TABLE_PAGES: u32 = 1 << 18;

/** Address of the map's entry for a physical address, 0 where no table is and none is wanted. */
export function entryAddress(pa: u64, create: bool): usize {
  if (pa >> 40 != 0) return 0;
  const l1 = M_PHYSICAL_L1 + ((pa >> 30) as u32) * 4;
  let table = load<u32>(l1);
  if (table == 0) {
    if (!create) return 0;
    table = allocate(TABLE_PAGES * 4);
    store<u32>(l1, table);
  }
  return table + (((pa >> 12) as u32) & (TABLE_PAGES - 1)) * 4;
}

/** Declares RAM; its host pages come with the first touch. */
export function mapRam(pa: u64, bytes: u64): void {
  mapPages(pa, (bytes / PAGE) as u32, RAM_UNTOUCHED, 0);
}

/** Puts a host block behind physical pages, read-only as the processor sees it; 0 takes it away. */
export function mapRom(pa: u64, host: u32, bytes: u32): void {
  mapPages(pa, bytes / PAGE, host == 0 ? 0 : host | READ_ONLY, host == 0 ? 0 : PAGE);
}

/** Entries that grow by `step`, a table at a time: firmware that probes flash takes 64 MiB away and puts them back with every command. */
function mapPages(pa: u64, pages: u32, first: u32, step: u32): void {
  while (pages > 0) {
    const count = min<u32>(pages, TABLE_PAGES - (((pa >> 12) as u32) & (TABLE_PAGES - 1)));
    const from = entryAddress(pa, true);
    const end = from + count * 4;
    for (let at = from; at < end; at += 4, first += step) store<u32>(at, first);
    pa += (count as u64) * PAGE;
    pages -= count;
  }
}

/** Host page and flags behind a physical address; 0 where there is no memory. */
export function physicalEntry(pa: u64): u32 {
  const at = entryAddress(pa, false);
  if (at == 0) return 0;
  const entry = load<u32>(at);
  return entry == RAM_UNTOUCHED ? touch(at) : entry;
}

/** Gives RAM its host page at the first touch, by whichever core comes first. */
function touch(at: usize): u32 {
  while (atomic.cmpxchg<u32>(POOL_LOCK, 0, 1) != 0) {}
  let page = load<u32>(at);
  if (page == RAM_UNTOUCHED) {
    page = freshPage();
    atomic.store<u32>(at, page);
  }
  atomic.store<u32>(POOL_LOCK, 0);
  return page;
}

/** The same without touching: RAM that nobody has written yet answers 1. For hashes and dumps. */
export function peekEntry(pa: u64): u32 {
  const at = entryAddress(pa, false);
  return at == 0 ? 0 : load<u32>(at);
}

/** Host address of physical memory, or 0. */
export function physicalAddress(pa: u64): u32 {
  const entry = physicalEntry(pa);
  return entry == 0 ? 0 : (entry & -PAGE) | ((pa as u32) & (PAGE - 1));
}

// --- predecoded code ---------------------------------------------------------------------------------------------------------------

export function hostPageFlags(host: u32): u32 {
  return load<u8>(flagsOfHostPage + (host >> 12));
}

export function setHostPageFlags(host: u32, flags: u32): void {
  store<u8>(flagsOfHostPage + (host >> 12), flags as u8);
}

/** Whether another core has predecoded code of a host page. */
export function hasCodeElsewhere(core: u32, host: u32): bool {
  return (load<u8>(M_HOST_PAGE_FLAGS + core * M_HOST_PAGE_FLAGS_BYTES + (host >> 12)) & HAS_CODE) != 0;
}

/** The page of micro-ops of a host page, made when there is none: then others may be forgotten. Between instructions. */
export function codePage(host: u32): u32 {
  const slot = codeOfHostPage + (host >> 12) * 4;
  let page = load<u32>(slot);
  if (page == 0) {
    page = freeCodePage();
    store<u32>(slot, page);
    store<u32>(page, host & -PAGE);
    // The record behind the last one ends the page.
    store<u16>(page + CODE_HEADER + 1024 * RECORD, 1);
  }
  store<u32>(page + PAGE_FLAGS, load<u32>(page + PAGE_FLAGS) | USED);
  return page;
}

function freeCodePage(): u32 {
  if (codeFree == 0) {
    const page = codeNext;
    if (page + M_CODE_PAGE_BYTES <= codeEnd) {
      codeNext = page + M_CODE_PAGE_BYTES;
      return page;
    }
    forgetSome();
  }
  const page = codeFree;
  codeFree = load<u32>(page + NEXT_FREE);
  store<u32>(page + NEXT_FREE, 0);
  return page;
}

/**
 * Makes room: forgets pages that were not fetched from since the last time (second chance). Fetch tables keep the translations, which
 * the guest can see; that stores into those pages must be seen is kept as well. So no guest can tell.
 */
function forgetSome(): void {
  demoteFetches();
  let wanted = max<u32>((codeEnd - codeFirst) / M_CODE_PAGE_BYTES / FORGOTTEN_AT_ONCE, 1);
  while (wanted > 0) {
    const page = codeHand;
    codeHand = page + 2 * M_CODE_PAGE_BYTES <= codeEnd ? page + M_CODE_PAGE_BYTES : codeFirst;
    const host = load<u32>(page);
    if (host == 0) continue;
    const flags = load<u32>(page + PAGE_FLAGS);
    if ((flags & USED) != 0) {
      store<u32>(page + PAGE_FLAGS, flags & ~USED);
      continue;
    }
    dropRegions(page, 0, 1023);
    store<u32>(codeOfHostPage + (host >> 12) * 4, 0);
    memory.fill(page, 0, M_CODE_PAGE_BYTES);
    store<u32>(page + NEXT_FREE, codeFree);
    codeFree = page;
    wanted--;
  }
}

/** Pages of micro-ops that this runtime has made. */
export function codePageCount(): u32 {
  return (codeNext - codeFirst) / M_CODE_PAGE_BYTES;
}

// @ts-ignore: decorator
@external("env", "dropRegions")
declare function dropRegions(page: u32, first: u32, last: u32): void;

/** Whether regions of the hot tier begin in a host page: the word at 12 of its page of micro-ops, which the engine keeps. */
export function hasRegions(host: u32): bool {
  if ((hostPageFlags(host) & HAS_CODE) == 0) return false;
  const page = load<u32>(codeOfHostPage + (host >> 12) * 4);
  return page != 0 && load<u32>(page + REGIONS) != 0;
}

/** Forgets what was predecoded, and translated, from bytes that change now. */
export function codeChanged(host: u32, bytes: u32): void {
  const flags = hostPageFlags(host);
  if ((flags & HAS_CODE) == 0) return;
  // None where the page was forgotten to make room: then only the stores count.
  const page = load<u32>(codeOfHostPage + (host >> 12) * 4);
  const held = page != 0 && load<u32>(page + REGIONS) != 0;
  const stores = (flags >> STORES_SHIFT) + 1;
  if (stores >= PATIENCE || bytes >= 256) {
    setHostPageFlags(host, flags & HAS_STORE_ENTRY);
    if (page == 0) return;
    if (held) dropRegions(page, 0, 1023);
    // The operands stay: the instruction that runs now may have yet to read its own.
    for (let word: u32 = 0; word < 1024; word++) store<u16>(page + CODE_HEADER + word * RECORD, 0);
    store<u32>(page + PAGE_FLAGS, load<u32>(page + PAGE_FLAGS) & ~PROTECTED);
    return;
  }
  setHostPageFlags(host, (flags & ((1 << STORES_SHIFT) - 1)) | (stores << STORES_SHIFT));
  if (page == 0) return;
  const offset = host & (PAGE - 1);
  const last = (offset + bytes - 1) >> 2;
  if (held) dropRegions(page, offset >> 2, last);
  for (let word = offset >> 2; word <= last && word < 1024; word++) store<u16>(page + CODE_HEADER + word * RECORD, 0);
}

/** The same for any range of host memory, on all cores: a device wrote there. */
export function codeRangeChanged(host: u32, bytes: u32): void {
  const end = host + bytes;
  while (host < end) {
    const next = min((host & -PAGE) + PAGE, end);
    // The machine's thread has no code of its own in parallel mode.
    if (!isMachine()) codeChanged(host, next - host);
    if (parallel) askToForget(host, next - host);
    host = next;
  }
}

/** Forgets all that was predecoded. */
export function forgetCode(): void {
  for (let page = codeFirst; page < codeNext; page += M_CODE_PAGE_BYTES) {
    const host = load<u32>(page);
    if (host != 0) codeChanged(host, PAGE);
  }
}
