import type { Device, DeviceState } from '../device.ts';
import { INTID_SPURIOUS } from '../gic/candidate.ts';
import type { ListRegister } from '../gic/list-registers.ts';
import { merge, RegisterMap, type Register } from '../gic/register-map.ts';
import { LIST_REGISTERS, VIRTUAL_PRIORITY_BITS, type VirtualInterface } from '../gic/virtual-interface.ts';
import { CPU_INTERFACE_SIZE, virtualRegisters, type CpuFrame } from './cpu-frame.ts';
import type { GicV2State } from './state.ts';

/** GICH, the virtual interface control (IHI 0048 5.3). */
export const HYPERVISOR_SIZE = 0x1000;

const VTR = ((VIRTUAL_PRIORITY_BITS - 1) << 29) | ((VIRTUAL_PRIORITY_BITS - 1) << 26) | (LIST_REGISTERS - 1);

const INTID = 0x3ff;
const LR_GROUP1 = 1 << 30;
const LR_HARDWARE = 1 << 31;
/** In the place of the physical INTID's highest bit. */
const LR_END = 1 << 19;
const CPUID = 7;

function getListRegister(lr: ListRegister): number {
  const physical = lr.hardware ? lr.physicalId << 10 : ((lr.physicalId & CPUID) << 10) | (lr.signalsEnd ? LR_END : 0);
  const flags = (lr.hardware ? LR_HARDWARE : 0) | (lr.group ? LR_GROUP1 : 0);
  return flags | (lr.state << 28) | ((lr.priority >> 3) << 23) | physical | lr.virtualId;
}

function setListRegister(lr: ListRegister, value: number): void {
  lr.hardware = (value & LR_HARDWARE) !== 0;
  lr.group = value & LR_GROUP1 ? 1 : 0;
  lr.state = (value >>> 28) & 3;
  lr.priority = ((value >>> 23) & 31) << 3;
  lr.physicalId = (value >>> 10) & (lr.hardware ? INTID : CPUID);
  lr.signalsEnd = !lr.hardware && (value & LR_END) !== 0;
  lr.virtualId = value & INTID;
}

const registers: Register<VirtualInterface>[] = [
  {
    name: 'GICH_HCR',
    offset: 0x000,
    read: (own) => own.getControl(),
    write: (own, value, mask) => own.setControl(merge(own.getControl(), value, mask)),
  },
  { name: 'GICH_VTR', offset: 0x004, read: () => VTR },
  {
    name: 'GICH_VMCR',
    offset: 0x008,
    read: (own) => own.getMachineControl(),
    write: (own, value, mask) => own.setMachineControl(merge(own.getMachineControl(), value, mask)),
  },
  { name: 'GICH_MISR', offset: 0x010, read: (own) => own.maintenanceStatus },
  { name: 'GICH_EISR0', offset: 0x020, read: ({ lists }) => lists.ended },
  { name: 'GICH_ELRSR0', offset: 0x030, read: ({ lists }) => lists.free },
  { name: 'GICH_APR', offset: 0x0f0, read: getActive, write: setActive },
  {
    name: 'GICH_LR',
    offset: 0x100,
    count: LIST_REGISTERS,
    read: ({ lists }, n) => getListRegister(lists.registers[n] as ListRegister),
    write: (own, value, mask, n) => {
      const lr = own.lists.registers[n] as ListRegister;
      setListRegister(lr, merge(getListRegister(lr), value, mask));
      own.changed();
    },
  },
];

/** Active priorities of both groups in one: which group's they are is not kept over a write. */
function getActive({ cpu }: VirtualInterface): number {
  return cpu.getActivePriorities(0, 0) | cpu.getActivePriorities(1, 0);
}

function setActive(own: VirtualInterface, value: number, mask: number): void {
  const merged = merge(getActive(own), value, mask);
  own.cpu.setActivePriorities(1, 0, 0);
  own.cpu.setActivePriorities(0, 0, merged);
}

const hypervisorMap = new RegisterMap<VirtualInterface>(HYPERVISOR_SIZE, registers);
const machineMap = new RegisterMap<CpuFrame & { readonly own: VirtualInterface }>(CPU_INTERFACE_SIZE, [
  ...virtualRegisters,
  { name: 'APR', offset: 0x0d0, read: ({ own }) => getActive(own), write: ({ own }, value, mask) => setActive(own, value, mask) },
]);

/** GICV's view of a virtual interface. */
class MachineFrame implements CpuFrame {
  readonly own: VirtualInterface;
  readonly aliasGroups = 3;

  constructor(own: VirtualInterface) {
    this.own = own;
  }

  get cpu() {
    return this.own.cpu;
  }

  get ackCtl(): boolean {
    return this.own.ackCtl;
  }

  set ackCtl(value: boolean) {
    this.own.ackCtl = value;
  }

  sourceOf(intid: number): number {
    return intid === INTID_SPURIOUS ? 0 : this.cpuId(intid, 1);
  }

  acknowledged(intid: number): number {
    return this.cpuId(intid, 2);
  }

  private cpuId(intid: number, state: number): number {
    const lr = this.own.lists.find(intid, state);
    return lr && !lr.hardware ? lr.physicalId & CPUID : 0;
  }

  changed(): void {
    this.own.changed();
  }
}

/** GICH of all cores at one address: each core sees its own. The state of the virtual interfaces belongs to it. */
export class HypervisorControl implements Device {
  readonly kind = 'gicv2-hypervisor-control';
  private readonly gic: GicV2State;

  constructor(gic: GicV2State) {
    this.gic = gic;
  }

  read(offset: number, size: 1 | 2 | 4): number {
    return hypervisorMap.read(this.accessing, offset, size);
  }

  write(offset: number, size: 1 | 2 | 4, value: number): void {
    hypervisorMap.write(this.accessing, offset, size, value);
  }

  private get accessing(): VirtualInterface {
    return this.gic.accessing.virtual as VirtualInterface;
  }

  private get all(): VirtualInterface[] {
    return this.gic.cores.map(({ virtual }) => virtual as VirtualInterface);
  }

  reset(): void {
    for (const own of this.all) {
      own.reset();
      own.changed();
    }
  }

  save(): DeviceState {
    return { cores: this.all.map((own) => own.save()) };
  }

  restore(state: DeviceState): void {
    for (const [n, own] of this.all.entries()) {
      own.restore((state['cores'] as DeviceState[])[n] as DeviceState);
      own.changed();
    }
  }
}

/** GICV of all cores at one address. */
export class VirtualCpuInterfaces implements Device {
  readonly kind = 'gicv2-virtual-cpu-interface';
  private readonly gic: GicV2State;
  private readonly frames: readonly MachineFrame[];

  constructor(gic: GicV2State) {
    this.gic = gic;
    this.frames = gic.cores.map(({ virtual }) => new MachineFrame(virtual as VirtualInterface));
  }

  read(offset: number, size: 1 | 2 | 4): number {
    return machineMap.read(this.frame, offset, size);
  }

  write(offset: number, size: 1 | 2 | 4, value: number): void {
    machineMap.write(this.frame, offset, size, value);
  }

  private get frame(): MachineFrame {
    return this.frames[this.gic.accessing.index] as MachineFrame;
  }

  reset(): void {}

  save(): DeviceState {
    return {};
  }

  restore(): void {}
}
