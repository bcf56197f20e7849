/** Where time went, by cells and cores: what the scheduler counted, put together. */
import type { CellState } from '../base/cell-acts.ts';
import type { Cell } from './cell.ts';
import type { Scheduler, VcpuAccount } from './schedule/scheduler.ts';
import { traps } from './traps/index.ts';
import type { VirtualCpu } from './virtual-cpu.ts';

/** Where the time of a core went: in guests of cells and in the hypervisor on their accounts, in it on nobody's, and nowhere. */
export interface CoreTimes {
  readonly cells: readonly {
    readonly cell: string;
    readonly runNs: number;
    readonly overheadNs: number;
    /** Ready, with its budget used up. */
    readonly throttledNs: number;
  }[];
  readonly hypervisorNs: number;
  readonly idleNs: number;
}

/** Where the time of a cell's virtual CPUs went (see VcpuAccount), together, and the worst of them. */
export type CellAccount = Pick<VcpuAccount, 'runNs' | 'overheadNs' | 'waitNs' | 'throttledNs' | 'overruns' | 'worstStartNs'>;

export interface CellResult extends CellAccount {
  name: string;
  state: CellState;
  failure?: string;
  restarts: number;
  /** How often it came to the hypervisor, by why. */
  exits: Record<string, number>;
}

/** What became of a cell. `nowOf`: until when a virtual CPU is accounted. */
export function cellResult(cell: Cell, scheduler: Scheduler, nowOf: (cpu: VirtualCpu) => number): CellResult {
  const accounts = cell.cpus.map((cpu) => scheduler.vcpuAccount(cpu.number, nowOf(cpu)));
  const sum = (name: Exclude<keyof CellAccount, 'worstStartNs'>): number =>
    accounts.reduce((total, each) => total + each[name], 0);
  return {
    ...{ name: cell.name, state: cell.state, restarts: cell.restarts },
    ...(cell.failure === undefined ? {} : { failure: cell.failure }),
    ...{ runNs: sum('runNs'), overheadNs: sum('overheadNs'), waitNs: sum('waitNs'), throttledNs: sum('throttledNs') },
    ...{ overruns: sum('overruns'), worstStartNs: Math.max(...accounts.map((each) => each.worstStartNs)) },
    exits: Object.fromEntries([...cell.exits].sort(([a], [b]) => a - b).map(([ec, n]) => [nameOfExit(ec), n])),
  };
}

/** Where the time of the core went that runs a cell (its first virtual CPU), as of a virtual time. */
export function coreTimes(all: readonly Cell[], scheduler: Scheduler, name: string, atNs: number): CoreTimes {
  const core = all.find((cell) => cell.name === name)?.cpus[0]?.processor.index ?? 0;
  const cells = all.map((cell) => {
    const accounts = cell.cpus
      .filter(({ processor }) => processor.index === core)
      .map(({ number }) => scheduler.vcpuAccount(number, atNs));
    const sum = (of: 'runNs' | 'overheadNs' | 'throttledNs'): number => accounts.reduce((total, each) => total + each[of], 0);
    return { cell: cell.name, runNs: sum('runNs'), overheadNs: sum('overheadNs'), throttledNs: sum('throttledNs') };
  });
  const { overheadNs, idleNs } = scheduler.coreAccount(core, atNs);
  return { cells, idleNs, hypervisorNs: overheadNs - cells.reduce((sum, each) => sum + each.overheadNs, 0) };
}

function nameOfExit(ec: number): string {
  if (ec === MAINTENANCE) return 'maintenance interrupts';
  return traps.find((trap) => trap.ec === ec)?.name ?? `class 0x${ec.toString(16)}`;
}

/** Exits that are no exception of a class: maintenance interrupts. */
export const MAINTENANCE = 64;
