/** What ESR_EL2 tells of the instruction whose access stage 2 did not allow (DDI 0487 D19.2.37, ISV and the fields above it). */
import { C_EL } from './dist/layout';
import { regimeOf } from './el2';
import { physicalEntry } from './memory';
import { EXECUTE, OK, pa, translateIn } from './walk';

/** The instruction at an address, read as a fetch from the present level would; 0 where it cannot be. */
export function wordAt(cpu: usize, pc: u64): u32 {
  if (translateIn(cpu, pc, EXECUTE, load<u32>(cpu + C_EL) == 0, false, regimeOf(cpu)) != OK) return 0;
  const entry = physicalEntry(pa);
  return entry == 0 ? 0 : load<u32>((entry & ~4095) | ((pa as u32) & 4092));
}

function syndrome(size: u32, signed: bool, wide: bool, ordered: bool, word: u32): u32 {
  const register = (word & 31) << 16;
  return (1 << 24) | (size << 22) | (signed ? 1 << 21 : 0) | register | (wide ? 1 << 15 : 0) | (ordered ? 1 << 14 : 0);
}

/**
 * ISV, SAS, SSE, SRT, SF and AR of a load or store of one general register without writeback, LDAR and STLR included; 0 for all others:
 * pairs, exclusives, atomics, vectors, those that write their base back.
 */
export function registerAccess(word: u32): u32 {
  const size = word >>> 30;
  // Load/store ordered: o2 = 1, o1 = 0.
  if ((word & 0x3fa0_0000) == 0x0880_0000) return syndrome(size, false, size == 3, true, word);
  if ((word & 0x3f00_0000) == 0x1800_0000) {
    // Literals: W, X, SW.
    return size == 3 ? 0 : syndrome(size == 1 ? 3 : 2, size == 2, size != 0, false, word);
  }
  const unsignedOffset = (word & 0x3f00_0000) == 0x3900_0000;
  if (!unsignedOffset) {
    if ((word & 0x3f00_0000) != 0x3800_0000) return 0;
    // Unscaled and unprivileged, or (bit 21) a register as offset.
    const kind = (word >> 10) & 3;
    if ((word & (1 << 21)) != 0 ? kind != 2 : kind == 1 || kind == 3) return 0;
  }
  const opc = (word >> 22) & 3;
  return syndrome(size, opc >= 2, opc == 2 || (opc < 2 && size == 3), false, word);
}

/** Whether an instruction that may write memory reads it as well: CAS, CASP, SWP and the like. */
export function isUpdate(word: u32): bool {
  const compares = (word & 0x3f20_7c00) == 0x0820_7c00;
  return compares || (word & 0x3f20_0c00) == 0x3820_0000;
}
