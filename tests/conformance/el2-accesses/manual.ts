/**
 * Who may access a system register or a system instruction, and what traps it: written from the pages of DDI 0487 D19 and C5 (and IHI 0069 for
 * ICC and ICH), not from the rows of the emulator. ARMv8.0 with EL2 as the highest level, without EL3 and FEAT_VHE.
 */

export type Direction = 'read' | 'write';

/**
 * Names (patterns, separated by spaces). `r1`: read from EL1 and above; `w1`, `rw1` alike; several may follow each other. Then traps in the
 * order in which they are looked at: `to EL1` are those of EL0's accesses that HCR_EL2.TGE sends to EL2. Conditions are bits that are set,
 * with `!` that are clear; `&` binds closer than `|`.
 */
export interface Entry {
  readonly names: string;
  readonly levels: string;
  readonly toEl1?: string;
  readonly toEl2?: string;
  /** Where they differ by the direction. */
  readonly write?: { readonly toEl1?: string; readonly toEl2?: string };
}

const DEBUG = 'MDCR.TDE | HCR.TGE';
const PMU = 'MDCR.TPM';
const user = (bits: string): string =>
  bits
    .split(' ')
    .map((bit) => `!PMUSERENR.${bit}`)
    .join(' & ');

export const manual: readonly Entry[] = [
  // --- identification (D19.2) ---
  { names: 'MIDR_EL1 MPIDR_EL1', levels: 'r1' },
  { names: 'REVIDR_EL1 AIDR_EL1', levels: 'r1', toEl2: 'HCR.TID1' },
  { names: 'CLIDR_EL1 CCSIDR_EL1', levels: 'r1', toEl2: 'HCR.TID2' },
  { names: 'CSSELR_EL1', levels: 'rw1', toEl2: 'HCR.TID2' },
  { names: 'CTR_EL0', levels: 'r0', toEl1: '!SCTLR.UCT', toEl2: 'HCR.TID2' },
  { names: 'DCZID_EL0', levels: 'r0' },
  { names: 'ID_\\w+_EL1 MVFR[012]_EL1 S3_0_C0_C[1-7]_[0-7]', levels: 'r1', toEl2: 'HCR.TID3' },
  // --- virtual memory: TVM and TRVM ---
  {
    names: 'SCTLR_EL1 TTBR[01]_EL1 TCR_EL1 ESR_EL1 FAR_EL1 AFSR[01]_EL1 MAIR_EL1 AMAIR_EL1 CONTEXTIDR_EL1',
    levels: 'rw1',
    toEl2: 'HCR.TRVM',
    write: { toEl2: 'HCR.TVM' },
  },
  { names: 'ACTLR_EL1', levels: 'rw1', toEl2: 'HCR.TACR' },
  { names: 'CPACR_EL1', levels: 'rw1', toEl2: 'CPTR.TCPAC' },
  // --- exceptions, processor state, software's own ---
  { names: 'SPSR_EL1 ELR_EL1 SP_EL0 SPSel PAR_EL1 VBAR_EL1 TPIDR_EL1', levels: 'rw1' },
  { names: 'ISR_EL1 CurrentEL', levels: 'r1' },
  { names: 'NZCV TPIDR_EL0', levels: 'rw0' },
  { names: 'TPIDRRO_EL0', levels: 'r0 w1' },
  { names: 'DAIF', levels: 'rw0', toEl1: '!SCTLR.UMA' },
  // FPEN and TFP are in `answer.ts`: they have a class of their own.
  { names: 'FPCR FPSR', levels: 'rw0' },
  { names: 'FPEXC32_EL2', levels: 'rw2' },
  // Of the highest level, which is EL2 here.
  { names: 'RVBAR_EL2', levels: 'r2' },
  { names: 'RVBAR_EL1', levels: '' },
  // --- EL2's own ---
  {
    names:
      'VPIDR_EL2 VMPIDR_EL2 SCTLR_EL2 ACTLR_EL2 HCR_EL2 MDCR_EL2 CPTR_EL2 HSTR_EL2 HACR_EL2 TTBR0_EL2 TCR_EL2 VTTBR_EL2 VTCR_EL2 ' +
      'SPSR_EL2 ELR_EL2 SP_EL1 AFSR[01]_EL2 ESR_EL2 FAR_EL2 HPFAR_EL2 MAIR_EL2 AMAIR_EL2 VBAR_EL2 TPIDR_EL2 ' +
      'DBGVCR32_EL2 DACR32_EL2 IFSR32_EL2 SPSR_irq SPSR_abt SPSR_und SPSR_fiq ' +
      'CNTHP_(TVAL|CTL|CVAL)_EL2 CNTVOFF_EL2 CNTHCTL_EL2',
    levels: 'rw2',
  },
  // --- timers (D11, D19.12) ---
  { names: 'CNTFRQ_EL0', levels: 'r0 w2', toEl1: '!CNTKCTL.EL0PCTEN & !CNTKCTL.EL0VCTEN' },
  { names: 'CNTPCT_EL0', levels: 'r0', toEl1: '!CNTKCTL.EL0PCTEN', toEl2: '!CNTHCTL.EL1PCTEN' },
  { names: 'CNTVCT_EL0', levels: 'r0', toEl1: '!CNTKCTL.EL0VCTEN' },
  { names: 'CNTKCTL_EL1', levels: 'rw1' },
  { names: 'CNTP_(TVAL|CTL|CVAL)_EL0', levels: 'rw0', toEl1: '!CNTKCTL.EL0PTEN', toEl2: '!CNTHCTL.EL1PCEN' },
  { names: 'CNTV_(TVAL|CTL|CVAL)_EL0', levels: 'rw0', toEl1: '!CNTKCTL.EL0VTEN' },
  // --- debug (D19.3) ---
  { names: 'MDRAR_EL1', levels: 'r1', toEl2: `MDCR.TDRA | ${DEBUG}` },
  { names: 'OSLAR_EL1', levels: 'w1', toEl2: `MDCR.TDOSA | ${DEBUG}` },
  { names: 'OSLSR_EL1', levels: 'r1', toEl2: `MDCR.TDOSA | ${DEBUG}` },
  { names: 'OSDLR_EL1 DBGPRCR_EL1', levels: 'rw1', toEl2: `MDCR.TDOSA | ${DEBUG}` },
  {
    names: 'MDSCR_EL1 MDCCINT_EL1 OSECCR_EL1 OSDTR[RT]X_EL1 DBGCLAIM(SET|CLR)_EL1 DBG[BW][VC]R[0-5]_EL1',
    levels: 'rw1',
    toEl2: `MDCR.TDA | ${DEBUG}`,
  },
  { names: 'DBGAUTHSTATUS_EL1', levels: 'r1', toEl2: `MDCR.TDA | ${DEBUG}` },
  { names: 'MDCCSR_EL0', levels: 'r0', toEl1: 'MDSCR.TDCC', toEl2: `MDCR.TDA | ${DEBUG}` },
  { names: 'DBGDTR_EL0 DBGDTR[RT]X_EL0', levels: 'rw0', toEl1: 'MDSCR.TDCC', toEl2: `MDCR.TDA | ${DEBUG}` },
  // --- performance monitors (D19.5) ---
  { names: 'PMCR_EL0', levels: 'rw0', toEl1: user('EN'), toEl2: `${PMU} | MDCR.TPMCR` },
  {
    names: 'PMCNTEN(SET|CLR)_EL0 PMOVS(SET|CLR)_EL0 PMXEVTYPER_EL0 PMCCFILTR_EL0 PMEVTYPER[0-5]_EL0',
    levels: 'rw0',
    toEl1: user('EN'),
    toEl2: PMU,
  },
  { names: 'PMCEID[01]_EL0', levels: 'r0', toEl1: user('EN'), toEl2: PMU },
  { names: 'PMSWINC_EL0', levels: 'w0', toEl1: user('SW EN'), toEl2: PMU },
  { names: 'PMSELR_EL0', levels: 'rw0', toEl1: user('ER EN'), toEl2: PMU },
  { names: 'PMCCNTR_EL0', levels: 'rw0', toEl1: user('CR EN'), toEl2: PMU, write: { toEl1: user('EN'), toEl2: PMU } },
  {
    names: 'PMXEVCNTR_EL0 PMEVCNTR[0-5]_EL0',
    levels: 'rw0',
    toEl1: user('ER EN'),
    toEl2: PMU,
    write: { toEl1: user('EN'), toEl2: PMU },
  },
  { names: 'PMUSERENR_EL0', levels: 'r0 w1', toEl2: PMU },
  { names: 'PMINTEN(SET|CLR)_EL1', levels: 'rw1', toEl2: PMU },
  // --- the interrupt controller (IHI 0069 12.2, 12.4) ---
  { names: 'ICC_(IAR|HPPIR)0_EL1', levels: 'r1', toEl2: 'ICH_HCR.TALL0' },
  { names: 'ICC_EOIR0_EL1', levels: 'w1', toEl2: 'ICH_HCR.TALL0' },
  { names: 'ICC_(BPR0|AP0R0|IGRPEN0)_EL1', levels: 'rw1', toEl2: 'ICH_HCR.TALL0' },
  { names: 'ICC_(IAR|HPPIR)1_EL1', levels: 'r1', toEl2: 'ICH_HCR.TALL1' },
  { names: 'ICC_EOIR1_EL1', levels: 'w1', toEl2: 'ICH_HCR.TALL1' },
  { names: 'ICC_(BPR1|AP1R0|IGRPEN1)_EL1', levels: 'rw1', toEl2: 'ICH_HCR.TALL1' },
  { names: 'ICC_RPR_EL1', levels: 'r1', toEl2: 'ICH_HCR.TC' },
  { names: 'ICC_(PMR|CTLR)_EL1', levels: 'rw1', toEl2: 'ICH_HCR.TC' },
  { names: 'ICC_DIR_EL1', levels: 'w1', toEl2: 'ICH_HCR.TC | ICH_HCR.TDIR' },
  { names: 'ICC_(SGI0R|SGI1R|ASGI1R)_EL1', levels: 'w1', toEl2: 'ICH_HCR.TC | HCR.FMO | HCR.IMO' },
  // ICC_SRE_EL2.Enable is fixed at 1.
  { names: 'ICC_SRE_EL1', levels: 'rw1' },
  { names: 'ICH_(HCR|VMCR|AP[01]R0|LR[0-3])_EL2 ICC_SRE_EL2', levels: 'rw2' },
  { names: 'ICH_(VTR|MISR|EISR|ELRSR)_EL2', levels: 'r2' },
  // --- system instructions (C5.3 to C5.5) ---
  { names: 'IC IALLUIS|IC IALLU', levels: 'w1', toEl2: 'HCR.TPU' },
  { names: 'IC IVAU|DC CVAU', levels: 'w0', toEl1: '!SCTLR.UCI', toEl2: 'HCR.TPU' },
  { names: 'DC CVAC|DC CIVAC', levels: 'w0', toEl1: '!SCTLR.UCI', toEl2: 'HCR.TPC' },
  { names: 'DC IVAC', levels: 'w1', toEl2: 'HCR.TPC' },
  { names: 'DC ISW|DC CSW|DC CISW', levels: 'w1', toEl2: 'HCR.TSW' },
  { names: 'DC ZVA', levels: 'w0', toEl1: '!SCTLR.DZE', toEl2: 'HCR.TDZ' },
  { names: 'AT S1E[01][RW]', levels: 'w1' },
  { names: 'AT S1E2[RW]|AT S12E[01][RW]', levels: 'w2' },
  { names: 'TLBI (VMALLE1|VAE1|ASIDE1|VAAE1|VALE1|VAALE1)(IS)?', levels: 'w1', toEl2: 'HCR.TTLB' },
  { names: 'TLBI (ALLE[12]|VAL?E2|VMALLS12E1|IPAS2L?E1)(IS)?', levels: 'w2' },
  // --- what is not there (D19.2.48, TIDCP): IMPLEMENTATION DEFINED ones are EL2's to hear of; what EL0 does is left open ---
  { names: 'S[13]_[0-7]_C(11|15)_C\\d+_\\d', levels: '', toEl2: 'HCR.TIDCP' },
  { names: 'S[0-3]_[0-7]_C\\d+_C\\d+_\\d', levels: '' },
];

const matches = (entry: Entry, name: string): boolean => {
  // Instructions have a space in their names, and stand alone or beside `|`.
  const pattern = /^(IC|DC|AT|TLBI) /.test(entry.names) ? entry.names : entry.names.replaceAll(' ', '|');
  return new RegExp(`^(?:${pattern})$`).test(name);
};

/** The page of a name; the first that has it. */
export function entryOf(name: string): Entry | undefined {
  return manual.find((entry) => matches(entry, name));
}
