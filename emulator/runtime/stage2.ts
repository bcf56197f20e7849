/**
 * Stage 2 translation (DDI 0487 D8.2, D8.4.4): from intermediate to physical addresses, by VTTBR_EL2 and VTCR_EL2. Pure like stage 1;
 * results are in the exported variables.
 */
import { C_VTCR_EL2, C_VTTBR_EL2 } from './dist/layout';
import { HCR_CD, HCR_PTW, hcr } from './el2';
import { PA_BITS, physicalAddress } from './memory';
import {
  EXECUTE,
  FSC_ACCESS_FLAG,
  FSC_ADDRESS_SIZE,
  FSC_ALIGNMENT,
  FSC_EXTERNAL_WALK,
  FSC_PERMISSION,
  FSC_TRANSLATION,
  OK,
  READ,
  WRITE,
  outputBits,
} from './walk';

/** Marks of a fault status: of stage 2; while stage 1 read its tables (S1PTW). */
export const STAGE2: i32 = 1 << 8;
export const S1PTW: i32 = 1 << 9;

/** The physical address of the last translation, its attributes as a MAIR byte, its shareability. */
export let pa2: u64 = 0;
export let attributes2: u32 = 0;
export let shareability2: u32 = 0;
/** Whether it may be written and not read. */
export let isWriteOnly: bool = false;
/** The intermediate address of the last one that faulted. */
export let faultIpa: u64 = 0;

/** MAIR byte of MemAttr (D8.5.5): Device as it is; cacheable memory with both allocation hints. */
function attributesOf(memAttr: u32): u32 {
  const outer = memAttr >> 2;
  const inner = memAttr & 3;
  if (outer == 0) return inner << 2;
  return ((outer == 1 ? 4 : (outer << 2) | 3) << 4) | (inner == 1 ? 4 : (inner << 2) | 3);
}

/**
 * Translates for an access, or (`forWalk`) for a read of a stage 1 table. Answers OK or a fault status with STAGE2, and with S1PTW where it
 * is for a walk.
 */
export function stage2(cpu: usize, ipa: u64, access: u32, misaligned: bool, forWalk: bool): i32 {
  const fault = translate2(cpu, ipa, forWalk ? READ : access, misaligned, forWalk);
  if (fault == OK) return OK;
  faultIpa = ipa;
  return fault | STAGE2 | (forWalk ? S1PTW : 0);
}

function translate2(cpu: usize, ipa: u64, access: u32, misaligned: bool, forWalk: bool): i32 {
  const vtcr = load<u64>(cpu + C_VTCR_EL2) as u32;
  const inputBits: u32 = 64 - (vtcr & 63);
  const tg = (vtcr >> 14) & 3;
  const grain: u32 = tg == 1 ? 16 : tg == 2 ? 14 : 12;
  const stride = grain - 3;
  const sl0 = (vtcr >> 6) & 3;
  let level = (grain == 12 ? 2 : 3) - (sl0 as i32);
  const implemented = load<u32>(PA_BITS);
  if (inputBits < 25 || inputBits > 48 || !isStart(level, grain, implemented)) return FSC_TRANSLATION;
  // CONSTRAINED UNPREDICTABLE: an input larger than physical addresses faults.
  if (inputBits > implemented) return FSC_TRANSLATION;
  const entryBits = (inputBits as i32) - ((3 - level) * (stride as i32) + (grain as i32));
  if (entryBits < 1 || entryBits > (stride as i32) + 4) return FSC_TRANSLATION;
  if (ipa >> inputBits != 0) return FSC_TRANSLATION;
  const paBits = outputBits((vtcr >> 16) & 7);
  let base = load<u64>(cpu + C_VTTBR_EL2) & 0x0000_ffff_ffff_fffe & ~((<u64>1 << (entryBits + 3)) - 1);
  if (base >> paBits != 0) return FSC_ADDRESS_SIZE;
  let indexBits = entryBits as u32;
  for (;;) {
    const shift = ((3 - level) as u32) * stride + grain;
    const host = physicalAddress(base + (((ipa >> shift) & ((<u64>1 << indexBits) - 1)) << 3));
    if (host == 0) return FSC_EXTERNAL_WALK + level;
    const descriptor = load<u64>(host);
    const kind = (descriptor as u32) & 3;
    if ((kind & 1) == 0) return FSC_TRANSLATION + level;
    const address = descriptor & 0x0000_ffff_ffff_f000;
    if (kind == 3 && level < 3) {
      base = address & ~((<u64>1 << grain) - 1);
      if (base >> paBits != 0) return FSC_ADDRESS_SIZE + level;
      level++;
      indexBits = stride;
      continue;
    }
    if (kind == 1 && (level == 3 || level == 0 || (level == 1 && grain != 12))) return FSC_TRANSLATION + level;
    const mask = (<u64>1 << shift) - 1;
    if ((address & ~mask) >> paBits != 0) return FSC_ADDRESS_SIZE + level;
    if ((descriptor & (1 << 10)) == 0) return FSC_ACCESS_FLAG + level;
    pa2 = (address & ~mask) | (ipa & mask);
    attributes2 = attributesOf(((descriptor >> 2) as u32) & 15);
    shareability2 = ((descriptor >> 8) as u32) & 3;
    const isDevice = (attributes2 & 0xf0) == 0;
    if (misaligned && access != EXECUTE && isDevice) return FSC_ALIGNMENT;
    if (!permits2(descriptor, access)) return FSC_PERMISSION + level;
    // A protected walk: no tables in Device memory (HCR_EL2.PTW).
    if (forWalk && isDevice && (hcr(cpu) & HCR_PTW) != 0) return FSC_PERMISSION + level;
    if (!isDevice && access != EXECUTE && (hcr(cpu) & HCR_CD) != 0) attributes2 = 0x44;
    isWriteOnly = (descriptor & (1 << 6)) == 0;
    return OK;
  }
}

/** Whether a walk may start at that level: not above what the granule has, nor where one level less would do for every address. */
function isStart(level: i32, grain: u32, implemented: u32): bool {
  if (grain == 12) return level >= 0 && (level > 0 || implemented > 42);
  return level > 0 && (level > 1 || implemented > (grain == 16 ? 42 : 40));
}

/** S2AP and XN (D8.4.4). */
function permits2(descriptor: u64, access: u32): bool {
  if (access == EXECUTE) return ((descriptor >> 54) & 1) == 0;
  return ((descriptor >> (access == WRITE ? 7 : 6)) & 1) != 0;
}

/** The attributes of both stages together (D8.5.6): the stricter wins. */
export function combineAttributes(first: u32, second: u32): u32 {
  if ((first & 0xf0) == 0) return (second & 0xf0) == 0 ? min(first, second) : first;
  if ((second & 0xf0) == 0) return second;
  return (combineCacheability(first >> 4, second >> 4) << 4) | combineCacheability(first & 15, second & 15);
}

/** Halves of MAIR bytes: Non-cacheable before Write-Through before Write-Back; hints are stage 1's. */
function combineCacheability(first: u32, second: u32): u32 {
  if (first == 4 || second == 4) return 4;
  const writesThrough = (first >> 2) == 0 || (first >> 2) == 2;
  if (writesThrough) return first;
  return (second >> 2) == 2 ? 8 | (first & 3) : first;
}

/** Outer before Inner before Non-shareable. */
export function combineShareability(first: u32, second: u32): u32 {
  if (first == 2 || second == 2) return 2;
  return first == 3 || second == 3 ? 3 : 0;
}
