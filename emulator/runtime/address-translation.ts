/** AT instructions: PAR_EL1 (DDI 0487 D19.2.112). */
import { C_LEAVE, C_PAR_EL1 } from './dist/layout';
import { CACHE_MAINTENANCE, dataAbort } from './access';
import { FSC_EXTERNAL_WALK, OK, READ, WRITE, attributes, isDevice, pa, shareability, translate } from './walk';

/** AT S1E1R, S1E1W, S1E0R, S1E0W. Answers how the instruction ends: an external abort of the walk is taken, all else goes to PAR_EL1. */
export function addressTranslate(cpu: usize, va: u64, write: u32, user: u32, pc: u64): u32 {
  const fault = translate(cpu, va, write != 0 ? WRITE : READ, user != 0, false);
  if (fault >= FSC_EXTERNAL_WALK && fault <= FSC_EXTERNAL_WALK + 3) {
    dataAbort(cpu, va, fault, true, CACHE_MAINTENANCE, pc);
    return load<u32>(cpu + C_LEAVE);
  }
  let par: u64;
  if (fault != OK) {
    par = 1 | ((fault as u64) << 1) | (1 << 11);
  } else {
    // Device memory and Normal non-cacheable read as outer shareable.
    const outer = isDevice() || attributes == 0x44;
    par = (pa & 0x0000_ffff_ffff_f000) | ((attributes as u64) << 56) | (1 << 11) | ((outer ? 2 : shareability) << 7) | (1 << 9);
  }
  store<u64>(cpu + C_PAR_EL1, par);
  return 0;
}
