/**
 * What a debugger outside of the guest needs on the slow paths. Breakpoints are kept by virtual address: the machine is told when a page of
 * such an address is fetched from. Pages with watchpoints have their entries of the soft TLB put aside (tlb.ts). The guest cannot tell.
 */
import {
  C_LEAVE,
  LEAVE_STEP,
  M_DEBUG_BREAKPOINTS,
  M_DEBUG_HIT,
  M_DEBUG_HIT_ADDRESS,
  M_DEBUG_PASS,
  M_DEBUG_WATCHPOINTS,
  M_DEBUG_WATCH_BYTES,
  M_DEBUG_WATCH_LIST,
} from './dist/layout';

// @ts-ignore: decorator
@external("env", "pageFetched")
declare function pageFetched(vaHigh: u32, vaLow: u32, page: u32): void;

// An element of the list: the first and the last address, and the accesses that are watched.
const LAST: u32 = 8;
const KINDS: u32 = 16;
const READS: u32 = 1;
const WRITES: u32 = 2;

/** A fetch table got an entry: a page of micro-ops for an address. */
export function tellFetched(va: u64, page: u32): void {
  if (load<u32>(M_DEBUG_BREAKPOINTS) != 0) pageFetched((va >> 32) as u32, va as u32, page);
}

/** Tags are no part of an address here. */
function untagged(va: u64): u64 {
  return (((va << 8) as i64) >> 8) as u64;
}

/** Whether a watchpoint lies on the page. */
export function isWatched(va: u64): bool {
  const count = load<u32>(M_DEBUG_WATCHPOINTS);
  if (count == 0) return false;
  const page = untagged(va) >> 12;
  for (let n: u32 = 0; n < count; n++) {
    const at = M_DEBUG_WATCH_LIST + n * M_DEBUG_WATCH_BYTES;
    if (page >= load<u64>(at) >> 12 && page <= load<u64>(at + LAST) >> 12) return true;
  }
  return false;
}

/** Whether the access hits a watchpoint: then the instruction must be left, and nothing of it was done. */
export function stopsForWatch(cpu: usize, va: u64, bytes: u32, write: bool): bool {
  if (load<u32>(M_DEBUG_PASS) != 0) return false;
  const first = untagged(va);
  const last = first + bytes - 1;
  const kind = write ? WRITES : READS;
  for (let n: u32 = 0; n < load<u32>(M_DEBUG_WATCHPOINTS); n++) {
    const at = M_DEBUG_WATCH_LIST + n * M_DEBUG_WATCH_BYTES;
    if ((load<u32>(at + KINDS) & kind) == 0 || first > load<u64>(at + LAST) || last < load<u64>(at)) continue;
    store<u32>(M_DEBUG_HIT, n + 1);
    store<u64>(M_DEBUG_HIT_ADDRESS, max(first, load<u64>(at)));
    store<u32>(cpu + C_LEAVE, LEAVE_STEP);
    return true;
  }
  return false;
}
