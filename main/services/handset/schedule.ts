/** When cells run: what the file says, and what can be told of it without the analysis. */
import type { CellPlan } from '../machines/plan.ts';
import type { Path } from './document.ts';
import type { Report } from './report.ts';
import type { Cell } from './schema.ts';
import { parseDuration } from './units.ts';

type Schedule = CellPlan['schedule'];

export function scheduleOf(report: Report, { schedule = {} }: Cell, path: Path): Schedule {
  const { priority = 0, overrun, share } = schedule;
  const time = (key: 'period' | 'budget'): number | undefined => {
    const text = schedule[key];
    const ns = text === undefined ? undefined : parseDuration(text);
    if (ns === 0) report.error('out-of-range', `"${key}" is nothing`, [...path, key], 'a time above 0');
    return ns;
  };
  const [periodNs, budgetNs] = [time('period'), time('budget')];
  if (budgetNs !== undefined && periodNs === undefined) {
    report.error('missing-key', 'a budget comes back each period, which is missing', [...path, 'budget'], 'add period:');
  }
  if (periodNs !== undefined && budgetNs === undefined) {
    report.error(
      'missing-key',
      'a period is how often a budget comes back, which is missing',
      [...path, 'period'],
      'add budget:',
    );
  }
  if (periodNs !== undefined && budgetNs !== undefined && budgetNs > periodNs) {
    report.error(
      'budget-over-period',
      `${schedule.budget} of every ${schedule.period} cannot be`,
      [...path, 'budget'],
      'shorten the budget',
    );
  }
  if (overrun !== undefined && budgetNs === undefined) {
    report.error('conflict', 'without a budget none is ever used up', [...path, 'overrun'], 'add period: and budget:');
  }
  if (priority === 0 && budgetNs !== undefined) {
    report.error('conflict', 'the background, priority 0, has no budgets', [...path, 'budget'], 'add a priority above 0');
  }
  return {
    priority,
    ...(periodNs === undefined ? {} : { periodNs }),
    ...(budgetNs === undefined ? {} : { budgetNs }),
    ...(overrun === undefined ? {} : { overrun }),
    ...(share === undefined ? {} : { share }),
  };
}

/** The core of each virtual CPU. */
export function coresOf({ cpus, cores }: Pick<CellPlan, 'cpus' | 'cores'>): readonly number[] {
  return cores ?? Array.from({ length: cpus }, (_, n) => n);
}

/** Cells with budgets that take turns on a core: none of them is before the other, which is seldom meant. */
export function checkPriorities(report: Report, cells: readonly CellPlan[]): void {
  for (const [index, cell] of cells.entries()) {
    const { name, schedule } = cell;
    if (schedule.budgetNs === undefined) continue;
    const other = cells.slice(0, index).find((one) => {
      const isEqual = one.schedule.budgetNs !== undefined && one.schedule.priority === schedule.priority;
      return isEqual && coresOf(one).some((core) => coresOf(cell).includes(core));
    });
    if (!other) continue;
    const message = `${name} and ${other.name} have budgets at priority ${schedule.priority}: they take turns, and each may wait for the other`;
    report.warn('same-priority', message, ['cells', name, 'schedule', 'priority'], 'give the more urgent one a larger priority');
  }
}
