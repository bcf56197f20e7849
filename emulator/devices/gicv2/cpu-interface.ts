import type { Device, DeviceState } from '../device.ts';
import { GROUP0, GROUP1, INTID_FIRST_SPECIAL, INTID_SPURIOUS } from '../gic/candidate.ts';
import { IIDR } from '../gic/identification.ts';
import { RegisterFrame } from '../gic/register-frame.ts';
import { merge, RegisterMap, type Register } from '../gic/register-map.ts';
import { setSources, sourceOf } from './software-interrupts.ts';
import type { GicV2Core, GicV2State } from './state.ts';

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

/**
 * The registers of a CPU interface (IHI 0048, "CPU interface register descriptions"). The aliases GICC_AIAR, AEOIR and AHPPIR are
 * for Group 1 alone.
 */
const registers: Register<GicV2State>[] = [
  {
    name: 'GICC_CTLR',
    offset: 0x000,
    read: ({ accessing }) => getControl(accessing),
    write: ({ accessing }, value, mask) => setControl(accessing, merge(getControl(accessing), value, mask)),
  },
  {
    name: 'GICC_PMR',
    offset: 0x004,
    read: ({ accessing }) => accessing.cpu.pmr,
    write: ({ accessing }, v) => accessing.cpu.setPmr(v),
  },
  binaryPoint('GICC_BPR', 0x008, 0),
  { name: 'GICC_IAR', offset: 0x00c, read: (gic) => acknowledge(gic, BOTH) },
  { name: 'GICC_EOIR', offset: 0x010, write: ({ accessing }, value) => end(accessing, value, BOTH) },
  { name: 'GICC_RPR', offset: 0x014, read: ({ accessing }) => accessing.cpu.runningPriority },
  { name: 'GICC_HPPIR', offset: 0x018, read: ({ accessing }) => highestPending(accessing, BOTH) },
  binaryPoint('GICC_ABPR', 0x01c, 1),
  { name: 'GICC_AIAR', offset: 0x020, read: (gic) => acknowledge(gic, GROUP1) },
  { name: 'GICC_AEOIR', offset: 0x024, write: ({ accessing }, value) => end(accessing, value, GROUP1) },
  { name: 'GICC_AHPPIR', offset: 0x028, read: ({ accessing }) => highestPending(accessing, GROUP1) },
  activePriorities('GICC_APR', 0x0d0, 0),
  activePriorities('GICC_NSAPR', 0x0e0, 1),
  { name: 'GICC_IIDR', offset: 0x0fc, read: () => ARCHITECTURE | IIDR },
  { name: 'GICC_DIR', offset: 0x1000, write: ({ accessing }, value) => accessing.cpu.deactivate(value & INTID) },
];

function binaryPoint(name: string, offset: number, group: 0 | 1): Register<GicV2State> {
  return {
    name,
    offset,
    read: ({ accessing }) => accessing.cpu.getBpr(group),
    write: ({ accessing }, value) => accessing.cpu.setBpr(group, value),
  };
}

function activePriorities(name: string, offset: number, group: 0 | 1): Register<GicV2State> {
  return {
    name,
    offset,
    count: 4,
    read: ({ accessing }, index) => accessing.cpu.getActivePriorities(group, index),
    write: ({ accessing }, value, mask, index) =>
      accessing.cpu.setActivePriorities(group, index, merge(accessing.cpu.getActivePriorities(group, index), value, mask)),
  };
}

function getControl({ cpu, ackCtl }: GicV2Core): number {
  return (
    cpu.enabledGroups |
    (ackCtl ? CTLR_ACKCTL : 0) |
    (cpu.fiqGroups ? CTLR_FIQEN : 0) |
    (cpu.cbpr ? CTLR_CBPR : 0) |
    (cpu.eoiSplit ? CTLR_EOIMODE : 0)
  );
}

function setControl(core: GicV2Core, value: number): void {
  core.ackCtl = (value & CTLR_ACKCTL) !== 0;
  core.cpu.fiqGroups = value & CTLR_FIQEN ? GROUP0 : 0;
  core.cpu.cbpr = (value & CTLR_CBPR) !== 0;
  core.cpu.eoiSplit = (value & CTLR_EOIMODE) !== 0;
  core.cpu.setEnabledGroups(value & CTLR_ENABLES);
}

/** Whether a register for both groups has to leave the interrupt, which is of Group 1, to its alias. */
function leavesToAlias(core: GicV2Core, groups: number, pending: number): boolean {
  return groups === BOTH && !core.ackCtl && pending === GROUP1;
}

function acknowledge(gic: GicV2State, groups: number): number {
  const core = gic.accessing;
  if (leavesToAlias(core, groups, core.cpu.signalledGroups())) return INTID_GROUP1;
  const intid = core.cpu.acknowledge(groups);
  if (intid >= 16) return intid;
  // One source's SGI is acknowledged; from others it stays pending.
  const source = sourceOf(core, intid);
  setSources(gic, core, intid, (core.sources[intid] as number) & ~(1 << source));
  return (source << 10) | intid;
}

function highestPending(core: GicV2Core, groups: number): number {
  if (leavesToAlias(core, groups, core.cpu.highestPendingGroups())) return INTID_GROUP1;
  const intid = core.cpu.highestPending(groups);
  return intid === INTID_SPURIOUS ? intid : (sourceOf(core, intid) << 10) | intid;
}

/** The CPUID of an SGI is not compared: which source's SGI is active is not kept, as in QEMU. */
function end(core: GicV2Core, value: number, groups: number): void {
  const intid = value & INTID;
  if (intid < INTID_FIRST_SPECIAL) core.cpu.endOfInterrupt(intid, groups);
}

const map = new RegisterMap<GicV2State>(CPU_INTERFACE_SIZE, registers);

/** The CPU interfaces of all cores at one address: each core sees its own. */
export class CpuInterfaces extends RegisterFrame<GicV2State> implements Device {
  readonly kind = 'gicv2-cpu-interface';

  constructor(gic: GicV2State) {
    super(gic, map);
  }

  reset(): void {
    for (const core of this.gic.cores) {
      core.cpu.reset();
      core.ackCtl = false;
      core.cpu.update();
    }
  }

  save(): DeviceState {
    return { cores: this.gic.cores.map(({ cpu, ackCtl }) => ({ cpu: cpu.save(), ackCtl })) };
  }

  restore(state: DeviceState): void {
    for (const [at, core] of this.gic.cores.entries()) {
      const saved = (state['cores'] as DeviceState[])[at] as DeviceState;
      core.cpu.restore(saved['cpu'] as DeviceState);
      core.ackCtl = saved['ackCtl'] as boolean;
      core.cpu.update();
    }
  }
}
