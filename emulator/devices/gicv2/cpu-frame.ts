import { GROUP0, GROUP1, INTID_FIRST_SPECIAL, INTID_SPURIOUS } from '../gic/candidate.ts';
import { IIDR } from '../gic/identification.ts';
import { merge, RegisterMap, type Register } from '../gic/register-map.ts';
import type { CpuInterface } from '../gic/cpu-interface.ts';

export const CPU_INTERFACE_SIZE = 0x2000;

/** GICC_CTLR. Without Security Extensions EOImodeS is the EOImode; the bypass of a disabled interface is not implemented. */
const CTLR_ENABLES = 0b11;
const CTLR_ACKCTL = 1 << 2;
const CTLR_FIQEN = 1 << 3;
const CTLR_CBPR = 1 << 4;
const CTLR_EOIMODE = 1 << 9;

/** GICC_IIDR: architecture version 2. */
const ARCHITECTURE = 2 << 16;

/** What GICC_IAR and HPPIR answer for an interrupt of Group 1 while AckCtl is clear (IHI 0048 GICC_IAR). */
const INTID_GROUP1 = 1022;

const BOTH = GROUP0 | GROUP1;
const INTID = 0x3ff;

/** A CPU interface as its frame shows it: the physical one (GICC) or a virtual machine's (GICV). */
export interface CpuFrame {
  readonly cpu: CpuInterface;
  /** GICC_CTLR.AckCtl: GICC_IAR acknowledges interrupts of Group 1, too. */
  ackCtl: boolean;
  /** The groups whose priorities an end by the alias of Group 1 drops. */
  readonly aliasGroups: number;
  /** The CPUID that comes with a pending SGI. */
  sourceOf(intid: number): number;
  /** The same for one that has just been acknowledged. */
  acknowledged(intid: number): number;
  /** To be called after what concerns more than `cpu`. */
  changed(): void;
}

/**
 * The registers of a CPU interface (IHI 0048, "CPU interface register descriptions", "Virtual CPU interface"). The aliases GICC_AIAR,
 * AEOIR and AHPPIR are for Group 1 alone.
 */
const registers: Register<CpuFrame>[] = [
  {
    name: 'CTLR',
    offset: 0x000,
    read: getControl,
    write: (frame, value, mask) => setControl(frame, merge(getControl(frame), value, mask)),
  },
  { name: 'PMR', offset: 0x004, read: ({ cpu }) => cpu.pmr, write: ({ cpu }, v) => cpu.setPmr(v) },
  binaryPoint('BPR', 0x008, 0),
  { name: 'IAR', offset: 0x00c, read: (frame) => acknowledge(frame, BOTH) },
  { name: 'EOIR', offset: 0x010, write: (frame, value) => end(frame, value, BOTH) },
  { name: 'RPR', offset: 0x014, read: ({ cpu }) => cpu.runningPriority },
  { name: 'HPPIR', offset: 0x018, read: (frame) => highestPending(frame, BOTH) },
  binaryPoint('ABPR', 0x01c, 1),
  { name: 'AIAR', offset: 0x020, read: (frame) => acknowledge(frame, GROUP1) },
  { name: 'AEOIR', offset: 0x024, write: (frame, value) => end(frame, value, frame.aliasGroups) },
  { name: 'AHPPIR', offset: 0x028, read: (frame) => highestPending(frame, GROUP1) },
  { name: 'IIDR', offset: 0x0fc, read: () => ARCHITECTURE | IIDR },
  { name: 'DIR', offset: 0x1000, write: ({ cpu }, value) => cpu.deactivate(value & INTID) },
];

function binaryPoint(name: string, offset: number, group: 0 | 1): Register<CpuFrame> {
  return { name, offset, read: ({ cpu }) => cpu.getBpr(group), write: ({ cpu }, value) => cpu.setBpr(group, value) };
}

function activePriorities(name: string, offset: number, group: 0 | 1): Register<CpuFrame> {
  return {
    name,
    offset,
    count: 4,
    read: ({ cpu }, index) => cpu.getActivePriorities(group, index),
    write: ({ cpu }, value, mask, index) =>
      cpu.setActivePriorities(group, index, merge(cpu.getActivePriorities(group, index), value, mask)),
  };
}

function getControl({ cpu, ackCtl }: CpuFrame): number {
  return (
    cpu.enabledGroups |
    (ackCtl ? CTLR_ACKCTL : 0) |
    (cpu.fiqGroups ? CTLR_FIQEN : 0) |
    (cpu.cbpr ? CTLR_CBPR : 0) |
    (cpu.eoiSplit ? CTLR_EOIMODE : 0)
  );
}

function setControl(frame: CpuFrame, value: number): void {
  const { cpu } = frame;
  frame.ackCtl = (value & CTLR_ACKCTL) !== 0;
  cpu.fiqGroups = value & CTLR_FIQEN ? GROUP0 : 0;
  cpu.cbpr = (value & CTLR_CBPR) !== 0;
  cpu.eoiSplit = (value & CTLR_EOIMODE) !== 0;
  cpu.setEnabledGroups(value & CTLR_ENABLES);
  frame.changed();
}

/** Whether a register for both groups has to leave the interrupt, which is of Group 1, to its alias. */
function leavesToAlias(frame: CpuFrame, groups: number, pending: number): boolean {
  return groups === BOTH && !frame.ackCtl && pending === GROUP1;
}

function acknowledge(frame: CpuFrame, groups: number): number {
  if (leavesToAlias(frame, groups, frame.cpu.signalledGroups())) return INTID_GROUP1;
  const intid = frame.cpu.acknowledge(groups);
  return intid >= 16 ? intid : (frame.acknowledged(intid) << 10) | intid;
}

function highestPending(frame: CpuFrame, groups: number): number {
  if (leavesToAlias(frame, groups, frame.cpu.highestPendingGroups())) return INTID_GROUP1;
  const intid = frame.cpu.highestPending(groups);
  return intid === INTID_SPURIOUS ? intid : (frame.sourceOf(intid) << 10) | intid;
}

/** The CPUID of an SGI is not compared: which source's SGI is active is not kept, as in QEMU. */
function end(frame: CpuFrame, value: number, groups: number): void {
  const intid = value & INTID;
  if (intid < INTID_FIRST_SPECIAL) frame.cpu.endOfInterrupt(intid, groups);
}

/** The rows of GICC. */
export const physicalMap = new RegisterMap<CpuFrame>(CPU_INTERFACE_SIZE, [
  ...registers,
  activePriorities('APR', 0x0d0, 0),
  activePriorities('NSAPR', 0x0e0, 1),
]);
/** The rows of GICV: its active priorities are those of both groups, and GICH_APR (virtual.ts) shows them. */
export const virtualRegisters: readonly Register<CpuFrame>[] = registers;
