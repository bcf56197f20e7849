/** HCR_EL2 (DDI 0487 D19.2.48) and what it says about the levels below. Where EL2 is not there it is 0. */
import { C_EL, C_HCR_EL2, C_ID } from './dist/layout';

export const HCR_VM: u64 = 1 << 0;
export const HCR_PTW: u64 = 1 << 2;
export const HCR_VSE: u64 = 1 << 8;
export const HCR_FB: u64 = 1 << 9;
export const HCR_DC: u64 = 1 << 12;
export const HCR_TWI: u32 = 13;
export const HCR_TGE: u64 = 1 << 27;

export const HCR_CD: u64 = <u64>1 << 32;

/** ID_AA64PFR0_EL1 in the field ID. */
const PFR0: u32 = 32;

// @ts-ignore: decorator
@inline
export function hcr(cpu: usize): u64 {
  return load<u64>(cpu + C_HCR_EL2);
}

/** Whether the core has EL2. */
// @ts-ignore: decorator
@inline
export function hasEl2(cpu: usize): bool {
  return ((load<u64>(cpu + C_ID + PFR0 * 8) >> 8) & 15) != 0;
}

/** The translation regimes: EL1&0, and EL2's own. */
export const EL10: u32 = 1;
export const EL2: u32 = 2;

/** The regime of the present level. */
// @ts-ignore: decorator
@inline
export function regimeOf(cpu: usize): u32 {
  return load<u32>(cpu + C_EL) == 2 ? EL2 : EL10;
}

/** Whether the EL1&0 regime has a second stage. */
export function hasStage2(cpu: usize): bool {
  return (hcr(cpu) & (HCR_VM | HCR_DC)) != 0;
}
