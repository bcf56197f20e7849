/**
 * Stage 1 translation (DDI 0487 D8): the walk through the tables, memory attributes and permissions; and both stages together. Pure but for
 * the access to tables: it raises nothing. Results are in the exported variables.
 */
import { EVENT_WALK_READ } from './dist/layout';
import { count } from './events';
import {
  C_GLOBAL_LOW,
  C_MAIR_EL1,
  C_MAIR_EL2,
  C_SCTLR_EL1,
  C_SCTLR_EL2,
  C_TCR_EL1,
  C_TCR_EL2,
  C_TTBR0_EL1,
  C_TTBR0_EL2,
  C_TTBR1_EL1,
} from './dist/layout';
import { EL10, EL2, HCR_DC, HCR_TGE, hasStage2, hcr, regimeOf } from './el2';
import { PA_BITS, physicalAddress } from './memory';
import { attributes2, combineAttributes, combineShareability, isWriteOnly, pa2, shareability2, stage2 } from './stage2';

/** What an access wants. */
export const READ: u32 = 0;
export const WRITE: u32 = 1;
export const EXECUTE: u32 = 2;

/** Fault status codes (DDI 0487 D19.2.37, DFSC); the level is added. */
export const FSC_ADDRESS_SIZE: i32 = 0x00;
export const FSC_TRANSLATION: i32 = 0x04;
export const FSC_ACCESS_FLAG: i32 = 0x08;
export const FSC_PERMISSION: i32 = 0x0c;
export const FSC_EXTERNAL: i32 = 0x10;
export const FSC_EXTERNAL_WALK: i32 = 0x14;
export const FSC_ALIGNMENT: i32 = 0x21;
export const FSC_UNSUPPORTED_EXCLUSIVE: i32 = 0x35;
/** No fault. */
export const OK: i32 = -1;

// Results of the last walk.
export let pa: u64 = 0;
/** The MAIR byte (0 for the Device memory of a stage that is off). */
export let attributes: u32 = 0;
export let shareability: u32 = 0;
export let level: i32 = 0;
/** log2 of the bytes that the entry maps. */
export let blockBits: u32 = 0;
let descriptor: u64 = 0;
let tableAttributes: u64 = 0;

/** Whether memory of the last walk may be written and not read. */
export let writeOnly: bool = false;

/** SCTLR of a regime, with M as it acts: HCR_EL2.TGE and DC clear it below EL2. */
// @ts-ignore: decorator
@inline
export function control(cpu: usize, regime: u32): u64 {
  if (regime == EL2) return load<u64>(cpu + C_SCTLR_EL2);
  const sctlr = load<u64>(cpu + C_SCTLR_EL1);
  return (hcr(cpu) & (HCR_TGE | HCR_DC)) == 0 ? sctlr : sctlr & ~1;
}

/** Whether all data of the regime in use is Device memory: its MMU is off, and nothing says otherwise. */
export function isFlatDevice(cpu: usize): bool {
  const regime = regimeOf(cpu);
  return (control(cpu, regime) & 1) == 0 && !(regime == EL10 && (hcr(cpu) & HCR_DC) != 0);
}

/** Whether memory of the last walk is Device memory. */
export function isDevice(): bool {
  return (attributes & 0xf0) == 0;
}

/** TBI: whether the top byte of an address of this half is ignored. */
export function ignoresTopByte(cpu: usize, va: u64, regime: u32): bool {
  if (regime == EL2) return ((load<u64>(cpu + C_TCR_EL2) >> 20) & 1) != 0;
  return ((load<u64>(cpu + C_TCR_EL1) >> (37 + ((va >> 55) & 1))) & 1) != 0;
}

/** Bits of physical addresses: what TCR.IPS says, at most what is implemented. */
export function outputBits(ips: u32): u32 {
  const bits: u32 = ips == 0 ? 32 : ips == 1 ? 36 : ips == 2 ? 40 : ips == 3 ? 42 : ips == 4 ? 44 : 48;
  return min(bits, load<u32>(PA_BITS));
}

/** Granule bits from TCR.TG0 or TG1, whose encodings differ; reserved ones count as 4K. */
function granule(tg: u32, upper: bool): u32 {
  if (upper) return tg == 1 ? 14 : tg == 3 ? 16 : 12;
  return tg == 1 ? 16 : tg == 2 ? 14 : 12;
}

/** Walks the tables of stage 1; answers a fault status or OK. */
function walk(cpu: usize, va: u64, regime: u32): i32 {
  level = 0;
  const tagged = ignoresTopByte(cpu, va, regime);
  if ((control(cpu, regime) & 1) == 0) {
    // DDI 0487 D8.2.9: flat, Device-nGnRnE for data, or what HCR_EL2.DC says.
    const address = tagged ? (va << 8) >> 8 : va;
    if (address >> load<u32>(PA_BITS) != 0) return FSC_ADDRESS_SIZE;
    pa = address;
    const cacheable = regime == EL10 && (hcr(cpu) & HCR_DC) != 0;
    attributes = cacheable ? 0xff : 0;
    shareability = cacheable ? 0 : 2;
    blockBits = 12;
    descriptor = 0;
    return OK;
  }
  const tcr = load<u64>(cpu + (regime == EL2 ? C_TCR_EL2 : C_TCR_EL1));
  const upper = regime == EL10 && ((va >> 55) & 1) != 0;
  const size = ((upper ? tcr >> 16 : tcr) as u32) & 63;
  if (size < 16 || size > 39) return FSC_TRANSLATION;
  const inputBits = 64 - size;
  const top = tagged ? 56 : 64;
  const high = (va << (64 - top)) >> (64 - top) >> inputBits;
  if (high != (upper ? (<u64>1 << (top - inputBits)) - 1 : 0)) return FSC_TRANSLATION;
  if (regime == EL10 && ((upper ? tcr >> 23 : tcr >> 7) & 1) != 0) return FSC_TRANSLATION;
  const grain = granule(((upper ? tcr >> 30 : tcr >> 14) as u32) & 3, upper);
  const stride = grain - 3;
  const paBits = outputBits(((regime == EL2 ? tcr >> 16 : tcr >> 32) as u32) & 7);
  level = 3 - (((inputBits - 1 - grain) / stride) as i32);
  const input = va & ((<u64>1 << inputBits) - 1);
  const ttbr = load<u64>(cpu + (regime == EL2 ? C_TTBR0_EL2 : upper ? C_TTBR1_EL1 : C_TTBR0_EL1));
  const firstBits = inputBits - (((3 - level) as u32) * stride + grain) + 3;
  let base = ttbr & 0x0000_ffff_ffff_fffe & ~((<u64>1 << firstBits) - 1);
  if (base >> paBits != 0) {
    level = 0;
    return FSC_ADDRESS_SIZE;
  }
  const nested = regime == EL10 && hasStage2(cpu);
  tableAttributes = 0;
  let indexBits = firstBits - 3;
  for (;;) {
    const shift = ((3 - level) as u32) * stride + grain;
    let entry = base + (((input >> shift) & ((<u64>1 << indexBits) - 1)) << 3);
    if (nested) {
      const fault = stage2(cpu, entry, READ, false, true);
      if (fault != OK) return fault;
      entry = pa2;
    }
    const host = physicalAddress(entry);
    if (host == 0) return FSC_EXTERNAL_WALK + level;
    descriptor = load<u64>(host);
    const kind = (descriptor as u32) & 3;
    if ((kind & 1) == 0) return FSC_TRANSLATION + level;
    const address = descriptor & 0x0000_ffff_ffff_f000;
    if (kind == 3 && level < 3) {
      base = address & ~((<u64>1 << grain) - 1);
      if (base >> paBits != 0) return FSC_ADDRESS_SIZE + level;
      tableAttributes |= descriptor;
      level++;
      indexBits = stride;
      continue;
    }
    // A block only where the granule has one (DDI 0487 D8.3.1); 01 at level 3 is reserved.
    if (kind == 1 && (level == 3 || level == 0 || (level == 1 && grain != 12))) return FSC_TRANSLATION + level;
    const mask = (<u64>1 << shift) - 1;
    if ((address & ~mask) >> paBits != 0) return FSC_ADDRESS_SIZE + level;
    if ((descriptor & (1 << 10)) == 0) return FSC_ACCESS_FLAG + level;
    pa = (address & ~mask) | (input & mask);
    blockBits = shift;
    attributes = ((load<u64>(cpu + (regime == EL2 ? C_MAIR_EL2 : C_MAIR_EL1)) >> (((descriptor >> 2) & 7) << 3)) as u32) & 0xff;
    shareability = ((descriptor >> 8) as u32) & 3;
    return OK;
  }
}

/** Permissions of the last walk (DDI 0487 D8.4). `user` is an access with the rights of EL0. */
function permits(cpu: usize, access: u32, user: bool, regime: u32): bool {
  const sctlr = control(cpu, regime);
  if ((sctlr & 1) == 0) return true;
  const readOnly = (((descriptor >> 7) | (tableAttributes >> 62)) & 1) != 0;
  const writeExecuteNever = ((sctlr >> 19) & 1) != 0;
  if (regime == EL2) {
    if (access != EXECUTE) return access == READ || !readOnly;
    return (((descriptor >> 54) | (tableAttributes >> 60)) & 1) == 0 && !(writeExecuteNever && !readOnly);
  }
  // APTable[0] takes EL0's access away.
  const userAccess = ((descriptor >> 6) & ~(tableAttributes >> 61) & 1) != 0;
  if (access != EXECUTE) return (!user || userAccess) && (access == READ || !readOnly);
  if (user) {
    if ((((descriptor >> 54) | (tableAttributes >> 60)) & 1) != 0) return false;
    return !(writeExecuteNever && userAccess && !readOnly);
  }
  if ((((descriptor >> 53) | (tableAttributes >> 59)) & 1) != 0) return false;
  // What EL0 can write, EL1 never executes.
  if (userAccess && !readOnly) return false;
  return !(writeExecuteNever && !readOnly);
}

/** Whether the last walk found an entry for all ASIDs (nG is clear), which no TLBI by ASID takes away. */
function isGlobal(cpu: usize, regime: u32): bool {
  return regime == EL10 && (control(cpu, regime) & 1) != 0 && (descriptor & (1 << 11)) == 0;
}

/** Walks; what other cores may be invalidating in this moment is walked again once they can see that it may be cached here. */
function walkAndTell(cpu: usize, va: u64, regime: u32): i32 {
  const fault = walk(cpu, va, regime);
  if (fault != OK || ((va >> 55) & 1) != 0 || load<u32>(cpu + C_GLOBAL_LOW) != 0 || !isGlobal(cpu, regime)) return fault;
  atomic.store<u32>(cpu + C_GLOBAL_LOW, 1);
  return walk(cpu, va, regime);
}

/** Stage 1 with permissions; a misaligned data access to Device memory comes before permissions. `pa` is what stage 2 starts from. */
export function translateFirst(cpu: usize, va: u64, access: u32, user: bool, misaligned: bool, regime: u32): i32 {
  const fault = walkAndTell(cpu, va, regime);
  if (fault != OK) return fault;
  if (misaligned && access != EXECUTE && isDevice()) return FSC_ALIGNMENT;
  return permits(cpu, access, user, regime) ? OK : FSC_PERMISSION + level;
}

/** Both stages of a regime. */
export function translateIn(cpu: usize, va: u64, access: u32, user: bool, misaligned: bool, regime: u32): i32 {
  writeOnly = false;
  let fault = translateFirst(cpu, va, access, user, misaligned, regime);
  if (fault != OK || regime == EL2 || !hasStage2(cpu)) return fault;
  fault = stage2(cpu, pa, access, misaligned, false);
  if (fault != OK) return fault;
  pa = pa2;
  attributes = combineAttributes(attributes, attributes2);
  shareability = combineShareability(shareability, shareability2);
  writeOnly = isWriteOnly;
  return OK;
}

/** Translates for an access from the present level. */
export function translate(cpu: usize, va: u64, access: u32, user: bool, misaligned: bool): i32 {
  count(cpu, EVENT_WALK_READ + access);
  return translateIn(cpu, va, access, user, misaligned, regimeOf(cpu));
}
