/**
 * Parallel mode: every core has a thread with a runtime of its own over the same memory. A core keeps its soft TLB and its predecoded code to
 * itself; what must be invalidated there is asked of it (`request`), and is done before the core runs guest code again (`serveRequests`).
 * Whoever asked waits at its next DSB (`synchronize`), as the architecture has it (DDI 0487 D8.13.5): a core that is not in the middle of
 * guest code (RUN_STATE) need not be waited for, for it looks at its requests before it goes on.
 */
import {
  C_ACTIVE_ASID,
  C_BELL,
  C_BROADCAST,
  C_BROADCAST_TOO,
  C_CORE_INDEX,
  C_EVENT,
  C_EXCL_ARMED,
  C_EXCL_PA,
  C_EXCL_SIZE,
  C_EXCL_VALUE,
  C_GLOBAL_LOW,
  C_LINES,
  C_PAIR,
  C_REQUESTS_DONE,
  C_REQUESTS_MADE,
  C_REQUEST_ALL,
  C_REQUEST_COUNT,
  C_REQUEST_LIST,
  C_REQUEST_LOCK,
  C_RUN_STATE,
  M_CLOCK,
  M_CORE_BASE,
  M_CORE_STRIDE,
  M_PAIR_LOCKS,
  RUN_GUEST,
  RUN_SAFE,
} from './dist/layout';
import { CORE_COUNT, codeChanged, forgetCode, hasCodeElsewhere, keepCodeOf } from './memory';
import { ALL_ASIDS, flushCore, flushCoreAsid, flushCorePage, probe, tableFor } from './tlb';

// @ts-ignore: decorator
@external("env", "hostNs")
declare function hostNs(): f64;

/**
 * Requests: an ASID; a page of virtual addresses, its ASID beside it if bit 2 is set; a line of host memory, or a page of it. In bits
 * 1:0 which.
 */
const ASID: u64 = 0;
const PAGE: u64 = 1;
const LINE: u64 = 2;
const CODE: u64 = 3;
/** Instead of a list: all of the soft TLB, all predecoded code. */
const ALL_PAGES: u32 = 1;
const ALL_CODE: u32 = 2;
const LIST: u32 = 256;
const HAS_ASID: u64 = 4;
/** In BROADCAST; and what is added to an ASID there. */
const ANYTHING: u32 = 1;
const ONE_ASID: i32 = 2;
const LINE_BYTES: u32 = 64;

/** Looks at a word so often before it sleeps. */
const SPINS: u32 = 2000;
const NAP_NS: i64 = 50_000;

const CLOCK_OFFSET: usize = M_CLOCK;
const CLOCK_LAST: usize = M_CLOCK + 8;

/** Whether cores run at the same time. */
export let parallel: bool = false;
/** The core that this runtime serves; -1 in the machine's thread. */
let own: i32 = -1;

/** This runtime is one of several: that of a core, or (-1) of the machine's thread. Before it does anything. */
export function joinParallel(core: i32): void {
  parallel = true;
  own = core;
  if (core >= 0) keepCodeOf(core);
}

function corePointer(core: u32): usize {
  return M_CORE_BASE + core * M_CORE_STRIDE;
}

/** Whether this is the runtime of the machine's thread, which belongs to no core. */
export function isMachine(): bool {
  return parallel && own < 0;
}

/** Whether what belongs to that core is another runtime's affair. */
export function isElsewhere(core: u32): bool {
  return parallel && (core as i32) != own;
}

// --- the clock ---------------------------------------------------------------------------------------------------------------------

/** Virtual ns: the host's clock and the idle time that was skipped. Never goes back, whichever core looks. */
export function clock(): u64 {
  const ns = (hostNs() as i64) + atomic.load<i64>(CLOCK_OFFSET);
  while (true) {
    const last = atomic.load<i64>(CLOCK_LAST);
    if (ns <= last) return last as u64;
    if (atomic.cmpxchg<i64>(CLOCK_LAST, last, ns) == last) return ns as u64;
  }
}

/** Moves the clock by some ns. Going on after a pause moves it back by what has passed meanwhile. */
export function moveClock(ns: f64): void {
  atomic.add<i64>(CLOCK_OFFSET, ns as i64);
}

// --- locks -------------------------------------------------------------------------------------------------------------------------

function lock(word: usize): void {
  let spins: u32 = 0;
  while (atomic.cmpxchg<u32>(word, 0, 1) != 0) {
    // Whoever holds it may have been preempted.
    if (++spins > SPINS) atomic.wait<i32>(word, 1, NAP_NS);
  }
}

function unlock(word: usize): void {
  atomic.store<u32>(word, 0);
}

/**
 * Compares 16 bytes and exchanges them where they are equal; the old ones go to field PAIR. WebAssembly has no 128-bit atomics: those of
 * one address exclude each other by a lock, and each half is exchanged as a 64-bit atomic, so that no store of a half is lost.
 */
export function compareExchangePair(cpu: usize, host: u32, low: u64, high: u64, newLow: u64, newHigh: u64): u32 {
  const word = M_PAIR_LOCKS + (((host >> 4) & 63) << 6);
  lock(word);
  let oldLow = atomic.load<u64>(host);
  let oldHigh = atomic.load<u64>(host, 8);
  let done = oldLow == low && oldHigh == high;
  if (done) {
    oldLow = atomic.cmpxchg<u64>(host, low, newLow);
    done = oldLow == low;
    if (done) {
      oldHigh = atomic.cmpxchg<u64>(host, high, newHigh, 8);
      done = oldHigh == high;
      if (!done) atomic.cmpxchg<u64>(host, newLow, low);
    }
  }
  unlock(word);
  store<u64>(cpu + C_PAIR, oldLow);
  store<u64>(cpu + C_PAIR + 8, oldHigh);
  return done ? 1 : 0;
}

/** LDSMAX, LDSMIN, LDUMAX, LDUMIN (`operation` 4 to 7, as in the encoding) on 1, 2, 4 or 8 bytes; answers the old value. */
export function atomicLimit(host: u32, bytes: u32, operation: u32, operand: u64): u64 {
  const shift: u64 = 64 - bytes * 8;
  while (true) {
    const old = loadNarrow(host, bytes);
    // Aligned to the top, narrow values order as wide ones.
    const x = old << shift;
    const y = operand << shift;
    const signed = operation < 6;
    const less = signed ? (x as i64) < (y as i64) : x < y;
    const keeps = (operation & 1) == 0 ? !less : less;
    const value = keeps ? old : operand;
    if (exchangeNarrow(host, bytes, old, value)) return old;
  }
}

function loadNarrow(host: u32, bytes: u32): u64 {
  if (bytes == 1) return atomic.load<u8>(host) as u64;
  if (bytes == 2) return atomic.load<u16>(host) as u64;
  if (bytes == 4) return atomic.load<u32>(host) as u64;
  return atomic.load<u64>(host);
}

function exchangeNarrow(host: u32, bytes: u32, old: u64, value: u64): bool {
  if (bytes == 1) return atomic.cmpxchg<u8>(host, old as u8, value as u8) == (old as u8);
  if (bytes == 2) return atomic.cmpxchg<u16>(host, old as u16, value as u16) == (old as u16);
  if (bytes == 4) return atomic.cmpxchg<u32>(host, old as u32, value as u32) == (old as u32);
  return atomic.cmpxchg<u64>(host, old, value) == old;
}

// --- requests ----------------------------------------------------------------------------------------------------------------------

/** Whether a request in the list says the same, or can say it: lines of one page become the page. */
function joins(last: usize, entry: u64): bool {
  const before = load<u64>(last);
  if (before == entry) return true;
  if ((before & 3) < LINE || (entry & 3) < LINE || before >> 14 != entry >> 14) return false;
  store<u64>(last, ((entry >> 14) << 14) | CODE);
  return true;
}

/** Asks one core; it will have answered when REQUESTS_DONE is no less than what REQUESTS_MADE is now. */
function ask(core: u32, entry: u64, all: u32): void {
  const cpu = corePointer(core);
  lock(cpu + C_REQUEST_LOCK);
  const count = load<u32>(cpu + C_REQUEST_COUNT);
  const list = cpu + C_REQUEST_LIST;
  if (all != 0) store<u32>(cpu + C_REQUEST_ALL, load<u32>(cpu + C_REQUEST_ALL) | all);
  else if (count == 0 || !joins(list + (count - 1) * 8, entry)) {
    if (count < LIST) {
      store<u64>(list + count * 8, entry);
      store<u32>(cpu + C_REQUEST_COUNT, count + 1);
    } else store<u32>(cpu + C_REQUEST_ALL, load<u32>(cpu + C_REQUEST_ALL) | ((entry & 3) <= PAGE ? ALL_PAGES : ALL_CODE));
  }
  atomic.add<u32>(cpu + C_REQUESTS_MADE, 1);
  unlock(cpu + C_REQUEST_LOCK);
}

/** Remembers for the next DSB that something was asked: about an ASID (ONE_ASID and above), or ANYTHING. */
function remember(about: u32): void {
  if (own < 0) return;
  const cpu = corePointer(own);
  const first = load<u32>(cpu + C_BROADCAST);
  const second = load<u32>(cpu + C_BROADCAST_TOO);
  if (about == first || about == second) return;
  if (first == 0 || about == ANYTHING) store<u32>(cpu + C_BROADCAST, about);
  else if (second == 0) store<u32>(cpu + C_BROADCAST_TOO, about);
  else store<u32>(cpu + C_BROADCAST, ANYTHING);
}

/** Asks all other cores. */
function askOthers(entry: u64, all: u32, about: u32): void {
  for (let core: u32 = 0; core < load<u32>(CORE_COUNT); core++) if ((core as i32) != own) ask(core, entry, all);
  remember(about);
}

export function askToFlushAll(): void {
  askOthers(0, ALL_PAGES, ANYTHING);
}

export function askToFlushAsid(asid: i32): void {
  askOthers(((asid as u64) << 2) | ASID, 0, asid + ONE_ASID);
}

/** `asid` may be ALL_ASIDS. */
export function askToFlushPage(va: u64, asid: i32): void {
  const page = (va & 0x00ff_ffff_ffff_f000) | PAGE;
  if (asid == ALL_ASIDS) return askOthers(page, 0, ANYTHING);
  askOthers(page | HAS_ASID | (((asid & 0xff) as u64) << 56) | (((asid >> 8) as u64) << 3), 0, asid + ONE_ASID);
}

function flushRequested(core: u32, entry: u64): void {
  if ((entry & 3) == ASID) return flushCoreAsid(core, (entry >> 2) as i32);
  const va = ((entry << 8) as i64) >> 8;
  const asid = (entry & HAS_ASID) != 0 ? ((entry >> 56) as i32) | ((((entry >> 3) & 0xff) as i32) << 8) : ALL_ASIDS;
  flushCorePage(core, (va as u64) & ~(<u64>4095), asid);
}

/**
 * The core goes on with that ASID. Who asked about it while it was not in use may have gone on without waiting, so what was asked about
 * translations is done now, within an instruction; code has to wait.
 */
export function useAsid(cpu: usize, asid: i32): void {
  if (load<i32>(cpu + C_ACTIVE_ASID) == asid || isElsewhere(load<u32>(cpu + C_CORE_INDEX))) return;
  atomic.store<i32>(cpu + C_ACTIVE_ASID, asid);
  if (!hasRequests(cpu)) return;
  lock(cpu + C_REQUEST_LOCK);
  const core = load<u32>(cpu + C_CORE_INDEX);
  const all = load<u32>(cpu + C_REQUEST_ALL);
  if ((all & ALL_PAGES) != 0) flushCore(core);
  const list = cpu + C_REQUEST_LIST;
  let kept: u32 = 0;
  for (let i: u32 = 0; i < load<u32>(cpu + C_REQUEST_COUNT); i++) {
    const entry = load<u64>(list + i * 8);
    if ((entry & 3) > PAGE) store<u64>(list + kept++ * 8, entry);
    else flushRequested(core, entry);
  }
  store<u32>(cpu + C_REQUEST_COUNT, kept);
  store<u32>(cpu + C_REQUEST_ALL, all & ~ALL_PAGES);
  unlock(cpu + C_REQUEST_LOCK);
}

/** Predecoded code of some bytes in one page of host memory is stale, on other cores that have any of that page. */
export function askToForget(host: u32, bytes: u32): void {
  const first = host & -LINE_BYTES;
  const entry = host + bytes - first <= LINE_BYTES ? ((first as u64) << 2) | LINE : (((host & ~4095) as u64) << 2) | CODE;
  for (let core: u32 = 0; core < load<u32>(CORE_COUNT); core++) {
    if ((core as i32) == own || !hasCodeElsewhere(core, host)) continue;
    ask(core, entry, 0);
    remember(ANYTHING);
  }
}

export function askToForgetAll(): void {
  askOthers(0, ALL_CODE, ANYTHING);
}

/** Whether somebody wants something of a core. */
export function hasRequests(cpu: usize): bool {
  return atomic.load<u32>(cpu + C_REQUESTS_MADE) != load<u32>(cpu + C_REQUESTS_DONE);
}

/** Does what others asked of this core. By the core itself, between instructions. */
export function serveRequests(cpu: usize): void {
  if (!hasRequests(cpu)) return;
  lock(cpu + C_REQUEST_LOCK);
  const made = load<u32>(cpu + C_REQUESTS_MADE);
  const all = load<u32>(cpu + C_REQUEST_ALL);
  const core = load<u32>(cpu + C_CORE_INDEX);
  if ((all & ALL_PAGES) != 0) flushCore(core);
  if ((all & ALL_CODE) != 0) forgetCode();
  const count = load<u32>(cpu + C_REQUEST_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const entry = load<u64>(cpu + C_REQUEST_LIST + i * 8);
    if ((entry & 3) == LINE) codeChanged((entry >> 2) as u32, LINE_BYTES);
    else if ((entry & 3) == CODE) codeChanged(((entry >> 2) as u32) & ~4095, 4096);
    else if ((all & ALL_PAGES) == 0) flushRequested(core, entry);
  }
  store<u32>(cpu + C_REQUEST_COUNT, 0);
  store<u32>(cpu + C_REQUEST_ALL, 0);
  atomic.store<u32>(cpu + C_REQUESTS_DONE, made);
  unlock(cpu + C_REQUEST_LOCK);
  atomic.notify(cpu + C_REQUESTS_DONE, -1);
}

/** The core is about to wait, between instructions: others need not wait for it. `state`: RUN_SAFE and above. */
export function leaveGuest(cpu: usize, state: u32): void {
  atomic.store<u32>(cpu + C_RUN_STATE, state);
}

/** The core is about to run guest code again. */
export function enterGuest(cpu: usize): void {
  atomic.store<u32>(cpu + C_RUN_STATE, RUN_GUEST);
  serveRequests(cpu);
}

/** Waits for cores that have not done yet what was asked of them; but not for those that use another ASID, if that is what it was `about`. */
function waitForOthers(about: u32, too: u32): void {
  for (let core: u32 = 0; core < load<u32>(CORE_COUNT); core++) {
    if ((core as i32) == own) continue;
    const other = corePointer(core);
    const made = atomic.load<u32>(other + C_REQUESTS_MADE);
    let spins: u32 = 0;
    for (;;) {
      const done = atomic.load<u32>(other + C_REQUESTS_DONE);
      if (((done - made) as i32) >= 0 || atomic.load<u32>(other + C_RUN_STATE) != RUN_GUEST || cannotUse(other, about, too)) break;
      if (++spins > SPINS) atomic.wait<i32>(other + C_REQUESTS_DONE, done as i32, NAP_NS);
    }
  }
}

/** Whether a core uses another ASID than requests are about. Entries that are for all ASIDs would be in use nevertheless. */
function cannotUse(cpu: usize, about: u32, too: u32): bool {
  if (about == ANYTHING || atomic.load<u32>(cpu + C_GLOBAL_LOW) != 0) return false;
  const active = atomic.load<u32>(cpu + C_ACTIVE_ASID) + ONE_ASID;
  return active != about && active != too;
}

/** DSB: what this core asked for is done when it returns. */
export function synchronize(cpu: usize): void {
  const about = load<u32>(cpu + C_BROADCAST);
  if (about == 0) return;
  const too = load<u32>(cpu + C_BROADCAST_TOO);
  store<u32>(cpu + C_BROADCAST, 0);
  store<u32>(cpu + C_BROADCAST_TOO, 0);
  leaveGuest(cpu, RUN_SAFE);
  waitForOthers(about, too);
  enterGuest(cpu);
}

/** The machine's thread waits until all cores have done what it asked of them. */
export function synchronizeMachine(): void {
  waitForOthers(ANYTHING, 0);
}

/**
 * WFE, before it sleeps: events that come soon are not worth it. An event is also that what a load-exclusive read has changed (DDI 0487
 * B2.9.2), for which locks wait.
 */
export function spinForEvent(cpu: usize): bool {
  const va = load<u64>(cpu + C_EXCL_PA);
  const bytes = load<u32>(cpu + C_EXCL_SIZE);
  const host = load<u32>(cpu + C_EXCL_ARMED) != 0 && bytes <= 8 ? probe(tableFor(cpu, false, false), va) : 0;
  for (let spins: u32 = 0; spins < SPINS; spins++) {
    if (host != 0 && loadNarrow(host, bytes) != load<u64>(cpu + C_EXCL_VALUE)) return true;
    if (atomic.load<u32>(cpu + C_EVENT) != 0 || atomic.load<u32>(cpu + C_LINES) != 0) return false;
  }
  return false;
}

/** SEV: sets the event register of every core, and wakes those that wait. */
export function sendEvent(): void {
  for (let core: u32 = 0; core < load<u32>(CORE_COUNT); core++) {
    const cpu = corePointer(core);
    atomic.store<u32>(cpu + C_EVENT, 1);
    atomic.add<u32>(cpu + C_BELL, 1);
    atomic.notify(cpu + C_BELL, -1);
  }
}
