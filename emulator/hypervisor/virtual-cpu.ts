import type { Interrupts } from '../devices/gic/interrupts.ts';
import { Context } from './context.ts';
import type { Processor, Registers } from './processor.ts';
import type { PsciCore } from './psci.ts';
import { ListedInterrupts } from './listed-interrupts.ts';

/** ICH_*_EL2 that belong to a virtual CPU beside its list registers. */
export const interfaceRegisters = ['ICH_VMCR_EL2', 'ICH_AP0R0_EL2', 'ICH_AP1R0_EL2'] as const;

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
  readonly interface = new Map<string, bigint>();
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

  /** A register of its interrupt interface. */
  readInterface(name: string): bigint {
    return this.isLoaded ? this.processor.readInterface(name) : (this.interface.get(name) ?? 0n);
  }

  get irqLines(): number {
    return this.interrupts.areSignalled ? 1 : 0;
  }

  /** Whether it has something to execute. */
  get isReady(): boolean {
    return !this.poweredOff && this.waiting === 0 && this.cell.isRunning;
  }
}
