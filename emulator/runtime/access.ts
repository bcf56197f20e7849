/**
 * The slow paths of guest loads and stores: soft-TLB misses, unaligned accesses, page crossings, devices, faults.
 *
 * `info` has the bytes of the access in bits 7:0 and flags above (see `access` in isa/derive/semantics.ts). The value of a store, and of
 * a load that is not one piece of RAM, passes through the field BOUNCE.
 */
import { EVENT_CODE_STORE, EVENT_DEVICE_LEFT, EVENT_PAGE_CROSSING, EVENT_REGION_DECLINED, EVENT_UNALIGNED } from './dist/layout';
import { count } from './events';
import { C_BOUNCE, C_DEVICE_ALLOWED, C_EL, C_LEAVE, C_SCTLR, C_STEPPING, LEAVE_COLD, LEAVE_DEVICE } from './dist/layout';
import { EC_DATA_ABORT, raiseStage2, raiseWithAddress } from './exceptions';
import { HAS_CODE, READ_ONLY, codeChanged, codeRangeChanged, fence, forgetCode, hasRegions, hostPageFlags, physicalEntry } from './memory';
import { isWatched, stopsForWatch } from './external-debug';
import { writtenEntry } from './shared-pages';
import { askToForgetAll } from './parallel';
import { S1PTW, STAGE2, faultIpa } from './stage2';
import { isUpdate, registerAccess, wordAt } from './syndrome';
import { fill, probe, probeAside, tableFor, unprivilegedTable } from './tlb';
import { watches } from './watchpoints';
import {
  FSC_ALIGNMENT,
  FSC_EXTERNAL,
  FSC_UNSUPPORTED_EXCLUSIVE,
  OK,
  READ,
  WRITE,
  blockBits,
  isDevice,
  isFlatDevice,
  pa,
  translate,
  writeOnly,
} from './walk';

// @ts-ignore: decorator
@external("env", "deviceRead")
declare function deviceRead(cpu: usize, paHigh: u32, paLow: u32, size: u32): u32;
// @ts-ignore: decorator
@external("env", "deviceWrite")
declare function deviceWrite(cpu: usize, paHigh: u32, paLow: u32, size: u32): u32;

const EC_WATCHPOINT: u32 = 0x34;
const FSC_DEBUG: u32 = 0x22;
const UNPRIVILEGED: u32 = 1 << 8;
const ALIGNED: u32 = 1 << 9;
/** Cache maintenance (ISS.CM), which reports as a write. */
export const CACHE_MAINTENANCE: u32 = 1 << 10;

const RAM: u32 = 1;
const DEVICE: u32 = 2;
/** Host address of the last `resolve` that answered RAM. */
let host: u32 = 0;

/** Raises a data abort at the address: `status` with its marks of stage 2. */
export function dataAbort(cpu: usize, va: u64, status: i32, write: bool, info: u32, pc: u64): void {
  const maintenance = (info & CACHE_MAINTENANCE) != 0 ? 1 << 8 : 0;
  const iss: u32 = maintenance | (write ? 1 << 6 : 0) | ((status & 63) as u32);
  if ((status & STAGE2) == 0) {
    raiseWithAddress(cpu, EC_DATA_ABORT, iss, va, pc);
    return;
  }
  // To read the instruction is to translate again.
  const ipa = faultIpa;
  const more = (status & S1PTW) != 0 ? 1 << 7 : maintenance != 0 ? 0 : registerAccess(wordAt(cpu, pc));
  raiseStage2(cpu, EC_DATA_ABORT, iss | more, va, ipa, pc);
}

/** Bytes of the pieces that must be aligned. */
function unitOf(info: u32): u32 {
  const element = (info >> 12) & 7;
  return element != 0 ? 1 << (element - 1) : info & 0xff;
}

/**
 * Finds host memory for the part of an access in one page, of `bytes`: RAM (address in `host`), DEVICE, or 0 after a fault was raised, or
 * where a debugger watches.
 */
function resolve(cpu: usize, va: u64, bytes: u32, write: bool, misaligned: bool, info: u32, pc: u64): u32 {
  const unprivileged = (info & UNPRIVILEGED) != 0 && load<u32>(cpu + C_EL) == 1;
  const table = unprivileged ? unprivilegedTable(cpu, write) : tableFor(cpu, write, false);
  host = probe(table, va);
  // With the MMU off all data is Device memory: what hits may still be misaligned.
  const mayHit = !(misaligned && isFlatDevice(cpu));
  if (host != 0 && mayHit) return RAM;
  if (isWatched(va)) {
    host = probeAside(table, va);
    if (host != 0 && mayHit) return stopsForWatch(cpu, va, bytes, write) ? 0 : RAM;
  }
  const user = unprivileged || load<u32>(cpu + C_EL) == 0;
  const fault = translate(cpu, va, write ? WRITE : READ, user, misaligned);
  if (fault != OK) {
    dataAbort(cpu, va, fault, write, info, pc);
    return 0;
  }
  // Stage 2 alone knows memory that can be written and not read: what does both, reads first.
  const hidden = write && writeOnly;
  if (hidden) {
    const reads = isUpdate(wordAt(cpu, pc));
    const again = translate(cpu, va, reads ? READ : WRITE, user, misaligned);
    if (again != OK) {
      dataAbort(cpu, va, again, !reads, info, pc);
      return 0;
    }
  }
  if ((load<u32>(cpu + C_STEPPING) & 2) != 0) {
    const unit = unitOf(info);
    for (let at: u32 = 0; at < (info & 0xff); at += unit) {
      if (!watches(cpu, va + at, unit, write, user)) continue;
      raiseWithAddress(cpu, EC_WATCHPOINT, (write ? 1 << 6 : 0) | FSC_DEBUG, va + at, pc);
      return 0;
    }
  }
  if (isWatched(va) && stopsForWatch(cpu, va, bytes, write)) return 0;
  const entry = write ? writtenEntry(pa) : physicalEntry(pa);
  if (entry == 0 || (write && (entry & READ_ONLY) != 0)) return DEVICE;
  host = (entry & ~4095) | ((pa as u32) & 4095);
  // RAM mapped as Device memory is not entered, so that misaligned accesses to it always come here.
  if (hidden || (isDevice() && !isFlatDevice(cpu))) return RAM;
  if (!write || (hostPageFlags(host) & HAS_CODE) == 0) fill(cpu, va, host, write, unprivileged, blockBits);
  return RAM;
}

/** Whether an access is misaligned; faults where that is never allowed. 2: a fault was raised. */
function alignment(cpu: usize, va: u64, write: bool, info: u32, pc: u64): u32 {
  if (((va as u32) & (unitOf(info) - 1)) == 0) return 0;
  if ((info & ALIGNED) == 0 && ((load<u64>(cpu + C_SCTLR) >> 1) & 1) == 0) {
    count(cpu, EVENT_UNALIGNED);
    return 1;
  }
  dataAbort(cpu, va, FSC_ALIGNMENT, write, info, pc);
  return 2;
}

/** Moves `bytes` at BOUNCE from or to a device, by elements of at most 8 bytes. Answers false when the access left or failed. */
function device(cpu: usize, va: u64, bytes: u32, write: bool, info: u32, pc: u64): bool {
  if (load<u32>(cpu + C_DEVICE_ALLOWED) == 0) {
    store<u32>(cpu + C_LEAVE, LEAVE_DEVICE);
    count(cpu, EVENT_DEVICE_LEFT);
    return false;
  }
  const address = pa;
  const size = min(unitOf(info), 8);
  for (let done: u32 = 0; done < bytes; done += size) {
    const at = address + done;
    // The host reads and writes the first 8 bytes of BOUNCE.
    const piece = cpu + C_BOUNCE + 16;
    let ok: u32;
    if (write) {
      const kept = load<u64>(cpu + C_BOUNCE);
      store<u64>(cpu + C_BOUNCE, load<u64>(cpu + C_BOUNCE + done));
      ok = deviceWrite(cpu, (at >> 32) as u32, at as u32, size);
      store<u64>(cpu + C_BOUNCE, kept);
    } else {
      ok = deviceRead(cpu, (at >> 32) as u32, at as u32, size);
      if (bytes > size) {
        store<u64>(piece + done, load<u64>(cpu + C_BOUNCE));
        if (done + size >= bytes) memory.copy(cpu + C_BOUNCE, piece, bytes);
      }
    }
    if (ok == 0) {
      dataAbort(cpu, va + done, FSC_EXTERNAL, write, info, pc);
      return false;
    }
  }
  return true;
}

/** Answers the host address to load from, or 0 when the access left (field LEAVE says why). */
export function slowLoad(cpu: usize, va: u64, info: u32, pc: u64): u32 {
  const bytes = info & 0xff;
  const aligned = alignment(cpu, va, false, info, pc);
  if (aligned == 2) return 0;
  const offset = (va as u32) & 4095;
  if (offset + bytes <= 4096) {
    const kind = resolve(cpu, va, bytes, false, aligned != 0, info, pc);
    if (kind == RAM) return host;
    if (kind == 0 || !device(cpu, va, bytes, false, info, pc)) return 0;
    return (cpu + C_BOUNCE) as u32;
  }
  const first = 4096 - offset;
  count(cpu, EVENT_PAGE_CROSSING);
  store<u32>(cpu + C_LEAVE, 0);
  if (resolve(cpu, va, first, false, aligned != 0, info, pc) != RAM) return crossingFailed(cpu, va, false, info, pc);
  memory.copy(cpu + C_BOUNCE, host, first);
  if (resolve(cpu, va + first, bytes - first, false, aligned != 0, info, pc) != RAM) return crossingFailed(cpu, va + first, false, info, pc);
  memory.copy(cpu + C_BOUNCE + first, host, bytes - first);
  return (cpu + C_BOUNCE) as u32;
}

/** No device takes half an access. A fault may have been raised already: then LEAVE is set and PC is the vector. */
function crossingFailed(cpu: usize, va: u64, write: bool, info: u32, pc: u64): u32 {
  if (load<u32>(cpu + C_LEAVE) == 0) dataAbort(cpu, va, FSC_EXTERNAL, write, info, pc);
  return 0;
}

/** Stores BOUNCE; answers 0 when it is done, else the access left. */
export function slowStore(cpu: usize, va: u64, info: u32, pc: u64): u32 {
  return storeSlowly(cpu, va, info, pc, false);
}

/** The same for a region of the hot tier, which must not change code under its feet: there the cold tier takes over. */
export function regionStore(cpu: usize, va: u64, info: u32, pc: u64): u32 {
  return storeSlowly(cpu, va, info, pc, true);
}

/** Whether a region must leave its instruction to the cold tier. */
function declines(cpu: usize, page: u32): bool {
  if (!hasRegions(page)) return false;
  store<u32>(cpu + C_LEAVE, LEAVE_COLD);
  count(cpu, EVENT_REGION_DECLINED);
  return true;
}

function noteCodeStore(cpu: usize, page: u32): void {
  if ((hostPageFlags(page) & HAS_CODE) != 0) count(cpu, EVENT_CODE_STORE);
}

function storeSlowly(cpu: usize, va: u64, info: u32, pc: u64, inRegion: bool): u32 {
  const bytes = info & 0xff;
  const aligned = alignment(cpu, va, true, info, pc);
  if (aligned == 2) return 1;
  const offset = (va as u32) & 4095;
  if (offset + bytes <= 4096) {
    const kind = resolve(cpu, va, bytes, true, aligned != 0, info, pc);
    if (kind == 0) return 1;
    if (kind == DEVICE) return device(cpu, va, bytes, true, info, pc) ? 0 : 1;
    if (inRegion && declines(cpu, host)) return 1;
    noteCodeStore(cpu, host);
    codeChanged(host, bytes);
    copyOut(host, cpu + C_BOUNCE, bytes);
    return 0;
  }
  const first = 4096 - offset;
  count(cpu, EVENT_PAGE_CROSSING);
  store<u32>(cpu + C_LEAVE, 0);
  // Both pages before any byte: a fault on the second must leave the first as it was.
  if (resolve(cpu, va, first, true, aligned != 0, info, pc) != RAM) return 1 | crossingFailed(cpu, va, true, info, pc);
  const low = host;
  if (resolve(cpu, va + first, bytes - first, true, aligned != 0, info, pc) != RAM) return 1 | crossingFailed(cpu, va + first, true, info, pc);
  const high = host;
  if (inRegion && (declines(cpu, low) || declines(cpu, high))) return 1;
  codeChanged(low, first);
  codeChanged(high, bytes - first);
  memory.copy(low, cpu + C_BOUNCE, first);
  memory.copy(high, cpu + C_BOUNCE + first, bytes - first);
  return 0;
}

/** Other cores see a store of up to 8 bytes whole where it is aligned (DDI 0487 B2.2.1). */
function copyOut(host: u32, from: usize, bytes: u32): void {
  if (bytes == 8) store<u64>(host, load<u64>(from));
  else if (bytes == 4) store<u32>(host, load<u32>(from));
  else if (bytes == 2) store<u16>(host, load<u16>(from));
  else if (bytes == 1) store<u8>(host, load<u8>(from));
  else memory.copy(host, from, bytes);
}

/** Host address of memory that will be read and written at once; 0 when the access left. */
export function translateRw(cpu: usize, va: u64, info: u32, pc: u64): u32 {
  return translateSlowly(cpu, va, info, pc, false);
}

/** The same for a region of the hot tier. */
export function regionTranslate(cpu: usize, va: u64, info: u32, pc: u64): u32 {
  return translateSlowly(cpu, va, info, pc, true);
}

function translateSlowly(cpu: usize, va: u64, info: u32, pc: u64, inRegion: bool): u32 {
  if (alignment(cpu, va, true, info | ALIGNED, pc) != 0) return 0;
  const kind = resolve(cpu, va, info & 0xff, true, false, info, pc);
  if (kind == 0) return 0;
  if (kind == DEVICE) {
    dataAbort(cpu, va, FSC_UNSUPPORTED_EXCLUSIVE, true, info, pc);
    return 0;
  }
  if (inRegion && declines(cpu, host)) return 0;
  codeChanged(host, info & 0xff);
  return host;
}

/** DC and IC by address translate and fault as a load does, with ISS.CM (DDI 0487 C5.3, D19.2.37); there is no cache to maintain. */
export function maintainByAddress(cpu: usize, va: u64, pc: u64): u32 {
  const table = tableFor(cpu, false, false);
  if (probe(table, va) != 0 || (isWatched(va) && probeAside(table, va) != 0)) return 0;
  const fault = translate(cpu, va, READ, load<u32>(cpu + C_EL) == 0, false);
  if (fault == OK) return 0;
  dataAbort(cpu, va, fault, true, CACHE_MAINTENANCE, pc);
  return load<u32>(cpu + C_LEAVE);
}

/** IC IVAU in parallel mode: faults as other maintenance does; then no core has code of that line. */
export function invalidateCode(cpu: usize, va: u64, pc: u64): u32 {
  const fault = translate(cpu, va, READ, load<u32>(cpu + C_EL) == 0, false);
  if (fault != OK) {
    dataAbort(cpu, va, fault, true, CACHE_MAINTENANCE, pc);
    return load<u32>(cpu + C_LEAVE);
  }
  const entry = physicalEntry(pa);
  if (entry == 0) return 0;
  const line = (entry & ~4095) | ((pa as u32) & 4032);
  fence();
  codeRangeChanged(line, 64);
  return 0;
}

/** IC IALLU, and IALLUIS (`broadcast`), in parallel mode. */
export function invalidateAllCode(_cpu: usize, broadcast: u32): void {
  fence();
  forgetCode();
  if (broadcast != 0) askToForgetAll();
}
