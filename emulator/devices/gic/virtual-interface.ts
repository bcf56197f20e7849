import type { DeviceState, Line } from '../device.ts';
import { CpuInterface } from './cpu-interface.ts';
import { emptyListRegister, ListRegisters, type ListRegister } from './list-registers.ts';

/** List registers that each core has, and implemented bits of a virtual priority: as the cores that QEMU models have. */
export const LIST_REGISTERS = 4;
export const VIRTUAL_PRIORITY_BITS = 5;

/** GICH_HCR, ICH_HCR_EL2: what both have. Maintenance interrupts are in the order of MISR's bits behind EOI. */
const HCR_EN = 1 << 0;
const HCR_MAINTENANCE = 0xfe;
const HCR_EOICOUNT = 27;
/** MISR: an end of interest, at most one valid register, unknown ends, none pending, groups that are on or off. */
const MISR_EOI = 1 << 0;
const MISR_U = 1 << 1;
const MISR_LRENP = 1 << 2;
const MISR_NP = 1 << 3;
const MISR_GROUPS = 4;

/** GICH_VMCR, ICH_VMCR_EL2. */
const VMCR_ENABLES = 0b11;
const VMCR_ACKCTL = 1 << 2;
const VMCR_FIQEN = 1 << 3;
const VMCR_CBPR = 1 << 4;
const VMCR_EOIM = 1 << 9;

export interface VirtualOutputs {
  readonly irq: Line;
  readonly fiq: Line;
  readonly maintenance: Line;
}

function isSame(a: ListRegister, b: ListRegister): boolean {
  const { state, group, priority, virtualId, hardware, physicalId, signalsEnd } = a;
  if (state !== b.state || virtualId !== b.virtualId || signalsEnd !== b.signalsEnd) return false;
  return group === b.group && priority === b.priority && hardware === b.hardware && physicalId === b.physicalId;
}

/**
 * The virtual CPU interface of a core and its control by a hypervisor, as both versions of the GIC have them (IHI 0048 chapter 5, IHI 0069
 * chapter 6): they differ in how registers are reached and laid out.
 */
export class VirtualInterface {
  readonly lists: ListRegisters;
  readonly cpu: CpuInterface;
  /** GICV_CTLR.AckCtl. */
  ackCtl = false;
  private readonly maintenance: Line;
  /** GICH_HCR, ICH_HCR_EL2 without EOIcount, and of it what may be written. */
  private control = 0;
  private readonly controlBits: number;
  /** Group 0 is always FIQ where the system registers are used. */
  private readonly alwaysFiq: boolean;

  /** `controlBits`: those of HCR beside En and the maintenance interrupts. */
  constructor(outputs: VirtualOutputs, controlBits: number, alwaysFiq: boolean, deactivatePhysical: (intid: number) => void) {
    this.maintenance = outputs.maintenance;
    this.controlBits = controlBits | HCR_EN | HCR_MAINTENANCE;
    this.alwaysFiq = alwaysFiq;
    this.lists = new ListRegisters(LIST_REGISTERS, () => this.changed(), deactivatePhysical);
    this.cpu = new CpuInterface(this.lists, VIRTUAL_PRIORITY_BITS, outputs.irq, outputs.fiq);
    if (alwaysFiq) this.cpu.fiqGroups = 1;
  }

  /** To be called after whatever a register changed. */
  changed(): void {
    this.cpu.update();
    this.maintenance.set(this.lists.enabled && this.maintenanceStatus !== 0);
  }

  /** Puts an interrupt into a list register, or nothing. */
  list(n: number, interrupt: Readonly<ListRegister> = emptyListRegister): void {
    const register = this.lists.registers[n] as ListRegister;
    // Ours fills all of them at each of its entries, mostly with what is there.
    if (isSame(register, interrupt)) return;
    Object.assign(register, interrupt);
    this.changed();
  }

  getControl(): number {
    return this.control | (this.lists.unknownEnds << HCR_EOICOUNT);
  }

  setControl(value: number): void {
    if (value === this.getControl() && this.lists.enabled === ((value & HCR_EN) !== 0)) return;
    this.control = value & this.controlBits;
    this.lists.enabled = (value & HCR_EN) !== 0;
    this.lists.unknownEnds = value >>> HCR_EOICOUNT;
    this.changed();
  }

  /** MISR: the reasons for a maintenance interrupt that hold and that are wanted. */
  get maintenanceStatus(): number {
    const { lists, cpu } = this;
    if ((this.control & HCR_MAINTENANCE) === 0) return lists.ended !== 0 ? MISR_EOI : 0;
    const groups = [0, 1].reduce((bits, n) => bits | (((cpu.enabledGroups >> n) & 1 ? 1 : 2) << (2 * n)), 0);
    const holds =
      (lists.valid <= 1 ? MISR_U : 0) |
      (lists.unknownEnds !== 0 ? MISR_LRENP : 0) |
      (lists.pending === 0 ? MISR_NP : 0) |
      (groups << MISR_GROUPS);
    return (holds & this.control & HCR_MAINTENANCE) | (lists.ended !== 0 ? MISR_EOI : 0);
  }

  /** VMCR: the virtual machine's view of the interface. */
  getMachineControl(): number {
    const { cpu } = this;
    return (
      (cpu.enabledGroups |
        (this.ackCtl ? VMCR_ACKCTL : 0) |
        (cpu.fiqGroups ? VMCR_FIQEN : 0) |
        (cpu.cbpr ? VMCR_CBPR : 0) |
        (cpu.eoiSplit ? VMCR_EOIM : 0) |
        (cpu.getBpr(1) << 18) |
        (cpu.getBpr(0) << 21) |
        (cpu.pmr << 24)) >>>
      0
    );
  }

  setMachineControl(value: number): void {
    const { cpu } = this;
    this.ackCtl = !this.alwaysFiq && (value & VMCR_ACKCTL) !== 0;
    cpu.fiqGroups = this.alwaysFiq || value & VMCR_FIQEN ? 1 : 0;
    cpu.cbpr = (value & VMCR_CBPR) !== 0;
    cpu.eoiSplit = (value & VMCR_EOIM) !== 0;
    cpu.setBpr(1, (value >>> 18) & 7);
    cpu.setBpr(0, (value >>> 21) & 7);
    cpu.setPmr(value >>> 24);
    cpu.setEnabledGroups(value & VMCR_ENABLES);
    this.changed();
  }

  reset(): void {
    this.control = 0;
    this.ackCtl = false;
    this.lists.reset();
    this.cpu.reset();
    this.cpu.fiqGroups = this.alwaysFiq ? 1 : 0;
  }

  save(): DeviceState {
    return { control: this.control, ackCtl: this.ackCtl, lists: this.lists.save(), cpu: this.cpu.save() };
  }

  /** As {@link VirtualInterface.reset}, needs {@link VirtualInterface.changed} afterwards. */
  restore(state: DeviceState): void {
    this.control = state['control'] as number;
    this.ackCtl = state['ackCtl'] as boolean;
    this.lists.restore(state['lists'] as DeviceState);
    this.cpu.restore(state['cpu'] as DeviceState);
  }
}
