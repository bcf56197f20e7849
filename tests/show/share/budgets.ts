import { hypervisorTime } from '../../../emulator/hypervisor/schedule/hypervisor-time.ts';
import type { Figure } from '../show.ts';
import { LOAD } from './shares.ts';
import { startHandset, type HandsetOptions, type RunningHandset } from '../support/handset.ts';

const SECOND = 1e9;

/** FreeRTOS computes by itself, and so does our kernel's task; Linux boots first, which is work enough. */
const sends = [
  { pattern: 'hello> ', text: 'crc 1000000\r' },
  { pattern: '/ # ', text: LOAD },
];

export type Policy = 'throttle' | 'background' | 'stop';

/** Four cells that want more than their budgets: what each has of the time, and what becomes of it beyond. */
export function measureBudgets(
  options: HandsetOptions,
  policy: Policy,
  seconds: number,
): { figures: Figure[]; details: string[] } {
  const run = startHandset('three-kernels', { ...options, script: { sends } });
  const schedules = new Map(run.plan.cells.map(({ name, schedule }) => [name, schedule]));
  const names = [...schedules.keys()];
  const budget = (name: string): number => {
    const { budgetNs, periodNs } = schedules.get(name)!;
    return (budgetNs ?? NaN) / periodNs!;
  };
  if (policy === 'stop') return stopped(run, names, (name) => schedules.get(name)!.budgetNs!);

  // From and to a moment at which each has had its budget: whole periods of all of them.
  const started = 0.4 * SECOND;
  run.runTo(started);
  const before = new Map(names.map((name) => [name, run.account(name)]));
  run.runTo(started + seconds * SECOND);
  const measuredNs = run.machine.nowNs - started;
  const parts = names.map((name) => {
    const { runNs, overheadNs } = run.account(name);
    const was = before.get(name)!;
    return { name, part: (runNs - was.runNs + overheadNs - was.overheadNs) / measuredNs, budget: budget(name) };
  });
  const details = parts.map(
    ({ name, part, budget }) =>
      `${policy}: ${name} had ${(100 * part).toFixed(3)} % of the time; its budget is ${(100 * budget).toFixed(3)} %`,
  );
  const deviation = ({ part, budget }: { part: number; budget: number }): number => 100 * (part / budget - 1);
  if (policy === 'background') {
    const total = parts.reduce((sum, { part }) => sum + part, 0);
    return {
      figures: [
        { name: 'background: least of a budget', value: Math.min(...parts.map(deviation)), unit: '%', goal: { atLeast: -1 } },
        { name: 'background: the core is busy', value: 100 * total, unit: '%', goal: { atLeast: 99 }, note: 'budgets are 90 %' },
      ],
      details,
    };
  }
  const figures: Figure[] = parts.map((each) => ({
    name: `${each.name}: used beside its budget`,
    // NaN without a budget: it misses.
    value: deviation(each),
    unit: '%',
    goal: { atLeast: -1, atMost: 1 },
    note: `${(100 * each.part).toFixed(3)} % of the core`,
  }));
  return { figures, details: [] };
}

/** Cells that end when their budget is used up: at once, but for what the hypervisor does at a stretch. */
function stopped(
  run: RunningHandset,
  names: readonly string[],
  budgetNs: (name: string) => number,
): { figures: Figure[]; details: string[] } {
  run.runTo(SECOND);
  const cells = names.map((name) => {
    const { state, failure, runNs, overheadNs } = run.account(name);
    return { name, state, failure, beyondUs: (runNs + overheadNs - budgetNs(name)) / 1000 };
  });
  const ended = cells.filter(({ failure }) => failure === 'its budget was used up');
  return {
    figures: [
      { name: 'stop: cells that were', value: ended.length, goal: { is: names.length } },
      {
        name: 'stop: most beyond a budget',
        value: Math.max(...cells.map(({ beyondUs }) => beyondUs)),
        unit: 'us',
        goal: { atMost: hypervisorTime(run.plan.costs).debtNs / 1000 },
        note: "the longest of the hypervisor's own work",
      },
    ],
    details: cells.map(({ name, state, beyondUs }) => `stop: ${name} is ${state} ${beyondUs.toFixed(1)} us after its budget`),
  };
}
