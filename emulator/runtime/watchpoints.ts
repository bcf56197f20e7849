/** Watchpoints (DDI 0487 D2.10). While one may match, no access hits the soft TLB, so every one comes here. */
import { C_DBGWCR, C_DBGWVR, C_EL } from './dist/layout';
import { hasEl2 } from './el2';

export const WATCHPOINTS: u32 = 4;
const LOAD: u32 = 1 << 3;
const STORE: u32 = 1 << 4;

/**
 * Whether a watchpoint's HMC, SSC and PAC have the access (Table D2-13, for a core in Non-secure state without EL3); `user`: with EL0's
 * rights. What is reserved works as if it were disabled.
 */
function matchesLevel(cpu: usize, control: u32, user: bool): bool {
  const pac = (control >> 1) & 3;
  const higher = ((control >> 13) & 1) != 0;
  const state = (control >> 14) & 3;
  const atEl2 = load<u32>(cpu + C_EL) == 2;
  if (higher && (state & 1) != 0 && pac == 0) return atEl2;
  if (state != 0 || (higher && (!hasEl2(cpu) || pac == 2 || pac == 0))) return false;
  return atEl2 ? higher : (pac & (user ? 2 : 1)) != 0;
}

/** Whether a watchpoint covers a byte of the access. */
export function watches(cpu: usize, va: u64, bytes: u32, write: bool, user: bool): bool {
  for (let n: u32 = 0; n < WATCHPOINTS; n++) {
    const control = load<u64>(cpu + C_DBGWCR + n * 8) as u32;
    if ((control & 1) == 0 || (control & (write ? STORE : LOAD)) == 0 || !matchesLevel(cpu, control, user)) continue;
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
