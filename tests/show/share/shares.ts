import type { Figure } from '../show.ts';
import { startHandset, type RunningHandset } from '../support/handset.ts';

const SECOND = 1e9;
/** In a shell: a load that has no end. */
export const LOAD = 'while :; do :; done &\n';

/** Whether a shell answers, while its own load goes on. */
export function answers(run: RunningHandset, cell: string): boolean {
  const from = run.consoles[cell]!.length;
  run.type(cell, 'echo $((6 * 7)) is the answer\n');
  return run.wait(cell, /42 is the answer/, 10 * SECOND, from);
}

/** Two Linux with a load each. `declared` is what their shares are, `promised` what is measured against. */
export function measureShares(
  declared: readonly number[],
  promised: readonly number[],
  seconds: number,
): { figures: Figure[]; details: string[] } {
  let count = 0;
  const run = startHandset('two-linux', {
    change: (cell) => ({ ...cell, schedule: { ...cell.schedule, share: declared[count++]! } }),
  });
  const names = run.plan.cells.map(({ name }) => name);
  for (const name of names) run.wait(name, /GUEST READY[^]*# /, 20 * SECOND);
  for (const name of names) run.type(name, LOAD);
  const started = run.machine.nowNs + 0.1 * SECOND;
  run.runTo(started);
  const before = names.map((name) => run.account(name));
  run.runTo(started + seconds * SECOND);
  const measuredNs = run.machine.nowNs - started;
  const used = names.map((name, n) => {
    const { runNs, overheadNs } = run.account(name);
    return { runNs: runNs - before[n]!.runNs, overheadNs: overheadNs - before[n]!.overheadNs };
  });
  const perShare = used.map(({ runNs, overheadNs }, n) => (runNs + overheadNs) / promised[n]!);
  const answered = names.filter((name) => answers(run, name)).length;
  const shares = promised.join(' to ');
  const percent = (ns: number): string => `${((100 * ns) / measuredNs).toFixed(2)} %`;
  return {
    figures: [
      {
        name: `two Linux, shares ${shares}: fairness`,
        value: (100 * Math.min(...perShare)) / Math.max(...perShare),
        unit: '%',
        goal: { atLeast: 95 },
        note: 'least by most of what each had for its share',
      },
      { name: 'consoles that answer meanwhile', value: answered, goal: { is: 2 } },
    ],
    details: names.map(
      (name, n) =>
        `shares ${shares}: ${name} had ${percent(used[n]!.runNs)}, and ${percent(used[n]!.overheadNs)} in the hypervisor`,
    ),
  };
}
