/**
 * What generated code and the machine call: address translation, slow paths, exceptions, time, exact floating point. In AssemblyScript,
 * because it runs millions of times in a boot and must not leave WebAssembly.
 */
export * from './softfloat/index';
export { allocate, codePageCount, codeRangeChanged, initializeMemory, mapRam, mapRom, peekEntry, physicalAddress, poolLeft } from './memory';
export { cloneMap, currentMap, dropMap, useMap, writtenAddress } from './shared-pages';
export { initializeTlb, selectFetch, selectTables, tlbiAll, tlbiAsid, tlbiVa, watchesChanged } from './tlb';
export { invalidateAllCode, invalidateCode, maintainByAddress, regionStore, regionTranslate, slowLoad, slowStore, translateRw } from './access';
export { fetchPage, fetchRecord, protectCode } from './fetch';
export { debugMaskChanged, eret, levelChanged, pstate, raise, raiseToEl2, raiseWithAddress, setSpsel, takeInterrupt, waitFor } from './exceptions';
export { interruptStatus, interruptsChanged } from './interrupts';
export {
  pmuAccessible,
  pmuChanged,
  pmuControl,
  pmuDeadline,
  pmuIncrement,
  pmuInterrupt,
  pmuReadControl,
  pmuReadSelected,
  pmuSync,
  pmuWriteSelected,
} from './pmu';
export { instructions, now, physicalCount, ticksOf, virtualCount } from './time';
export {
  askToFlushAll,
  askToFlushAll,
  atomicLimit,
  clock,
  compareExchangePair,
  enterGuest,
  hasRequests,
  joinParallel,
  leaveGuest,
  moveClock,
  sendEvent,
  serveRequests,
  synchronize,
  synchronizeMachine,
} from './parallel';
export { addressTranslate } from './address-translation';

import { OK, pa, translate } from './walk';

/** Translates for the debugger and the machine: physical address, or -1. `access` 0 read, 1 write, 2 execute. */
export function explainAddress(cpu: usize, va: u64, access: u32, user: u32): u64 {
  return translate(cpu, va, access, user != 0, false) == OK ? pa : u64.MAX_VALUE;
}
