/** Watchpoints (DDI 0487 D2.10). While one may match, no access hits the soft TLB, so every one comes here. */
import { C_DBGWCR, C_DBGWVR, C_EL } from './dist/layout';

export const WATCHPOINTS: u32 = 4;
const LOAD: u32 = 1 << 3;
const STORE: u32 = 1 << 4;

/** Whether a watchpoint covers a byte of the access. */
export function watches(cpu: usize, va: u64, bytes: u32, write: bool, user: bool): bool {
  for (let n: u32 = 0; n < WATCHPOINTS; n++) {
    const control = load<u64>(cpu + C_DBGWCR + n * 8) as u32;
    const privilege = (control >> 1) & 3;
    if ((control & 1) == 0 || (control & (write ? STORE : LOAD)) == 0 || (privilege & (user ? 2 : 1)) == 0) continue;
    const mask = (control >> 24) & 31;
    const watched = load<u64>(cpu + C_DBGWVR + n * 8);
    if (mask != 0) {
      const range = <u64>1 << mask;
      const first = watched & ~(range - 1);
      if (va < first + range && va + bytes > first) return true;
      continue;
    }
    const select = (control >> 5) & 0xff;
    for (let byte: u32 = 0; byte < 8; byte++) {
      if (((select >> byte) & 1) != 0 && watched + byte - va < bytes) return true;
    }
  }
  return false;
}
