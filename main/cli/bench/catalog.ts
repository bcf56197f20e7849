/** All workloads, and choosing among them. */
import { UserError } from '../../../emulator/base/user-error.ts';
import { nearest } from '../../services/handset/suggest.ts';
import { bootWorkloads, el2Workloads } from './boots.ts';
import { computeWorkloads, parallelWorkloads, stage2Workloads, startWorkload, systemWorkloads } from './own.ts';
import { groups, type Workload } from './workload.ts';

export const workloads = (): Workload[] => [
  ...bootWorkloads(),
  ...el2Workloads(),
  ...computeWorkloads(),
  ...systemWorkloads(),
  ...parallelWorkloads(),
  ...stage2Workloads(),
  startWorkload(),
];

/** By name, by group, or by the first or last part of a name (`metal`, `crc`); none named: all. */
export function choose(all: readonly Workload[], words: readonly string[]): Workload[] {
  if (words.length === 0) return [...all];
  const chosen = new Set(words.flatMap((word) => matching(all, word)));
  return all.filter((workload) => chosen.has(workload));
}

function matching(all: readonly Workload[], word: string): Workload[] {
  const found = all.filter(
    ({ name, group }) => name === word || group === word || name.startsWith(`${word}-`) || name.endsWith(`-${word}`),
  );
  if (found.length > 0) return found;
  const near = nearest(word, [...all.map(({ name }) => name), ...groups]);
  throw new UserError('unknown-workload', `there is no workload ${JSON.stringify(word)}`, {
    hint: near ? `did you mean ${near}?` : 'pocketvisor bench --list',
  });
}
