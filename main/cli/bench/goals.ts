/** What the project wants to reach, and what was measured of it. */
import { means, overheadMB, type Result } from './summary.ts';
import type { Group } from './workload.ts';

export interface Goal {
  readonly name: string;
  readonly must: number;
  readonly aim: number;
  /** That it is of alone. */
  readonly group?: Group;
  readonly unit?: string;
  /** By wall clock; CPU time beside it where that has a meaning. */
  measured(results: readonly Result[]): { value?: number; cpu?: number; where?: string };
  /** A ratio is to be at least so much, a cost at most. */
  readonly direction: 'at-least' | 'at-most';
}

const groupMean = (group: Group, must: number, aim: number): Goal => ({
  ...{ name: `${group}, geometric mean`, group, must, aim, direction: 'at-least' },
  measured(results) {
    const { wallRatio, cpuRatio } = means(results.filter((result) => result.group === group));
    return { ...(wallRatio === undefined ? {} : { value: wallRatio }), ...(cpuRatio === undefined ? {} : { cpu: cpuRatio }) };
  },
});

/** Of ours alone: what a thread for each core brings. */
const gainGoal: Goal = {
  ...{ name: 'gain of two cores on a parallel load', group: 'parallel', must: 1.6, aim: 1.8, direction: 'at-least' },
  measured(results) {
    const { gain } = means(results.filter(({ group }) => group === 'parallel'));
    return gain === undefined ? {} : { value: gain };
  },
};

/** Of ours alone: what is left below a second stage of translation. */
const stage2Goal: Goal = {
  ...{ name: 'speed that a second stage leaves', group: 'stage2', must: 0.95, aim: 0.98, direction: 'at-least' },
  measured(results) {
    const { kept } = means(results.filter(({ group }) => group === 'stage2'));
    return kept === undefined ? {} : { value: kept };
  },
};

export const goals: readonly Goal[] = [
  groupMean('compute', 1.3, 2.5),
  groupMean('boots', 0.6, 1),
  groupMean('system', 0.5, 1),
  gainGoal,
  stage2Goal,
  {
    ...{ name: 'the slowest workload', must: 0.3, aim: 0.7, direction: 'at-least' },
    measured(results) {
      const [slowest] = results
        .filter(({ group, errors, wallRatio }) => group !== 'costs' && errors.length === 0 && wallRatio !== undefined)
        .toSorted((a, b) => a.wallRatio! - b.wallRatio!);
      if (slowest?.wallRatio === undefined) return {};
      const { workload, wallRatio, cpuRatio } = slowest;
      return { value: wallRatio, where: workload, ...(cpuRatio === undefined ? {} : { cpu: cpuRatio }) };
    },
  },
  {
    ...{ name: 'memory over guest RAM', must: 600, aim: 300, unit: 'MB', direction: 'at-most' },
    measured(results) {
      const all = results.flatMap((result) => ({ where: result.workload, value: overheadMB(result) ?? NaN }));
      return all.filter(({ value }) => !Number.isNaN(value)).toSorted((a, b) => b.value - a.value)[0] ?? {};
    },
  },
];

export type Verdict = 'aim' | 'must' | 'missed';

export function verdict({ must, aim, direction }: Goal, value: number): Verdict {
  const reached = (bound: number) => (direction === 'at-least' ? value >= bound : value <= bound);
  return reached(aim) ? 'aim' : reached(must) ? 'must' : 'missed';
}
