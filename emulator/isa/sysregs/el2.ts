/** Registers of EL2 (DDI 0487 D19.2): what it controls of the levels below, its own translation and exceptions. */
import { type SystemRegister, sysreg } from './register.ts';

/** M, A, C, SA, I, WXN; EE is not implemented. */
const SCTLR_BITS = 0x0008_100fn;
const RES1_SCTLR = 0x30c5_0830n;
/** VM to ID: all that ARMv8.0 has. EL1 has no AArch32 state, so RW is 1. */
const HCR_BITS = 0x3_ffff_ffffn;
const HCR_RW = 1n << 31n;
/** TFP and TCPAC; there is no trace for TTA. */
const CPTR_BITS = 0x8000_0400n;
const RES1_CPTR = 0x33ffn;
/** T0SZ to TG0, PS, TBI. */
const TCR_BITS = 0x17_ff3fn;
const RES1_TCR = 0x8080_0000n;
/** T0SZ, SL0, IRGN0 to TG0, PS; the VMID has 8 bits. */
const VTCR_BITS = 0x7_ffffn;
const RES1_VTCR = 0x8000_0000n;
const VTTBR_BITS = 0x00ff_ffff_ffff_fffen;
/** HPMN to TDRA: all that ARMv8.0 has. Event counters that EL1 has: all, after a reset. */
const MDCR_BITS = 0xfffn;
const HPMN = 6n;
const WORD = 0xffff_ffffn;

/** What is kept for AArch32 at EL1, which no level here enters. */
const forAarch32: readonly SystemRegister[] = [
  sysreg('DACR32_EL2', [3, 4, 3, 0, 0], { mask: WORD }),
  sysreg('IFSR32_EL2', [3, 4, 5, 0, 1], { mask: WORD }),
  sysreg('FPEXC32_EL2', [3, 4, 5, 3, 0], {
    mask: WORD,
    // FP's own, though it moves no FP register: trapped by CPTR_EL2.TFP (D19.2.52).
    check: (b) => b.checkFp(),
  }),
  sysreg('SPSR_irq', [3, 4, 4, 3, 0], { reads: 2, writes: 2, field: 'SPSR_IRQ', mask: WORD }),
  sysreg('SPSR_abt', [3, 4, 4, 3, 1], { reads: 2, writes: 2, field: 'SPSR_ABT', mask: WORD }),
  sysreg('SPSR_und', [3, 4, 4, 3, 2], { reads: 2, writes: 2, field: 'SPSR_UND', mask: WORD }),
  sysreg('SPSR_fiq', [3, 4, 4, 3, 3], { reads: 2, writes: 2, field: 'SPSR_FIQ', mask: WORD }),
];

export const el2Registers: readonly SystemRegister[] = [
  sysreg('VPIDR_EL2', [3, 4, 0, 0, 0], { mask: WORD }),
  sysreg('VMPIDR_EL2', [3, 4, 0, 0, 5], { mask: 0xff_41ff_ffffn, ones: 1n << 31n }),
  sysreg('SCTLR_EL2', [3, 4, 1, 0, 0], { mask: SCTLR_BITS, ones: RES1_SCTLR, after: 'level' }),
  sysreg('ACTLR_EL2', [3, 4, 1, 0, 1], { field: false, read: (b) => b.i64(0), write: () => {} }),
  sysreg('HCR_EL2', [3, 4, 1, 1, 0], { mask: HCR_BITS, ones: HCR_RW, after: 'routing' }),
  sysreg('MDCR_EL2', [3, 4, 1, 1, 1], {
    mask: MDCR_BITS,
    reset: HPMN,
    // Counters change their owner, and may go on or stop.
    write: (b, value) => {
      b.callVoid('pmuSync', b.cpu);
      b.setField('MDCR_EL2', b.op('i64.and', value, b.i64(MDCR_BITS)));
      b.callVoid('pmuChanged', b.cpu);
      b.callVoid('debugMaskChanged', b.cpu);
    },
    after: 'host',
  }),
  sysreg('CPTR_EL2', [3, 4, 1, 1, 2], { mask: CPTR_BITS, ones: RES1_CPTR, after: 'level' }),
  // T4 and T14 are not there. Of AArch64 it traps nothing.
  sysreg('HSTR_EL2', [3, 4, 1, 1, 3], { mask: 0xbfefn }),
  sysreg('HACR_EL2', [3, 4, 1, 1, 7], { field: false, read: (b) => b.i64(0), write: () => {} }),
  sysreg('TTBR0_EL2', [3, 4, 2, 0, 0], { mask: 0xffff_ffff_fffen, after: 'level' }),
  sysreg('TCR_EL2', [3, 4, 2, 0, 2], { mask: TCR_BITS, ones: RES1_TCR, after: 'level' }),
  sysreg('VTTBR_EL2', [3, 4, 2, 1, 0], { mask: VTTBR_BITS, after: 'level' }),
  sysreg('VTCR_EL2', [3, 4, 2, 1, 2], { mask: VTCR_BITS, ones: RES1_VTCR, after: 'level' }),
  sysreg('SPSR_EL2', [3, 4, 4, 0, 0], { mask: WORD }),
  sysreg('ELR_EL2', [3, 4, 4, 0, 1]),
  sysreg('SP_EL1', [3, 4, 4, 1, 0], { reads: 2, writes: 2, field: 'SP_BANK', index: 1 }),
  sysreg('AFSR0_EL2', [3, 4, 5, 1, 0], { mask: 0n }),
  sysreg('AFSR1_EL2', [3, 4, 5, 1, 1], { mask: 0n }),
  sysreg('ESR_EL2', [3, 4, 5, 2, 0], { mask: WORD }),
  sysreg('FAR_EL2', [3, 4, 6, 0, 0]),
  sysreg('HPFAR_EL2', [3, 4, 6, 0, 4], { mask: 0xff_ffff_fff0n }),
  sysreg('MAIR_EL2', [3, 4, 10, 2, 0], { after: 'level' }),
  sysreg('AMAIR_EL2', [3, 4, 10, 3, 0], { mask: 0n }),
  sysreg('VBAR_EL2', [3, 4, 12, 0, 0], { mask: 0xffff_ffff_ffff_f800n }),
  sysreg('RVBAR_EL2', [3, 4, 12, 0, 1], { access: 'ro', field: false, read: (b) => b.i64(0) }),
  sysreg('TPIDR_EL2', [3, 4, 13, 0, 2]),
  sysreg('DBGVCR32_EL2', [2, 4, 0, 7, 0], { field: false, read: (b) => b.i64(0), write: () => {} }),
  ...forAarch32,
];
