import { sysregByEncoding } from '../../emulator/isa/sysregs/index.ts';

/** Counters that show time. */
export const showsTime = /^(CNTPCT_EL0|CNTVCT_EL0|CNT[VP]_TVAL_EL0|CNTHP_TVAL_EL2)$/;
/** Counters of events, which QEMU estimates. */
export const countsEvents = /^(PMCCNTR_EL0|PMEVCNTR\d+_EL0|PMXEVCNTR_EL0)$/;

const allBut = (bits: bigint): bigint => BigInt.asUintN(64, ~bits);

/** Bits of registers that are reserved for our cores, so we hold them, while QEMU keeps what was written. */
export const reserved: Readonly<Record<string, bigint>> = {
  // RES1 bits that QEMU has at 0 after a reset, SED and CP15BEN of AArch32, and fields of later extensions.
  SCTLR_EL1: allBut(0x40d_d21fn),
  // NFD, TBID and HPD fields and what follows, of later extensions (DDI 0487 D19.2.139).
  TCR_EL1: allBut(0x7f_ffff_ffffn),
  CPACR_EL1: allBut(0x30_0000n),
  // The same of EL2: bits that are RES1, and those of later extensions.
  SCTLR_EL2: allBut(0x8_100fn),
  HCR_EL2: allBut(0x3_7fff_ffffn),
  CPTR_EL2: allBut(0x8000_0400n),
  TCR_EL2: allBut(0x17_ff3fn),
  VTCR_EL2: allBut(0x7_ffffn),
  MDCR_EL2: allBut(0xfffn),
};

const [GICD, GICR] = [0x0800_0000, 0x080a_0000];

/** Registers of devices that say who made them or how large they are: QEMU's are other devices than ours. */
export const identification: ReadonlyMap<number, string> = new Map([
  [GICD + 4, 'GICD_TYPER'],
  [GICD + 8, 'GICD_IIDR'],
  [GICR, 'GICR_IIDR'],
  [GICR + 8, 'GICR_TYPER'],
]);

/** The register that an MRS reads; undefined for other words. */
export function registerRead(word: number): string | undefined {
  if (word >>> 20 !== 0xd53) return undefined;
  return sysregByEncoding.get((word >>> 5) & 0xffff)?.name;
}

/** HVC and SMC: PSCI answers, of which QEMU has another version than we have. */
export function isFirmwareCall(word: number): boolean {
  return word >>> 21 === 0xd4000000 >>> 21 && ((word & 31) === 2 || (word & 31) === 3);
}
