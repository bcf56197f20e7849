import type { CellRow, DeadlineRow } from '../../debug/monitor/target.ts';
import type { Radio } from '../../devices/radio/radio.ts';
import type { CellResult } from '../../hypervisor/accounts.ts';
import type { IdleReport } from '../../hypervisor/wake-ups.ts';
import { violationText } from './deadlines/cause.ts';
import type { Hosted } from './build.ts';
import type { DeadlineStatus, Violation } from './deadlines/deadline-monitor.ts';

/** What is said of cells at the end of a run; the rest where deadlines are watched. */
interface CellsResult {
  cells: CellResult[];
  idle: IdleReport;
  deadlines?: DeadlineStatus[];
  violations?: Violation[];
}

/** To be called once: it counts what is overdue then. */
export function resultsOf({ hypervisor, deadlines }: Hosted, nowNs: number): CellsResult {
  deadlines?.finish(nowNs);
  const watched = deadlines ? { deadlines: deadlines.status(), violations: deadlines.violations } : {};
  return { cells: hypervisor.results(), idle: hypervisor.idle(), ...watched };
}

/** How deadlines were kept; `undefined` where none are watched. */
export function deadlinesOf({ deadlines }: Hosted): DeadlineRow[] | undefined {
  return deadlines?.status().map(({ last, ...row }) => ({ ...row, ...(last ? { last: violationText(last) } : {}) }));
}

/** Of all cells, in their order. */
export function statusOf({ hypervisor, cells, deadlines }: Hosted): CellRow[] {
  return hypervisor.results().map(({ name, state, failure, restarts, runNs, overheadNs, overruns, exits }, n) => {
    const { config, radio } = cells[n]!;
    const { budgetNs, periodNs } = config.schedule;
    const onCores = new Set(hypervisor.cells[n]!.cpus.map(({ processor }) => processor.index)).size;
    return {
      ...{ name, state, restarts, runNs, overheadNs, overruns },
      ...(failure === undefined ? {} : { failure }),
      ...(budgetNs === undefined || periodNs === undefined ? {} : { budget: { budgetNs: budgetNs * onCores, periodNs } }),
      missed: (deadlines?.missedBy(name) ?? 0) + missedByRadio(radio),
      exits: Object.values(exits).reduce((sum, count) => sum + count, 0),
    };
  });
}

const missedByRadio = (radio: Radio | undefined): number =>
  Object.values(radio?.statistics().sources ?? {}).reduce((sum, { missed, late }) => sum + missed + late, 0);
