/**
 * Soft TLBs. A slot belongs to one translation regime of one core (level, tables, controls) and holds three tables: loads, stores,
 * fetches. Several slots stay alive, so that a switch of address spaces (with KPTI, every system call) flushes nothing.
 *
 * An entry of the data tables is VA page XOR host page, and an access hits when VA XOR entry has no bit of 63:31. An empty entry must miss
 * for every address of its index: it is 0 in the upper half of a table (VA bit 31 is set there), and has bit 31 set in the lower half.
 */
import { EVENT_FILL_FETCH, EVENT_FILL_READ, EVENT_FILL_UNPRIVILEGED, EVENT_FILL_WRITE, EVENT_SLOT_CHOSEN, EVENT_SLOT_FLUSHED, EVENT_SLOT_TAKEN, EVENT_TLBI_ALL, EVENT_TLBI_ASID, EVENT_TLBI_BLOCK, EVENT_TLBI_VA } from './dist/layout';
import { count } from './events';
import {
  C_CORE_INDEX,
  C_EL,
  C_GLOBAL_LOW,
  C_IL,
  C_MAIR_EL1,
  C_MAIR_EL2,
  C_SCTLR,
  C_SLOT,
  C_SLOT_CLOCK,
  C_SLOT_GUESS,
  C_STEPPING,
  C_TCR_EL1,
  C_TCR_EL2,
  C_TLB_FETCH,
  C_TLB_READ,
  C_TLB_READ_LOOSE,
  C_TLB_READ_UNPRIV,
  C_TLB_WRITE,
  C_TLB_WRITE_LOOSE,
  C_TLB_WRITE_UNPRIV,
  C_TTBR0_EL1,
  C_TTBR0_EL2,
  C_TTBR1_EL1,
  C_VTCR_EL2,
  C_VTTBR_EL2,
  M_CORE_BASE,
  M_CORE_STRIDE,
  M_FETCH_EMPTY,
  M_SLOT_BASE,
  M_SLOT_FETCH_BYTES,
  M_SLOT_FETCH_MASK,
  M_SLOT_JOURNAL_BYTES,
  M_SLOT_JOURNAL_OFFSET,
  M_SLOT_STRIDE,
  M_TLB_BASE,
  M_TLB_EMPTY,
  M_TLB_TABLE_BYTES,
} from './dist/layout';
import { HCR_DC, HCR_FB, HCR_PTW, HCR_VM, hasEl2, hcr } from './el2';
import { CORE_COUNT, HAS_STORE_ENTRY, TLB_SLOTS, hostPageFlags, setHostPageFlags } from './memory';
import { isFlatDevice } from './walk';
import { isWatched } from './external-debug';
import { askToFlushAll, askToFlushAsid, askToFlushPage, isElsewhere, parallel, useAsid } from './parallel';

const HALF: u32 = M_TLB_TABLE_BYTES / 2;
/** Instead of an ASID. */
export const ALL_ASIDS: i32 = -1;
const EMPTY_LOW: u64 = 0x8080_8080_8080_8080;
const STORE_ENTRY: u32 = 1 << 20;
/** Marks of an entry of a fetch table: it has a page of micro-ops; it has the host page alone, and misses. */
const FETCH_READY: u64 = <u64>1 << 63;
const FETCH_DEMOTED: u64 = <u64>1 << 62;

// Header of a slot, behind its fetch table.
const HEADER: u32 = M_SLOT_FETCH_BYTES;
/** The regime: words of 64 bits, of which the first has the controls. */
const KEY: u32 = HEADER;
const TTBR0: u32 = 8;
const TTBR1: u32 = 16;
const TCR: u32 = 24;
const MAIR: u32 = 32;
const VTTBR: u32 = 40;
const VTCR: u32 = 48;
const USED: u32 = HEADER + 64;
const FILLED: u32 = HEADER + 68;
const BLOCKS: u32 = HEADER + 72;
const READY: u32 = HEADER + 76;
const BLOCK_LIST: u32 = HEADER + 80; // {u64 first VA, u64 bytes}
const MAX_BLOCKS: u32 = 64;
const JOURNAL_ENTRIES: u32 = M_SLOT_JOURNAL_BYTES / 4;

function slotBase(core: u32, slot: u32): u32 {
  return M_SLOT_BASE + (core * load<u32>(TLB_SLOTS) + slot) * M_SLOT_STRIDE;
}

function readTable(core: u32, slot: u32): u32 {
  return M_TLB_BASE + (core * load<u32>(TLB_SLOTS) + slot) * (2 * M_TLB_TABLE_BYTES);
}

export function initializeTlb(): void {
  memory.fill(M_TLB_EMPTY, 0x80, HALF);
}

function makeEmpty(table: u32, index: u32): void {
  store<u64>(table + index * 8, index < HALF / 8 ? EMPTY_LOW : 0);
}

/** Empties a slot by its journal. */
function flushSlot(core: u32, slot: u32): void {
  count(corePointer(core), EVENT_SLOT_FLUSHED);
  const base = slotBase(core, slot);
  const table = readTable(core, slot);
  const filled = load<u32>(base + FILLED);
  if (load<u32>(base + READY) == 0) {
    memory.fill(table, 0x80, HALF);
    memory.fill(table + M_TLB_TABLE_BYTES, 0x80, HALF);
    store<u32>(base + READY, 1);
  } else if (filled >= JOURNAL_ENTRIES) {
    memory.fill(table, 0x80, HALF);
    memory.fill(table + HALF, 0, HALF);
    memory.fill(table + M_TLB_TABLE_BYTES, 0x80, HALF);
    memory.fill(table + M_TLB_TABLE_BYTES + HALF, 0, HALF);
  } else {
    const journal = base + M_SLOT_JOURNAL_OFFSET;
    for (let i: u32 = 0; i < filled; i++) {
      const entry = load<u32>(journal + i * 4);
      makeEmpty((entry & STORE_ENTRY) != 0 ? table + M_TLB_TABLE_BYTES : table, entry & 0xfffff);
    }
  }
  store<u32>(base + FILLED, 0);
  store<u32>(base + BLOCKS, 0);
  memory.fill(base, 0, M_SLOT_FETCH_BYTES);
}

/** Of word 0: the level, a bit that says that the slot is in use, and HCR_EL2.{VM, PTW, DC} where there is a stage 2. */
const KEY_LEVEL: u64 = 32;
const KEY_USED: u64 = <u64>1 << 40;
const KEY_STAGE2: u64 = 44;
const STAGE2_CONTROLS: u64 = HCR_VM | HCR_PTW | HCR_DC;

/** Word 0 of the key of a level's regime: SCTLR.M and WXN; level 0 has rights of its own. */
function keyControls(cpu: usize, level: u32): u64 {
  const key = (load<u64>(cpu + C_SCTLR) & 0x80001) | ((level as u64) << KEY_LEVEL) | KEY_USED;
  return level < 2 ? key | ((stage2Controls(cpu) & STAGE2_CONTROLS) << KEY_STAGE2) : key;
}

/** HCR_EL2 where there is a stage 2, else 0. */
// @ts-ignore: decorator
@inline
function stage2Controls(cpu: usize): u64 {
  const control = hcr(cpu);
  return (control & (HCR_VM | HCR_DC)) != 0 ? control : 0;
}

/** The ASID in bits 63:48, of which TCR.AS says how many count. */
function narrowAsid(tcr: u64, bits: u64): i32 {
  return ((bits >> 48) as i32) & ((tcr & (<u64>1 << 36)) != 0 ? 0xffff : 0xff);
}

/** The ASID of a regime: TCR.A1 says which table has it. */
function asidOf(tcr: u64, ttbr0: u64, ttbr1: u64): i32 {
  return narrowAsid(tcr, (tcr & (1 << 22)) != 0 ? ttbr1 : ttbr0);
}

function asidOfSlot(base: u32): i32 {
  return asidOf(load<u64>(base + KEY + TCR), load<u64>(base + KEY + TTBR0), load<u64>(base + KEY + TTBR1));
}

/** Whether a slot belongs to a regime: its controls, the registers of stage 1 unless its MMU is off, those of stage 2 where there is one. */
function belongs(cpu: usize, base: u32, level: u32, controls: u64): bool {
  const key = base + KEY;
  if (load<u64>(key) != controls) return false;
  const nested = controls >> KEY_STAGE2 != 0;
  if ((controls & 1) == 0 && !nested) return true;
  if (level == 2) {
    return (
      load<u64>(key + TTBR0) == load<u64>(cpu + C_TTBR0_EL2) &&
      load<u64>(key + TCR) == load<u64>(cpu + C_TCR_EL2) &&
      load<u64>(key + MAIR) == load<u64>(cpu + C_MAIR_EL2)
    );
  }
  return (
    load<u64>(key + TTBR0) == load<u64>(cpu + C_TTBR0_EL1) &&
    load<u64>(key + TTBR1) == load<u64>(cpu + C_TTBR1_EL1) &&
    load<u64>(key + TCR) == load<u64>(cpu + C_TCR_EL1) &&
    load<u64>(key + MAIR) == load<u64>(cpu + C_MAIR_EL1) &&
    (!nested ||
      (load<u64>(key + VTTBR) == load<u64>(cpu + C_VTTBR_EL2) && load<u64>(key + VTCR) == load<u64>(cpu + C_VTCR_EL2)))
  );
}

function setKey(cpu: usize, base: u32, level: u32, controls: u64): void {
  const key = base + KEY;
  store<u64>(key, controls);
  store<u64>(key + TTBR0, load<u64>(cpu + (level == 2 ? C_TTBR0_EL2 : C_TTBR0_EL1)));
  store<u64>(key + TTBR1, level == 2 ? 0 : load<u64>(cpu + C_TTBR1_EL1));
  store<u64>(key + TCR, load<u64>(cpu + (level == 2 ? C_TCR_EL2 : C_TCR_EL1)));
  store<u64>(key + MAIR, load<u64>(cpu + (level == 2 ? C_MAIR_EL2 : C_MAIR_EL1)));
  store<u64>(key + VTTBR, load<u64>(cpu + C_VTTBR_EL2));
  store<u64>(key + VTCR, load<u64>(cpu + C_VTCR_EL2));
}

/** Where the slot is kept that a regime with these tables (address and ASID) had last. */
function guessOf(cpu: usize, level: u32): usize {
  const tables =
    level == 2
      ? load<u64>(cpu + C_TTBR0_EL2)
      : load<u64>(cpu + C_TTBR0_EL1) ^ (load<u64>(cpu + C_TTBR1_EL1) << 1) ^ (load<u64>(cpu + C_VTTBR_EL2) << 2);
  return cpu + C_SLOT_GUESS + ((((tables >> 12) as u32) ^ ((tables >> 48) as u32) ^ (level << 3)) & 15) * 4;
}

/**
 * Switches of tables after which a slot that rests is taken although others were never used: the first use of one touches 8 MiB, which takes
 * milliseconds, and most regimes that rest so long belong to processes that are gone.
 */
const RESTED: u32 = 16;

/** The slot of the regime with the rights of `level`; when there is none, one that was never used, or the one used least lately. */
function findSlot(cpu: usize, level: u32): u32 {
  const core = load<u32>(cpu + C_CORE_INDEX);
  const clock = load<u32>(cpu + C_SLOT_CLOCK) + 1;
  store<u32>(cpu + C_SLOT_CLOCK, clock);
  const controls = keyControls(cpu, level);
  const guess = guessOf(cpu, level);
  const likely = slotBase(core, load<u32>(guess));
  if (belongs(cpu, likely, level, controls)) {
    store<u32>(likely + USED, clock);
    return load<u32>(guess);
  }
  let unused: u32 = u32.MAX_VALUE;
  let oldest: u32 = 0;
  let oldestUse: u32 = clock;
  for (let slot: u32 = 0; slot < load<u32>(TLB_SLOTS); slot++) {
    const base = slotBase(core, slot);
    const used = load<u32>(base + USED);
    if (belongs(cpu, base, level, controls)) {
      store<u32>(base + USED, clock);
      store<u32>(guess, slot);
      return slot;
    }
    if (used == 0) {
      unused = min(unused, slot);
    } else if (used < oldestUse) {
      oldest = slot;
      oldestUse = used;
    }
  }
  if (unused != u32.MAX_VALUE && clock - oldestUse <= RESTED) oldest = unused;
  const base = slotBase(core, oldest);
  count(cpu, EVENT_SLOT_TAKEN);
  flushSlot(core, oldest);
  setKey(cpu, base, level, controls);
  store<u32>(base + USED, clock);
  store<u32>(guess, oldest);
  return oldest;
}

/** To be called when the level or a register of the translation regime changed: chooses the tables in use. */
export function selectTables(cpu: usize): void {
  const core = load<u32>(cpu + C_CORE_INDEX);
  count(cpu, EVENT_SLOT_CHOSEN);
  if (parallel) useAsid(cpu, asidOf(load<u64>(cpu + C_TCR_EL1), load<u64>(cpu + C_TTBR0_EL1), load<u64>(cpu + C_TTBR1_EL1)));
  const slot = findSlot(cpu, load<u32>(cpu + C_EL));
  const table = readTable(core, slot);
  store<u32>(cpu + C_SLOT, slot);
  // A watchpoint must see every access.
  const watched = (load<u32>(cpu + C_STEPPING) & 2) != 0;
  store<u32>(cpu + C_TLB_READ, watched ? M_TLB_EMPTY : table);
  store<u32>(cpu + C_TLB_WRITE, watched ? M_TLB_EMPTY : table + M_TLB_TABLE_BYTES);
  // SCTLR.A, and all data is Device memory where the MMU is off.
  const sctlr = load<u64>(cpu + C_SCTLR);
  const loose = (sctlr & 2) == 0 && ((sctlr & 1) != 0 || !isFlatDevice(cpu)) && !watched;
  store<u32>(cpu + C_TLB_READ_LOOSE, loose ? table : M_TLB_EMPTY);
  store<u32>(cpu + C_TLB_WRITE_LOOSE, loose ? table + M_TLB_TABLE_BYTES : M_TLB_EMPTY);
  // Only EL1 has unprivileged accesses that differ from others.
  const user = load<u32>(cpu + C_EL) != 1 && !watched;
  store<u32>(cpu + C_TLB_READ_UNPRIV, user ? table : M_TLB_EMPTY);
  store<u32>(cpu + C_TLB_WRITE_UNPRIV, user ? table + M_TLB_TABLE_BYTES : M_TLB_EMPTY);
  selectFetch(cpu);
}

/** With PSTATE.IL set, or when instructions run one at a time, every fetch must be seen. */
export function selectFetch(cpu: usize): void {
  const seen = (load<u32>(cpu + C_IL) | load<u32>(cpu + C_STEPPING)) != 0;
  store<u32>(cpu + C_TLB_FETCH, seen ? M_FETCH_EMPTY : slotBase(load<u32>(cpu + C_CORE_INDEX), load<u32>(cpu + C_SLOT)));
}

/** The slot in use for accesses with EL0's rights from a higher level; unprivileged accesses probe its tables from now on. */
function unprivilegedSlot(cpu: usize): u32 {
  const slot = findSlot(cpu, 0);
  const table = readTable(load<u32>(cpu + C_CORE_INDEX), slot);
  store<u32>(cpu + C_TLB_READ_UNPRIV, table);
  store<u32>(cpu + C_TLB_WRITE_UNPRIV, table + M_TLB_TABLE_BYTES);
  return slot;
}

/** The table that an unprivileged access probes: chosen by the first one in a regime, for most have none. */
export function unprivilegedTable(cpu: usize, write: bool): u32 {
  if (load<u32>(cpu + C_TLB_READ_UNPRIV) == M_TLB_EMPTY && (load<u32>(cpu + C_STEPPING) & 2) == 0) unprivilegedSlot(cpu);
  return tableFor(cpu, write, true);
}

/** The table that an access probes. */
export function tableFor(cpu: usize, write: bool, unprivileged: bool): u32 {
  if (unprivileged) return load<u32>(cpu + (write ? C_TLB_WRITE_UNPRIV : C_TLB_READ_UNPRIV));
  return load<u32>(cpu + (write ? C_TLB_WRITE : C_TLB_READ));
}

/** Host address by the soft TLB alone, whatever the alignment; 0 on a miss. */
export function probe(table: u32, va: u64): u32 {
  const x = va ^ load<u64>(table + (((va >> 12) as u32) & 0xfffff) * 8);
  return x >> 31 == 0 ? (x as u32) : 0;
}

/**
 * What an entry of a page that a debugger watches has on top, so that no access hits it and every one comes to the runtime; the translation
 * stays as the guest left it. Addresses with those bits are in no half of the address space.
 */
const ASIDE: u64 = <u64>0x2d5a << 49;

/** The same for entries that were put aside. */
export function probeAside(table: u32, va: u64): u32 {
  return probe(table, va ^ ASIDE);
}

/** Puts the entries of a page aside, or back, as {@link isWatched} says now. On all cores. */
export function watchesChanged(va: u64): void {
  const index = ((va >> 12) as u32) & 0xfffff;
  const wanted = isWatched(va) ? ASIDE : 0;
  for (let core: u32 = 0; core < load<u32>(CORE_COUNT); core++) {
    for (let slot: u32 = 0; slot < load<u32>(TLB_SLOTS); slot++) {
      if (load<u32>(slotBase(core, slot) + READY) == 0) continue;
      for (let write: u32 = 0; write < 2; write++) {
        const at = readTable(core, slot) + write * M_TLB_TABLE_BYTES + index * 8;
        const entry = load<u64>(at);
        // Whatever the tag of the address that it was made for.
        if (((va ^ entry ^ wanted ^ ASIDE) << 8) >> 39 == 0) store<u64>(at, entry ^ ASIDE);
      }
    }
  }
}

/** Enters a translation to the host page; `blockBits` is log2 of what its descriptor maps. */
export function fill(cpu: usize, va: u64, host: u32, write: bool, unprivileged: bool, blockBits: u32): void {
  if ((load<u32>(cpu + C_STEPPING) & 2) != 0) return;
  count(cpu, unprivileged ? EVENT_FILL_UNPRIVILEGED : write ? EVENT_FILL_WRITE : EVENT_FILL_READ);
  const core = load<u32>(cpu + C_CORE_INDEX);
  const slot = unprivileged ? unprivilegedSlot(cpu) : load<u32>(cpu + C_SLOT);
  const base = slotBase(core, slot);
  const table = readTable(core, slot) + (write ? M_TLB_TABLE_BYTES : 0);
  const index = ((va >> 12) as u32) & 0xfffff;
  const at = table + index * 8;
  const old = load<u64>(at);
  if (old == (index < HALF / 8 ? EMPTY_LOW : 0)) {
    const filled = load<u32>(base + FILLED);
    if (filled < JOURNAL_ENTRIES) {
      store<u32>(base + M_SLOT_JOURNAL_OFFSET + filled * 4, index | (write ? STORE_ENTRY : 0));
      store<u32>(base + FILLED, filled + 1);
    }
  }
  store<u64>(at, (va & ~(<u64>4095)) ^ (host & ~4095) ^ (isWatched(va) ? ASIDE : 0));
  if (blockBits > 12) noteBlock(base, va, blockBits);
  if (write) setHostPageFlags(host, hostPageFlags(host) | HAS_STORE_ENTRY);
}

/** Remembers that pages of a larger mapping were entered: TLBI by address must take all of them (DDI 0487 D8.14.5). */
function noteBlock(base: u32, va: u64, bits: u32): void {
  const first = va & ~((<u64>1 << bits) - 1);
  const count = load<u32>(base + BLOCKS);
  for (let i: u32 = 0; i < min(count, MAX_BLOCKS); i++) {
    const at = base + BLOCK_LIST + i * 16;
    if (load<u64>(at) == first && load<u64>(at + 8) >= <u64>1 << bits) return;
  }
  if (count < MAX_BLOCKS) {
    store<u64>(base + BLOCK_LIST + count * 16, first);
    store<u64>(base + BLOCK_LIST + count * 16 + 8, <u64>1 << bits);
  }
  store<u32>(base + BLOCKS, min(count + 1, MAX_BLOCKS + 1));
}

function inBlock(base: u32, va: u64): bool {
  const count = load<u32>(base + BLOCKS);
  if (count > MAX_BLOCKS) return true;
  for (let i: u32 = 0; i < count; i++) {
    // Addresses of TLBI have no bits above 55: compare what both have.
    if (((va - load<u64>(base + BLOCK_LIST + i * 16)) & 0x00ff_ffff_ffff_ffff) < load<u64>(base + BLOCK_LIST + i * 16 + 8)) return true;
  }
  return false;
}

function fetchOffset(va: u64): u32 {
  return ((va >> 8) as u32) & M_SLOT_FETCH_MASK;
}

/** Empties an entry for fetch if it has that page; addresses of TLBI have no bits above 55. */
function dropFetch(at: u32, page: u64): void {
  if (((load<u64>(at) ^ page) & 0xfff_ffff_ffff) == 0) store<u64>(at, 0);
}

/** Enters a page of micro-ops into the fetch table in use. */
export function fillFetch(cpu: usize, va: u64, page: u32, blockBits: u32): void {
  count(cpu, EVENT_FILL_FETCH);
  const base = slotBase(load<u32>(cpu + C_CORE_INDEX), load<u32>(cpu + C_SLOT));
  const at = base + fetchOffset(va);
  store<u64>(at, (va >> 12) | FETCH_READY);
  store<u32>(at + 8, page);
  if (blockBits > 12) noteBlock(base, va, blockBits);
}

/** Pages of micro-ops will be forgotten: from now on every first fetch from a page asks for it again, by the translation that was found. */
export function demoteFetches(): void {
  for (let core: u32 = 0; core < load<u32>(CORE_COUNT); core++) {
    if (isElsewhere(core)) continue;
    for (let slot: u32 = 0; slot < load<u32>(TLB_SLOTS); slot++) {
      const base = slotBase(core, slot);
      if (load<u32>(base + READY) == 0) continue;
      for (let at = base; at < base + M_SLOT_FETCH_BYTES; at += 16) {
        const tag = load<u64>(at);
        if ((tag & FETCH_READY) == 0) continue;
        store<u64>(at, tag ^ (FETCH_READY | FETCH_DEMOTED));
        store<u32>(at + 8, load<u32>(load<u32>(at + 8)));
      }
    }
  }
}

/** The host page that a demoted entry of the table in use has for an address, or 0. */
export function demotedFetch(cpu: usize, va: u64): u32 {
  const at = load<u32>(cpu + C_TLB_FETCH) + fetchOffset(va);
  return load<u64>(at) == ((va >> 12) | FETCH_DEMOTED) && (va & 3) == 0 ? load<u32>(at + 8) : 0;
}

export function promoteFetch(cpu: usize, va: u64, page: u32): void {
  const at = load<u32>(cpu + C_TLB_FETCH) + fetchOffset(va);
  store<u64>(at, (va >> 12) | FETCH_READY);
  store<u32>(at + 8, page);
}

/** What a TLBI is about: everything; EL1&0 with the current VMID; EL1&0 with any; EL2. */
const SCOPE_ALL: u32 = 0;
const SCOPE_VMID: u32 = 1;
const SCOPE_EL10: u32 = 2;
const SCOPE_EL2: u32 = 3;

/** Whether a slot holds translations that a TLBI on `cpu` takes. */
function inScope(cpu: usize, base: u32, scope: u32): bool {
  if (scope == SCOPE_ALL) return true;
  const controls = load<u64>(base + KEY);
  const isEl2 = ((controls >> KEY_LEVEL) & 3) == 2;
  if (scope == SCOPE_EL2) return isEl2;
  if (isEl2) return false;
  // Without a stage 2 the VMID is not kept.
  const nested = controls >> KEY_STAGE2 != 0;
  return scope == SCOPE_EL10 || !nested || load<u64>(base + KEY + VTTBR) >> 48 == load<u64>(cpu + C_VTTBR_EL2) >> 48;
}

function flushScope(cpu: usize, core: u32, scope: u32): void {
  // Nothing is left of whatever VMID.
  if (scope == SCOPE_ALL || scope == SCOPE_EL10 || !hasEl2(cpu)) atomic.store<u32>(corePointer(core) + C_GLOBAL_LOW, 0);
  for (let slot: u32 = 0; slot < load<u32>(TLB_SLOTS); slot++) {
    const base = slotBase(core, slot);
    if (load<u32>(base + READY) != 0 && inScope(cpu, base, scope)) flushSlot(core, slot);
  }
}

export function flushCore(core: u32): void {
  flushScope(corePointer(core), core, SCOPE_ALL);
}

/** Empties the slots of an ASID. */
function flushAsid(cpu: usize, core: u32, asid: i32, scope: u32): void {
  for (let slot: u32 = 0; slot < load<u32>(TLB_SLOTS); slot++) {
    const base = slotBase(core, slot);
    if (load<u32>(base + READY) != 0 && inScope(cpu, base, scope) && asidOfSlot(base) == asid) flushSlot(core, slot);
  }
}

export function flushCoreAsid(core: u32, asid: i32): void {
  flushAsid(corePointer(core), core, asid, SCOPE_EL10);
}

/** Takes a page away, where `asid` is not ALL_ASIDS only from its slots: global entries may be in all of them. */
function flushPage(cpu: usize, core: u32, va: u64, asid: i32, scope: u32): void {
  const index = ((va >> 12) as u32) & 0xfffff;
  const everywhere = asid == ALL_ASIDS || load<u32>(corePointer(core) + C_GLOBAL_LOW) != 0;
  for (let slot: u32 = 0; slot < load<u32>(TLB_SLOTS); slot++) {
    const base = slotBase(core, slot);
    if (load<u32>(base + READY) == 0 || !inScope(cpu, base, scope)) continue;
    if (!everywhere && asidOfSlot(base) != asid) continue;
    if (load<u32>(base + BLOCKS) != 0 && inBlock(base, va)) {
      count(corePointer(core), EVENT_TLBI_BLOCK);
      flushSlot(core, slot);
      continue;
    }
    const table = readTable(core, slot);
    makeEmpty(table, index);
    makeEmpty(table + M_TLB_TABLE_BYTES, index);
    dropFetch(base + fetchOffset(va), va >> 12);
  }
}

export function flushCorePage(core: u32, va: u64, asid: i32): void {
  flushPage(corePointer(core), core, va, asid, SCOPE_ALL);
}

/** HCR_EL2.FB: what EL1 says for its own core is for all. */
function isBroadcast(cpu: usize, kind: u32): bool {
  return (kind & 1) != 0 || ((hcr(cpu) & HCR_FB) != 0 && load<u32>(cpu + C_EL) == 1);
}

/** Of the kind of a TLBI: bit 0 for broadcast, bit 1 for all ASIDs, and from here on its scope. */
const KIND_SCOPE: u32 = 2;

/** TLBI of everything in a scope, on this core or on all. Those by intermediate address take more than they must. */
export function tlbiAll(cpu: usize, kind: u32): void {
  count(cpu, EVENT_TLBI_ALL);
  const everywhere = isBroadcast(cpu, kind);
  const scope = kind >> KIND_SCOPE;
  if (!everywhere || parallel) {
    flushScope(cpu, load<u32>(cpu + C_CORE_INDEX), scope);
    if (everywhere) askToFlushAll();
    return;
  }
  for (let core: u32 = 0; core < load<u32>(CORE_COUNT); core++) flushScope(cpu, core, scope);
}

/** TLBI by ASID, which is in bits 63:48 of `operand`: what is not global. */
export function tlbiAsid(cpu: usize, operand: u64, kind: u32): void {
  count(cpu, EVENT_TLBI_ASID);
  const everywhere = isBroadcast(cpu, kind);
  const scope = kind >> KIND_SCOPE;
  const asid = narrowAsid(load<u64>(cpu + C_TCR_EL1), operand);
  if (!everywhere || parallel) {
    flushAsid(cpu, load<u32>(cpu + C_CORE_INDEX), asid, scope);
    if (everywhere) askToFlushAsid(asid);
    return;
  }
  for (let core: u32 = 0; core < load<u32>(CORE_COUNT); core++) flushAsid(cpu, core, asid, scope);
}

/** TLBI by address: `operand` has VA[55:12] in bits 43:0 and, unless it is for all ASIDs, the ASID in bits 63:48. */
export function tlbiVa(cpu: usize, operand: u64, kind: u32): void {
  count(cpu, EVENT_TLBI_VA);
  const everywhere = isBroadcast(cpu, kind);
  const scope = kind >> KIND_SCOPE;
  const va = (operand & 0xfff_ffff_ffff) << 12;
  // Entries of the upper half are global more often than not.
  const asid = (kind & 2) != 0 || ((va >> 55) & 1) != 0 ? ALL_ASIDS : narrowAsid(load<u64>(cpu + C_TCR_EL1), operand);
  // A larger granule may take the address of any of its pages (bits below the granule are RES0).
  const pages: u64 = granulePages(cpu, scope);
  for (let i: u64 = 0; i < pages; i++) {
    const at = va + (i << 12);
    if (!everywhere || parallel) {
      flushPage(cpu, load<u32>(cpu + C_CORE_INDEX), at, asid, scope);
      if (everywhere) askToFlushPage(at, asid);
    } else for (let core: u32 = 0; core < load<u32>(CORE_COUNT); core++) flushPage(cpu, core, at, asid, scope);
  }
}

function granulePages(cpu: usize, scope: u32): u64 {
  const isEl2 = scope == SCOPE_EL2;
  const tcr = load<u64>(cpu + (isEl2 ? C_TCR_EL2 : C_TCR_EL1));
  const low = ((tcr >> 14) as u32) & 3;
  const high: u32 = isEl2 ? 0 : ((tcr >> 30) as u32) & 3;
  return low == 1 || high == 3 ? 16 : low == 2 || high == 1 ? 4 : 1;
}

/** Takes every store entry of a host page away: its code is about to be predecoded. */
export function dropStoreEntries(host: u32): void {
  const flags = hostPageFlags(host);
  if ((flags & HAS_STORE_ENTRY) == 0) return;
  setHostPageFlags(host, flags & ~HAS_STORE_ENTRY);
  const page = host & ~4095;
  for (let core: u32 = 0; core < load<u32>(CORE_COUNT); core++) {
    // In parallel mode only the own code is protected, from the own stores: what others store needs IC, as on hardware.
    if (isElsewhere(core)) continue;
    for (let slot: u32 = 0; slot < load<u32>(TLB_SLOTS); slot++) {
      const base = slotBase(core, slot);
      if (load<u32>(base + READY) == 0) continue;
      const filled = load<u32>(base + FILLED);
      if (filled >= JOURNAL_ENTRIES) {
        flushSlot(core, slot);
        continue;
      }
      const table = readTable(core, slot) + M_TLB_TABLE_BYTES;
      const journal = base + M_SLOT_JOURNAL_OFFSET;
      for (let i: u32 = 0; i < filled; i++) {
        const entry = load<u32>(journal + i * 4);
        if ((entry & STORE_ENTRY) == 0) continue;
        const index = entry & 0xfffff;
        const low = (((load<u64>(table + index * 8) as u32) ^ (index << 12)) & 0x7fff_f000) as u32;
        if (low == page) makeEmpty(table, index);
      }
    }
  }
}

export function corePointer(core: u32): usize {
  return M_CORE_BASE + core * M_CORE_STRIDE;
}
