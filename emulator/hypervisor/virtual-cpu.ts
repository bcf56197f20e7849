import type { DeviceState } from '../devices/device.ts';
import type { Interrupts } from '../devices/gic/interrupts.ts';
import { Context } from './context.ts';
import type { Processor, Registers } from './processor.ts';
import type { PsciCore } from './psci.ts';
import { ListedInterrupts } from './listed-interrupts.ts';

/** What belongs to a virtual CPU of its interrupt interface beside list registers: VMCR, and the active priorities of both groups. */
export type InterfaceState = readonly [control: number, active0: number, active1: number];
export const resetInterface: InterfaceState = [0, 0, 0];

/** What a virtual CPU has of its cell. */
export interface Owner {
  readonly isRunning: boolean;
  /** Of the cell's distributor. */
  readonly interrupts: Interrupts;
}

/** A virtual CPU of a cell. It runs on one core only. */
export class VirtualCpu implements PsciCore, Registers {
  readonly cell: Owner;
  readonly index: number;
  /** Among all virtual CPUs: the scheduler's. */
  readonly number: number;
  readonly processor: Processor;
  /** Its registers while it is not loaded. */
  readonly context = new Context();
  /** The same of its interrupt interface. */
  interface: InterfaceState = resetInterface;
  readonly interrupts: ListedInterrupts;
  /** Whether its registers are in the processor. */
  isLoaded = false;
  poweredOff = true;
  /** 1 in WFI, or in the hypercall that is alike. */
  waiting = 0;
  /** What the scheduler was told last. */
  wasReady = false;
  /** When a wait ends without an interrupt. */
  wakeNs = Infinity;
  /** Why it has something to execute, until it does. */
  wokenBy: string | undefined;

  constructor(cell: Owner, index: number, number: number, processor: Processor) {
    this.cell = cell;
    this.index = index;
    this.number = number;
    this.processor = processor;
    this.interrupts = new ListedInterrupts(cell.interrupts, this);
  }

  private get registers(): Registers {
    return this.isLoaded ? this.processor : this.context;
  }

  get32(name: string, index?: number): number {
    return this.registers.get32(name, index);
  }
  set32(name: string, value: number, index?: number): void {
    this.registers.set32(name, value, index);
  }
  get64(name: string, index?: number): bigint {
    return this.registers.get64(name, index);
  }
  set64(name: string, value: bigint, index?: number): void {
    this.registers.set64(name, value, index);
  }

  /** A general register. Only while it is loaded, as in its own calls. */
  x(n: number): bigint {
    return this.processor.x(n);
  }
  setX(n: number, value: bigint): void {
    this.processor.setX(n, value);
  }

  /** GICH_VMCR, ICH_VMCR_EL2: how the guest has set its interrupt interface. */
  get interfaceControl(): number {
    return this.isLoaded ? this.processor.interrupts.getMachineControl() : this.interface[0];
  }

  /** Takes its interrupt interface out of the processor, or puts it there. */
  unloadInterface(): void {
    const own = this.processor.interrupts;
    this.interface = [own.getMachineControl(), own.cpu.getActivePriorities(0, 0), own.cpu.getActivePriorities(1, 0)];
  }
  loadInterface(): void {
    const own = this.processor.interrupts;
    const [control, active0, active1] = this.interface;
    own.setMachineControl(control);
    own.cpu.setActivePriorities(0, 0, active0);
    own.cpu.setActivePriorities(1, 0, active1);
    own.changed();
  }

  get irqLines(): number {
    return this.interrupts.areSignalled ? 1 : 0;
  }

  /** Its registers are the processor's while they are there. */
  save(): DeviceState {
    const { isLoaded, poweredOff, waiting, wasReady, wakeNs } = this;
    return {
      ...{ context: isLoaded ? null : this.context.bytes.slice(), isLoaded, poweredOff, waiting, wasReady },
      ...{ wakeNs: wakeNs === Infinity ? -1 : wakeNs, listed: this.interrupts.save(), interface: [...this.interface] },
    };
  }

  restore(state: DeviceState): void {
    if (state['context'] !== null) this.context.bytes.set(state['context'] as Uint8Array);
    this.isLoaded = state['isLoaded'] as boolean;
    this.poweredOff = state['poweredOff'] as boolean;
    this.waiting = state['waiting'] as number;
    this.wasReady = state['wasReady'] as boolean;
    this.wakeNs = state['wakeNs'] === -1 ? Infinity : (state['wakeNs'] as number);
    this.interface = state['interface'] as unknown as InterfaceState;
    this.interrupts.restore(state['listed'] as DeviceState);
  }

  /** Whether it has something to execute. */
  get isReady(): boolean {
    return !this.poweredOff && this.waiting === 0 && this.cell.isRunning;
  }
}
