/** Instruction fetch: from a virtual address to the page of micro-ops. */
import { C_EL, C_IL, C_PC, C_STEPPING, C_LEAVE, LEAVE_RESYNC, LEAVE_STEP } from './dist/layout';
import { regimeOf } from './el2';
import { EC_ILLEGAL_STATE, EC_INSTRUCTION_ABORT, EC_PC_ALIGNMENT, raise, raiseStage2, raiseWithAddress } from './exceptions';
import { tellFetched } from './external-debug';
import { HAS_CODE, codePage, fence, hostPageFlags, physicalEntry, setHostPageFlags } from './memory';
import { S1PTW, STAGE2, faultIpa } from './stage2';
import { demotedFetch, dropStoreEntries, fillFetch, promoteFetch } from './tlb';
import { EXECUTE, FSC_EXTERNAL, OK, blockBits, ignoresTopByte, pa, translate } from './walk';

/**
 * The page of micro-ops for an address; 0 when an exception was taken, PC was put right, or the instruction must run by itself: field
 * LEAVE then says which.
 */
export function fetchPage(cpu: usize, va: u64): u32 {
  // The table has the translation, but the page of micro-ops was forgotten meanwhile.
  const host = demotedFetch(cpu, va);
  if (host == 0) return walkForPage(cpu, va);
  const page = codePage(host);
  promoteFetch(cpu, va, page);
  return page;
}

function walkForPage(cpu: usize, va: u64): u32 {
  store<u32>(cpu + C_LEAVE, LEAVE_RESYNC);
  const level = load<u32>(cpu + C_EL);
  if (ignoresTopByte(cpu, va, regimeOf(cpu))) {
    // A branch to a tagged address drops the tag (DDI 0487 J1.1.3, BranchAddr); EL2 has one half of addresses only.
    const plain = level == 2 ? (va << 8) >> 8 : ((((va << 8) as i64) >> 8) as u64);
    if (plain != va) {
      store<u64>(cpu + C_PC, plain);
      return 0;
    }
  }
  if ((va & 3) != 0) {
    raiseWithAddress(cpu, EC_PC_ALIGNMENT, 0, va, va);
    return 0;
  }
  const fault = translate(cpu, va, EXECUTE, level == 0, false);
  if (fault != OK) {
    const status = (fault & 63) as u32;
    if ((fault & STAGE2) == 0) raiseWithAddress(cpu, EC_INSTRUCTION_ABORT, status, va, va);
    else raiseStage2(cpu, EC_INSTRUCTION_ABORT, status | ((fault & S1PTW) != 0 ? 1 << 7 : 0), va, faultIpa, va);
    return 0;
  }
  if (load<u32>(cpu + C_IL) != 0) {
    raise(cpu, EC_ILLEGAL_STATE, 0, va);
    return 0;
  }
  const entry = physicalEntry(pa);
  if (entry == 0) {
    raiseWithAddress(cpu, EC_INSTRUCTION_ABORT, FSC_EXTERNAL as u32, va, va);
    return 0;
  }
  const page = codePage(entry & ~4095);
  if (load<u32>(cpu + C_STEPPING) != 0) {
    store<u32>(cpu + C_LEAVE, LEAVE_STEP);
    return 0;
  }
  fillFetch(cpu, va, page, blockBits);
  tellFetched(va, page);
  return page;
}

/** The same for the outer loop, which runs one instruction: the record's address, or 0 after an exception. */
export function fetchRecord(cpu: usize, va: u64): u32 {
  const stepping = load<u32>(cpu + C_STEPPING);
  store<u32>(cpu + C_STEPPING, 0);
  const page = walkForPage(cpu, va);
  store<u32>(cpu + C_STEPPING, stepping);
  return page == 0 ? 0 : page + 16 + (((va as u32) & 4095) << 2);
}

/** From now on stores to this page are seen: its code is predecoded. */
export function protectCode(host: u32): void {
  const page = codePage(host);
  store<u32>(page + 4, load<u32>(page + 4) | 1);
  dropStoreEntries(host);
  setHostPageFlags(host, hostPageFlags(host) | HAS_CODE);
  // Another core that writes code and then invalidates it sees the flag, or else its words are read from now on.
  fence();
}
