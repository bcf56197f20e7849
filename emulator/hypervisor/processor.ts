/** What the hypervisor has of the board: its cores with EL2, and their interrupt interface. */

import type { VirtualInterface } from '../devices/gic/virtual-interface.ts';

/** Registers by the names of the state's layout (emulator/state/layout.ts): in a core, or kept while something else runs there. */
export interface Registers {
  get32(name: string, index?: number): number;
  set32(name: string, value: number, index?: number): void;
  get64(name: string, index?: number): bigint;
  set64(name: string, value: bigint, index?: number): void;
}

/** A core at whose EL2 the hypervisor stands. Between runs of guest code only. */
export interface Processor extends Registers {
  readonly index: number;
  /** General register; 31 is the stack pointer in use. */
  x(n: number): bigint;
  setX(n: number, value: bigint): void;
  /** All that a guest can see of the core: the layout's `arch` fields, as they lie beside each other. */
  readonly state: Uint8Array;
  /** Virtual time that the core has reached. */
  readonly nowNs: number;
  /** The hypervisor's own work takes virtual time. */
  charge(ns: number): void;
  /** ERET from EL2. */
  eret(): void;
  /** A synchronous exception at EL1 before the instruction at PC; `address` for aborts. */
  raiseAtEl1(ec: number, iss: number, address?: bigint): void;
  /** Registers were replaced as a whole, or EL2's controls changed. */
  registersChanged(): void;
  /** The virtual CPU interface with its list registers: ICH_*_EL2, or GICH where the GIC is of version 2. */
  readonly interrupts: VirtualInterface;
  /** Nothing runs here until {@link wake}. */
  sleep(): void;
  /** The hypervisor wants to choose anew who runs here, soon. */
  wake(): void;
}
