import { runtimeEvents } from './events.ts';

/**
 * The state of one core in linear memory, declared once. Accessors, the offsets in generated WebAssembly, the constants of the
 * AssemblyScript runtime, the fields of a snapshot and the state hash all derive from this list.
 *
 * `arch` fields are guest-visible and belong to snapshots and hashes; the others are caches and scratch of ours.
 */
export type FieldType = 'u32' | 'u64' | 'v128';

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly count: number;
  readonly arch: boolean;
  /** Byte offset from the core's base. */
  readonly offset: number;
}

type Declaration = readonly [name: string, type: FieldType, count?: number];

/** Slots of `X` beyond the 31 registers: what register number 31 means is fixed at predecoding, not at run time. */
export const SLOT_ZERO = 31;
export const SLOT_SINK = 32;
export const SLOT_SP = 33;

const architectural: readonly Declaration[] = [
  // X0..X30, a zero that is only read, a sink that is only written, and the stack pointer now in use.
  ['X', 'u64', 34],
  // PSTATE.{N,Z,C,V}, one word each, 0 or 1.
  ['NF', 'u32'],
  ['ZF', 'u32'],
  ['CF', 'u32'],
  ['VF', 'u32'],
  ['PC', 'u64'],
  ['V', 'v128', 32],
  // PSTATE: EL 0..3, SPSel 0..1, DAIF as in bits 9:6 of SPSR (D=8, A=4, I=2, F=1), SS and IL.
  ['EL', 'u32'],
  ['SPSEL', 'u32'],
  ['DAIF', 'u32'],
  ['SS', 'u32'],
  ['IL', 'u32'],
  ['FPCR', 'u32'],
  ['FPSR', 'u32'],
  // 1 when the core was powered off by PSCI (or not yet on), 2 and 3 when an interrupt ends that, 3 with all that it knows; 1 in WFI, 2 in WFE;
  // the event register of WFE.
  ['POWERED_OFF', 'u32'],
  ['WAITING', 'u32'],
  ['EVENT', 'u32'],
  // The local exclusive monitor (DDI 0487 B2.9): armed?, physical address, size in bytes, the value(s) that were read.
  ['EXCL_ARMED', 'u32'],
  ['EXCL_SIZE', 'u32'],
  ['EXCL_PA', 'u64'],
  ['EXCL_VALUE', 'u64', 2],
  // Stack pointers of the levels and modes that are not in use now; the one in use is X[SLOT_SP].
  ['SP_BANK', 'u64', 4],
  ...[
    'SCTLR_EL1 SCTLR_EL2 SCTLR_EL3 ACTLR_EL1 CPACR_EL1 CPTR_EL2 CPTR_EL3 HCR_EL2 HSTR_EL2 MDCR_EL2 MDCR_EL3 SCR_EL3',
    'TTBR0_EL1 TTBR1_EL1 TCR_EL1 TTBR0_EL2 TCR_EL2 TTBR0_EL3 TCR_EL3 VTTBR_EL2 VTCR_EL2 MAIR_EL1 MAIR_EL2 MAIR_EL3',
    'AMAIR_EL1 AMAIR_EL2 AMAIR_EL3 ESR_EL1 ESR_EL2 ESR_EL3 FAR_EL1 FAR_EL2 FAR_EL3 HPFAR_EL2 AFSR0_EL1 AFSR1_EL1',
    'AFSR0_EL2 AFSR1_EL2 AFSR0_EL3 AFSR1_EL3 VBAR_EL1 VBAR_EL2 VBAR_EL3 ELR_EL1 ELR_EL2 ELR_EL3 SPSR_EL1 SPSR_EL2 SPSR_EL3',
    'CONTEXTIDR_EL1 TPIDR_EL0 TPIDRRO_EL0 TPIDR_EL1 TPIDR_EL2 TPIDR_EL3 PAR_EL1 CSSELR_EL1 CNTKCTL_EL1 CNTHCTL_EL2',
    'CNTFRQ_EL0 CNTVOFF_EL2 CNTP_CTL_EL0 CNTP_CVAL_EL0 CNTV_CTL_EL0 CNTV_CVAL_EL0 CNTHP_CTL_EL2 CNTHP_CVAL_EL2',
    'CNTPS_CTL_EL1 CNTPS_CVAL_EL1 VPIDR_EL2 VMPIDR_EL2 MPIDR_EL1 MDSCR_EL1 MDCCINT_EL1 OSDLR_EL1 OSLSR_EL1 OSECCR_EL1',
    'PMCR_EL0 PMCNTENSET_EL0 PMOVSSET_EL0 PMSELR_EL0 PMCCNTR_EL0 PMCCFILTR_EL0 PMUSERENR_EL0 PMINTENSET_EL1 SDER32_EL3',
    'DACR32_EL2 IFSR32_EL2 FPEXC32_EL2 SPSR_ABT SPSR_FIQ SPSR_IRQ SPSR_UND RMR_EL3 TEECR32_EL1',
  ]
    .join(' ')
    .split(' ')
    .map((name): Declaration => [name, 'u64']),
  // ID registers, op0 3, op1 0, CRn 0, by CRm * 8 + op2: what the chosen core has. CLIDR and CTR follow from the same model.
  ['ID', 'u64', 64],
  ['PMEVCNTR', 'u64', 6],
  ['PMEVTYPER', 'u64', 6],
  ['DBGBVR', 'u64', 6],
  ['DBGBCR', 'u64', 6],
  ['DBGWVR', 'u64', 4],
  ['DBGWCR', 'u64', 4],
];

const internal: readonly Declaration[] = [
  ['CORE_INDEX', 'u32'],
  // Soft TLB tables of the regime in use: for loads, for stores, for instruction fetch; and those of LDTR and STTR.
  ['TLB_READ', 'u32'],
  ['TLB_WRITE', 'u32'],
  ['TLB_FETCH', 'u32'],
  ['TLB_READ_UNPRIV', 'u32'],
  ['TLB_WRITE_UNPRIV', 'u32'],
  // The same as the first two where no alignment is asked for, else a table that is never filled.
  ['TLB_READ_LOOSE', 'u32'],
  ['TLB_WRITE_LOOSE', 'u32'],
  // The slot that these tables belong to, and what counts up with every use of a slot.
  ['SLOT', 'u32'],
  ['SLOT_CLOCK', 'u32'],
  // By a hash of the regime, the slot that it had last.
  ['SLOT_GUESS', 'u32', 16],
  // Which level FP and SIMD trap to at the present level, 0 when they do not: 1 by CPACR_EL1, 2 by CPTR_EL2. Kept by the runtime on every
  // change of level or of those registers.
  ['FP_TRAP', 'u32'],
  // 15 when SP alignment is checked at the present level (SCTLR.SA, SA0), else 0.
  ['SP_CHECK', 'u32'],
  // SCTLR of the translation regime in use, with M as it acts (HCR_EL2.TGE and DC clear it).
  ['SCTLR', 'u64'],
  // Interrupts that PSTATE.DAIF masks at the present level, by the bits of IRQ_LINES.
  ['MASKABLE', 'u32'],
  // The value of an MRS or MSR on its way to or from the host.
  ['SYS_VALUE', 'u64'],
  // Why generated code left: see LEAVE_*.
  ['LEAVE', 'u32'],
  // 1 while the outer loop runs one instruction that reaches a device.
  ['DEVICE_ALLOWED', 'u32'],
  // What the interpreter loop spills before a call: micro-op address, start of the current straight run, remaining budget (signed).
  ['UPC', 'u32'],
  ['RUN_START', 'u32'],
  ['BUDGET', 'u32'],
  // The core's time in cycles of its clock when its budget reaches 0: now = TIME_LIMIT - what remains of the budget.
  ['TIME_LIMIT', 'u64'],
  // Of the cycles that passed, what was no instruction: charges and skipped idle time.
  ['UNCOUNTED', 'u64'],
  // Levels of the interrupt inputs of the core, by the bits of DAIF: 1 FIQ, 2 IRQ, 4 SError; the virtual ones of the interrupt controller,
  // 8 vFIQ, 16 vIRQ.
  ['LINES', 'u32'],
  // Of those and of HCR_EL2's, what the present level may take: 1, 2 and 4 unless PSTATE.DAIF masks them, 16, 32 and 64 in any case; 128
  // when LINES has changed since (see runtime/interrupts.ts).
  ['IRQ_LINES', 'u32'],
  // The PMU: whether a counter counts, and when counters were brought up to date.
  ['PMU_ACTIVE', 'u32'],
  ['PMU_LAST_CYCLES', 'u64'],
  ['PMU_LAST_INSTRUCTIONS', 'u64'],
  // 1 when SEV was executed and the outer loop has not passed it on.
  ['SEV_SENT', 'u32'],
  // 1 when software step or a hardware breakpoint or watchpoint may be active: instructions then run one at a time.
  ['STEPPING', 'u32'],
  // The last exception, for explanations: syndrome, address, where from.
  ['LAST_ESR', 'u64'],
  ['LAST_FAR', 'u64'],
  ['LAST_ELR', 'u64'],
  // What a guest that cannot go on died of, beside each other: see runtime/hopeless.ts. NUMBER is EXCEPTION_COUNT once it is taken.
  ['CAUSE_ESR', 'u64'],
  ['CAUSE_FAR', 'u64'],
  ['CAUSE_ELR', 'u64'],
  ['CAUSE_SPSR', 'u64'],
  ['CAUSE_NUMBER', 'u64'],
  ['CAUSE_NS', 'u64'],
  // The same of the exception before it, if no return lies between; and how many there were since the last return, and of one kind.
  ['BEFORE_CAUSE', 'u64', 6],
  ['NESTED', 'u32'],
  ['REPEATS', 'u32'],
  ['EXCEPTION_COUNT', 'u64'],
  ['SAME_FAULTS', 'u32'],
  // Bounce buffer for accesses that are not one piece of RAM: devices, page crossings.
  ['BOUNCE', 'v128', 4],
  // Of the instructions that were executed, those in regions of the hot tier.
  ['HOT_INSTRUCTIONS', 'u64'],
  // The last record that code of a region went on to and that is in the cold tier.
  ['HOT_MISS', 'u32'],
  ['HOT_MISS_PC', 'u64'],
  // Flags that a region left to the next one: see exec/hot/flags.ts.
  ['FLAG_KIND', 'u32'],
  ['FLAG_X', 'u64'],
  ['FLAG_Y', 'u64'],
  // Parallel mode (runtime/parallel.ts): whether the core runs guest code, by RUN_STATE_*; a word that whoever wakes it counts up; whether
  // the machine wants it to stop.
  ['RUN_STATE', 'u32'],
  ['BELL', 'u32'],
  ['STOP', 'u32'],
  // What other cores want done here: a lock, how many requests were made and how many are done, and the list; see REQUEST_*.
  ['REQUEST_LOCK', 'u32'],
  ['REQUESTS_MADE', 'u32'],
  ['REQUESTS_DONE', 'u32'],
  ['REQUEST_COUNT', 'u32'],
  ['REQUEST_ALL', 'u32'],
  ['REQUEST_LIST', 'u64', 256],
  // Requests that were made of others since the last DSB: 0 none, 1 any, else all were about one ASID, and this is 2 more, or about two, as
  // a kernel that hides itself from its users has for each process.
  ['BROADCAST', 'u32'],
  ['BROADCAST_TOO', 'u32'],
  // The ASID in use, and whether the soft TLB may have global entries of the lower half of addresses.
  ['ACTIVE_ASID', 'u32'],
  ['GLOBAL_LOW', 'u32'],
  // The old value of a 128-bit atomic.
  ['PAIR', 'u64', 2],
  // A call of the machine's thread: 0 none, 1 made, 2 answered; what, its arguments and its answer.
  ['CALL', 'u32'],
  ['CALL_KIND', 'u32'],
  ['CALL_ARGUMENTS', 'u32', 3],
  ['CALL_ANSWER', 'u32'],
  ['CALL_PC', 'u64'],
  // Figures of the core's thread: how often generated code returned, by leave reason; microseconds of compilation; modules.
  ['EXITS', 'u32', 16],
  ['COMPILE_US', 'u32'],
  ['MODULES', 'u32'],
  // 1 where a hypervisor of ours stands at EL2: what is taken there leaves for the host.
  ['EL2_AT_HOST', 'u32'],
  // How often what happened in the runtime (events.ts), and synchronous exceptions by their class.
  ['EVENTS', 'u64', runtimeEvents.length],
  ['EXCEPTIONS', 'u64', 64],
];

const sizes: Record<FieldType, number> = { u32: 4, u64: 8, v128: 16 };

function layOut(): Field[] {
  const fields: Field[] = [];
  let offset = 0;
  for (const [list, arch] of [[architectural, true] as const, [internal, false] as const]) {
    for (const [name, type, count = 1] of list) {
      const size = sizes[type];
      offset = (offset + size - 1) & -size;
      fields.push({ name, type, count, arch, offset });
      offset += size * count;
    }
  }
  return fields;
}

/** Every field of a core's state, in memory order. */
export const stateFields: readonly Field[] = layOut();

const byName = new Map(stateFields.map((field) => [field.name, field]));

/** The field of that name; a name that is not declared is a broken invariant of ours. */
export function stateField(name: string): Field {
  const field = byName.get(name);
  if (!field) throw new Error(`no field ${name} in the core state`);
  return field;
}

/** Byte offset of `name` (element `index`) from the core's base. */
export function offsetOf(name: string, index = 0): number {
  const field = stateField(name);
  return field.offset + sizes[field.type] * index;
}
