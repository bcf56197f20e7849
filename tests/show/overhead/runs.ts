/** The same guest on the bare board and in a cell. */
import { costsAt } from '../../../emulator/boards/costs.ts';
import type { CellConfig, CellsConfig, CostModel } from '../../../emulator/hypervisor/config.ts';
import type { RunResult } from '../../../emulator/machine/types.ts';
import { testMachine } from '../../support/machine.ts';

export interface Guest {
  readonly memoryBytes: number;
  readonly boot: CellConfig['boot'];
}

/** The board `virt` has a clock of 1 GHz: an instruction takes a nanosecond. */
export const costs = costsAt(1e9);

export function asCell(name: string, { memoryBytes, boot }: Guest, more: Partial<CellConfig> = {}): CellConfig {
  const rest = { cpus: 1, schedule: { priority: 10 }, devices: [{ kind: 'uart' as const }], restart: 'never' as const };
  return { name, memoryBytes, boot, ...rest, ...more };
}

/** Host time that the run took, of the processor. */
export type Ran = RunResult & { readonly cpuMs: number };

/** Runs to what is expected. */
function run(config: NonNullable<Parameters<typeof testMachine>[0]['config']>, expects: readonly string[]): Ran {
  const { machine } = testMachine({ config, script: { expects: [...expects], timeoutNs: 60e9 } });
  const before = process.cpuUsage().user;
  while (machine.runFor(1000) === 'busy');
  const result = machine.result(0);
  if (result.outcome !== 'expected') throw new Error(`the guest was ${result.outcome}: ${result.error?.message ?? ''}`);
  return { ...result, cpuMs: (process.cpuUsage().user - before) / 1000 };
}

export function runBare({ memoryBytes, boot }: Guest, expects: readonly string[]): Ran {
  return run({ memory: memoryBytes, boot: { ...boot, loads: [] } }, expects);
}

export function runInCells(
  cells: Pick<CellsConfig, 'cells'> & Partial<CellsConfig>,
  expects: readonly string[],
  own: CostModel,
): Ran {
  return run({ cells: { channels: [], budgets: [], costs: own, ...cells } }, expects);
}
