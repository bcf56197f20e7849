import { GROUP0, GROUP1, INTID_FIRST_SPECIAL } from '../gic/candidate.ts';
import type { CpuInterface } from '../gic/cpu-interface.ts';
import { sendSgi } from './sgi.ts';
import { PRIORITY_BITS, type GicV3Core } from './state.ts';

/**
 * A system register of the CPU interface, in halves of 32 bits: only those that send SGIs, and list registers, have an upper one. What is read-only
 * has no `write`, what is write-only no `read`: the access that lacks is UNDEFINED.
 */
export interface IccRegister<Context = GicV3Core> {
  readonly read?: (core: Context) => number;
  /** The upper half, where it is not 0. */
  readonly readHigh?: (core: Context) => number;
  readonly write?: (core: Context, low: number, high: number) => void;
}

/** What registers work on that a virtual machine has of its own as well: a CPU interface, physical or virtual. */
type OfInterface = IccRegister<{ readonly cpu: CpuInterface }>;

/** ICC_CTLR_EL1: A3V, RSS = 0, INTIDs of 24 bits, PRIbits; CBPR and EOImode are writable. */
const CTLR_FIXED = (1 << 15) | (1 << 11) | ((PRIORITY_BITS - 1) << 8);
const CTLR_CBPR = 1 << 0;
const CTLR_EOIMODE = 1 << 1;

/** ICC_SRE_EL1: system registers cannot be left for a memory-mapped interface, and there is no bypass of interrupts. */
const SRE = 0b111;

const INTID = 0xff_ffff;

function endRegister(groups: number): OfInterface {
  return {
    write: ({ cpu }, low) => {
      const intid = low & INTID;
      if (intid < INTID_FIRST_SPECIAL || intid > 1023) cpu.endOfInterrupt(intid, groups);
    },
  };
}

function binaryPoint(group: 0 | 1): OfInterface {
  return {
    // A common binary point makes that of Group 1 read as Group 0's plus one and ignore writes (IHI 0069 ICC_BPR1_EL1).
    read: ({ cpu }) => (group === 1 && cpu.cbpr ? Math.min(cpu.getBpr(0) + 1, 7) : cpu.getBpr(group)),
    write: ({ cpu }, low) => {
      if (group === 0 || !cpu.cbpr) cpu.setBpr(group, low);
    },
  };
}

function activePriorities(group: 0 | 1): OfInterface {
  return {
    read: ({ cpu }) => cpu.getActivePriorities(group, 0),
    write: ({ cpu }, low) => cpu.setActivePriorities(group, 0, low),
  };
}

function groupEnable(group: 0 | 1): OfInterface {
  return {
    read: ({ cpu }) => (cpu.enabledGroups >> group) & 1,
    write: ({ cpu }, low) => cpu.setEnabledGroups((cpu.enabledGroups & ~(1 << group)) | ((low & 1) << group)),
  };
}

function sgi(group: 0 | 1): IccRegister {
  return { write: (core, low, high) => sendSgi(core, low, high, group) };
}

/** Those of which a virtual machine has its own, as ICV_*_EL1 under the same encodings. */
export const interfaceRegisters: Readonly<Record<string, OfInterface>> = {
  ICC_PMR_EL1: { read: ({ cpu }) => cpu.pmr, write: ({ cpu }, low) => cpu.setPmr(low) },
  ICC_IAR0_EL1: { read: ({ cpu }) => cpu.acknowledge(GROUP0) },
  ICC_IAR1_EL1: { read: ({ cpu }) => cpu.acknowledge(GROUP1) },
  ICC_EOIR0_EL1: endRegister(GROUP0),
  ICC_EOIR1_EL1: endRegister(GROUP1),
  ICC_HPPIR0_EL1: { read: ({ cpu }) => cpu.highestPending(GROUP0) },
  ICC_HPPIR1_EL1: { read: ({ cpu }) => cpu.highestPending(GROUP1) },
  ICC_DIR_EL1: { write: ({ cpu }, low) => cpu.deactivate(low & INTID) },
  ICC_RPR_EL1: { read: ({ cpu }) => cpu.runningPriority },
  ICC_BPR0_EL1: binaryPoint(0),
  ICC_BPR1_EL1: binaryPoint(1),
  ICC_AP0R0_EL1: activePriorities(0),
  ICC_AP1R0_EL1: activePriorities(1),
  ICC_IGRPEN0_EL1: groupEnable(0),
  ICC_IGRPEN1_EL1: groupEnable(1),
  ICC_CTLR_EL1: {
    read: ({ cpu }) => CTLR_FIXED | (cpu.cbpr ? CTLR_CBPR : 0) | (cpu.eoiSplit ? CTLR_EOIMODE : 0),
    write: ({ cpu }, low) => {
      cpu.cbpr = (low & CTLR_CBPR) !== 0;
      cpu.eoiSplit = (low & CTLR_EOIMODE) !== 0;
      cpu.signal();
    },
  },
};

/**
 * The system registers of the CPU interface by Arm's names (IHI 0069, "AArch64 System register descriptions"). Five preemption
 * bits need one word of active priorities a group, so ICC_AP0R<1..3>_EL1 and AP1R<1..3> are UNDEFINED. With one Security state
 * ICC_SGI1R_EL1 is for SGIs of Group 1, and ICC_ASGI1R_EL1, which speaks to the other state, reaches those of Group 0.
 */
export const iccRegisters: Readonly<Record<string, IccRegister>> = {
  ...interfaceRegisters,
  ICC_SGI0R_EL1: sgi(0),
  ICC_SGI1R_EL1: sgi(1),
  ICC_ASGI1R_EL1: sgi(0),
  ICC_SRE_EL1: { read: () => SRE, write: () => {} },
};
