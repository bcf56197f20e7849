/** AT instructions: PAR_EL1 (DDI 0487 C5.4, D19.2.112). */
import { C_EL, C_LEAVE, C_PAR_EL1, EVENT_WALK_READ } from './dist/layout';
import { CACHE_MAINTENANCE, dataAbort } from './access';
import { EL10 } from './el2';
import { count } from './events';
import { S1PTW, STAGE2 } from './stage2';
import { FSC_EXTERNAL_WALK, OK, READ, WRITE, attributes, isDevice, pa, shareability, translateFirst, translateIn } from './walk';

/** What is translated, by its bits: as a write; with EL0's rights; through both stages; the regime above. */
const AT_WRITE: u32 = 1;
const AT_USER: u32 = 2;
const AT_BOTH: u32 = 4;

/**
 * AT S1E1R and the like, `kind` as above with the regime from bit 3 on. Answers how the instruction ends: an external abort of the walk is
 * taken, and by EL2 a fault of stage 2 on the walk of an AT of EL1; all else goes to PAR_EL1.
 */
export function addressTranslate(cpu: usize, va: u64, kind: u32, pc: u64): u32 {
  const access = (kind & AT_WRITE) != 0 ? WRITE : READ;
  const user = (kind & AT_USER) != 0;
  const regime = kind >> 3;
  count(cpu, EVENT_WALK_READ + access);
  const fault =
    (kind & AT_BOTH) != 0
      ? translateIn(cpu, va, access, user, false, regime)
      : translateFirst(cpu, va, access, user, false, regime);
  const status = fault & 63;
  const external = status >= FSC_EXTERNAL_WALK && status <= FSC_EXTERNAL_WALK + 3;
  if (fault != OK && (external || ((fault & S1PTW) != 0 && load<u32>(cpu + C_EL) == EL10))) {
    dataAbort(cpu, va, fault, true, CACHE_MAINTENANCE, pc);
    return load<u32>(cpu + C_LEAVE);
  }
  let par: u64;
  if (fault != OK) {
    // FST, PTW (bit 8) and S (bit 9).
    par = 1 | ((status as u64) << 1) | (1 << 11);
    if ((fault & S1PTW) != 0) par |= 1 << 8;
    if ((fault & STAGE2) != 0) par |= 1 << 9;
  } else {
    // Device memory and Normal non-cacheable read as outer shareable. Bit 9 is NS.
    const outer = isDevice() || attributes == 0x44;
    par = (pa & 0x0000_ffff_ffff_f000) | ((attributes as u64) << 56) | (1 << 11) | ((outer ? 2 : shareability) << 7) | (1 << 9);
  }
  store<u64>(cpu + C_PAR_EL1, par);
  return 0;
}
