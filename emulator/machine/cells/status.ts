import type { CellRow } from '../../debug/monitor/target.ts';
import type { Hosted } from './build.ts';

/** How a cell does. */
export type CellStatus = CellRow;

/** Of all cells, in their order. */
export function statusOf({ hypervisor, cells }: Hosted): CellStatus[] {
  return hypervisor.results().map(({ name, state, failure, restarts, runNs, overheadNs, overruns, exits }, n) => {
    const { config, radio } = cells[n]!;
    const { budgetNs, periodNs } = config.schedule;
    const onCores = new Set(hypervisor.cells[n]!.cpus.map(({ processor }) => processor.index)).size;
    return {
      ...{ name, state, restarts, runNs, overheadNs, overruns },
      ...(failure === undefined ? {} : { failure }),
      ...(budgetNs === undefined || periodNs === undefined ? {} : { budget: { budgetNs: budgetNs * onCores, periodNs } }),
      missed: Object.values(radio?.statistics().sources ?? {}).reduce((sum, { missed, late }) => sum + missed + late, 0),
      exits: Object.values(exits).reduce((sum, count) => sum + count, 0),
    };
  });
}
