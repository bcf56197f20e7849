import type { Cell } from './cell.ts';
import type { CostModel } from './config.ts';
import type { Processor } from './processor.ts';
import type { VirtualCpu } from './virtual-cpu.ts';

/**
 * What the hypervisor says to an exception that was taken to EL2. Handled: the guest goes on. Inject: it takes an exception of its own, as
 * if there was no EL2: UNDEFINED, or an external abort where it was one. Forbidden: the cell must not go on.
 */
export type Verdict = 'handled' | 'inject' | 'forbidden';

/** What handlers ask of the hypervisor around them. */
export interface Services {
  readonly costs: CostModel;
  readonly cells: readonly Cell[];
  powerOff(cell: Cell): void;
  reset(cell: Cell): void;
  /** A virtual CPU begins at an address, as PSCI's CPU_ON says. */
  startCpu(cell: Cell, cpu: VirtualCpu, entry: bigint, context: bigint): void;
  /** To be called when a virtual CPU waits, or was powered on or off. */
  readinessChanged(cpu: VirtualCpu): void;
  /** Lets equals have their turn. */
  yield(cpu: VirtualCpu): void;
}

/** An exception that was taken to EL2 (DDI 0487 D19.2.37: ESR_EL2 and what belongs to it). */
export interface Entry {
  readonly services: Services;
  readonly cell: Cell;
  readonly cpu: VirtualCpu;
  readonly processor: Processor;
  readonly ec: number;
  readonly iss: number;
}

/** The guest goes on behind the instruction that was trapped. */
export function skip({ processor }: Entry): Verdict {
  processor.set64('ELR_EL2', BigInt.asUintN(64, processor.get64('ELR_EL2') + 4n));
  return 'handled';
}
