/**
 * Host pages that several physical maps have in common, until one of them writes: clones of a machine. Each has a first level of its own,
 * kept in a page; that of the one that runs is at PHYSICAL_L1. Where one thread runs them all.
 *
 * Who writes first keeps the page, with the code that was predecoded of it, and the others get the copy: so nothing that the running machine
 * remembers of the page becomes wrong. What the others remember was forgotten when they stopped running.
 */
import { M_MAPS, M_MAP_LIST, M_MOST_MAPS, M_PHYSICAL_L1 } from './dist/layout';
import { PAGE, READ_ONLY, SHARED, TABLE_PAGES, allocate, entryAddress, freePage, freshPage, physicalEntry } from './memory';

/** Which map is in use; 0 before there were clones. */
const CURRENT: usize = M_MAPS;
const COUNT: usize = M_MAPS + 4;
/** The first of the tables that nobody has any more; each begins with the address of the next. */
const FREE_TABLE: usize = M_MAPS + 12;
const FIRST_LEVEL_BYTES: u32 = PAGE;

function mapAt(n: u32): usize {
  return M_MAP_LIST + n * 4;
}

/** Whether an entry is a page of RAM that was touched: copies are made of those alone. */
function isRam(entry: u32): bool {
  return entry >= PAGE && (entry & READ_ONLY) == 0;
}

function register(map: u32): void {
  const count = load<u32>(COUNT);
  if (count >= M_MOST_MAPS) unreachable();
  store<u32>(mapAt(count), map);
  store<u32>(COUNT, count + 1);
}

/** The map in use, known by its page from now on. */
export function currentMap(): u32 {
  let map = load<u32>(CURRENT);
  if (map == 0) {
    map = freshPage();
    store<u32>(CURRENT, map);
    register(map);
  }
  return map;
}

function takeTable(): u32 {
  const table = load<u32>(FREE_TABLE);
  if (table == 0) return allocate(TABLE_PAGES * 4);
  store<u32>(FREE_TABLE, load<u32>(table));
  return table;
}

/** Makes a map with the same pages as the one in use, all of them shared. Store entries of soft TLBs are the caller's to drop. */
export function cloneMap(): u32 {
  currentMap();
  const clone = freshPage();
  for (let at: u32 = 0; at < FIRST_LEVEL_BYTES; at += 4) {
    const table = load<u32>(M_PHYSICAL_L1 + at);
    if (table == 0) continue;
    const end = table + TABLE_PAGES * 4;
    for (let entry = table; entry < end; entry += 4) {
      const value = load<u32>(entry);
      if (isRam(value)) store<u32>(entry, value | SHARED);
    }
    const own = takeTable();
    memory.copy(own, table, TABLE_PAGES * 4);
    store<u32>(clone + at, own);
  }
  register(clone);
  return clone;
}

/** From now on that map is in use. What cores remember is the caller's to drop. Answers the one that was. */
export function useMap(map: u32): u32 {
  const before = currentMap();
  if (before == map) return before;
  memory.copy(before, M_PHYSICAL_L1, FIRST_LEVEL_BYTES);
  memory.copy(M_PHYSICAL_L1, map, FIRST_LEVEL_BYTES);
  store<u32>(CURRENT, map);
  return before;
}

/** The entry for a physical address, of a map that is not in use; 0 where there is none. */
function entryIn(map: u32, pa: u64): usize {
  const table = load<u32>(map + ((pa >> 30) as u32) * 4);
  return table == 0 ? 0 : table + (((pa >> 12) as u32) & (TABLE_PAGES - 1)) * 4;
}

/** Host page and flags behind a physical address that is written now. */
export function writtenEntry(pa: u64): u32 {
  const entry = physicalEntry(pa);
  if ((entry & SHARED) == 0) return entry;
  const current = load<u32>(CURRENT);
  let copy: u32 = 0;
  for (let n: u32 = 0; n < load<u32>(COUNT); n++) {
    const map = load<u32>(mapAt(n));
    if (map == current) continue;
    const at = entryIn(map, pa);
    if (at == 0 || load<u32>(at) != entry) continue;
    if (copy == 0) {
      copy = freshPage();
      memory.copy(copy, entry & -PAGE, PAGE);
    }
    store<u32>(at, copy | SHARED);
  }
  const own = entry & ~SHARED;
  store<u32>(entryAddress(pa, false), own);
  return own;
}

/** Host address of physical memory that is written now, or 0. */
export function writtenAddress(pa: u64): u32 {
  const entry = writtenEntry(pa);
  return entry == 0 ? 0 : (entry & -PAGE) | ((pa as u32) & (PAGE - 1));
}

/** Gives back a map that is not in use, and the pages that nobody else has. */
export function dropMap(map: u32): void {
  const count = load<u32>(COUNT);
  let n: u32 = 0;
  while (n < count && load<u32>(mapAt(n)) != map) n++;
  if (n == count || map == load<u32>(CURRENT)) return;
  store<u32>(mapAt(n), load<u32>(mapAt(count - 1)));
  store<u32>(COUNT, count - 1);
  // The others' first levels must all be in their pages.
  memory.copy(load<u32>(CURRENT), M_PHYSICAL_L1, FIRST_LEVEL_BYTES);
  for (let gib: u64 = 0; gib < FIRST_LEVEL_BYTES / 4; gib++) {
    const table = load<u32>(map + (gib as u32) * 4);
    if (table == 0) continue;
    for (let page: u32 = 0; page < TABLE_PAGES; page++) {
      const entry = load<u32>(table + page * 4);
      if (!isRam(entry)) continue;
      if ((entry & SHARED) == 0 || !isAnothers((gib << 30) | ((page as u64) << 12), entry)) freePage(entry & -PAGE);
    }
    store<u32>(table, load<u32>(FREE_TABLE));
    store<u32>(FREE_TABLE, table);
  }
  freePage(map);
}

function isAnothers(pa: u64, entry: u32): bool {
  for (let n: u32 = 0; n < load<u32>(COUNT); n++) {
    const at = entryIn(load<u32>(mapAt(n)), pa);
    if (at != 0 && load<u32>(at) == entry) return true;
  }
  return false;
}
