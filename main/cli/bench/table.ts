/** The figures as text. */
import { goals, verdict } from './goals.ts';
import { means, overheadMB, type Result, type Summary } from './summary.ts';
import { groups } from './workload.ts';

const nameWidth = 22;

export const heading = [
  `${' '.repeat(nameWidth)}      pocketvisor, s         qemu, s         qemu / pocketvisor`,
  `${'workload'.padEnd(nameWidth)}    min  median  MIPS     min  median      wall    cpu`,
].join('\n');

/** One line, and one more for each error. */
export function row(result: Result): string {
  const { workload, pocketvisor, qemu, wallRatio, cpuRatio, errors } = result;
  const mips = pocketvisor?.own ? pocketvisor.own.mips.toFixed(0) : '';
  return [
    `${workload.padEnd(nameWidth)}${times(pocketvisor)}${mips.padStart(6)} ${times(qemu)}   ${ratio(wallRatio)}${ratio(cpuRatio)}`,
    ...errors.map((error) => `  ERROR ${error}`),
  ].join('\n');
}

/** The geometric mean of each group that has one. */
export function meansTable(results: readonly Result[]): string {
  return groups
    .flatMap((group) => {
      const { wallRatio, cpuRatio } = means(results.filter((result) => result.group === group));
      if (wallRatio === undefined) return [];
      return [`${`geometric mean, ${group}`.padEnd(nameWidth + 40)}${ratio(wallRatio)}${ratio(cpuRatio)}`];
    })
    .join('\n');
}

/** What a thread for each core brings on a parallel load, and what two processors bring the `host`; empty where there was no such load. */
export function gainsTable(results: readonly Result[], host?: number): string {
  const loads = results.filter(({ gain }) => gain !== undefined);
  if (loads.length === 0) return '';
  const cells = (texts: string[]) => texts.map((text) => text.padStart(15)).join('');
  const lines = loads.map((result) => {
    const { oneThread, pocketvisor, qemu, gain, wallRatio } = result;
    const times = [oneThread, pocketvisor, qemu].map((summary) => seconds(summary?.wallMs.min));
    return result.workload.padEnd(nameWidth) + cells([...times, ratio(gain), ratio(wallRatio)]);
  });
  const { gain, wallRatio } = means(loads.filter(({ group }) => group === 'parallel'));
  return [
    'parallel load'.padEnd(nameWidth) + cells(['one thread, s', 'one a core, s', 'qemu, s', 'gain', 'qemu / ours']),
    ...lines,
    ...(gain === undefined ? [] : ['geometric mean'.padEnd(nameWidth) + cells(['', '', '', ratio(gain), ratio(wallRatio)])]),
    ...(host === undefined ? [] : ['the host by itself'.padEnd(nameWidth) + cells(['', '', '', ratio(host), ''])]),
  ].join('\n');
}

/** What of our speed is left below a second stage of translation; empty where that was not measured. */
export function stagesTable(results: readonly Result[]): string {
  const loads = results.filter(({ kept }) => kept !== undefined);
  if (loads.length === 0) return '';
  const cells = (texts: string[]) => texts.map((text) => text.padStart(15)).join('');
  const lines = loads.map(
    ({ workload, oneStage, pocketvisor, kept }) =>
      workload.padEnd(nameWidth) + cells([seconds(oneStage?.wallMs.min), seconds(pocketvisor?.wallMs.min), ratio(kept)]),
  );
  const { kept } = means(loads);
  return [
    'second stage'.padEnd(nameWidth) + cells(['without, s', 'with, s', 'without / with']),
    ...lines,
    'geometric mean'.padEnd(nameWidth) + cells(['', '', ratio(kept)]),
  ].join('\n');
}

/** What we cost beside the guest's own work. */
export function costsTable(results: readonly Result[]): string {
  const lines = results.flatMap((result) => {
    const own = result.pocketvisor?.own;
    if (!own) return [];
    const { startupMs, compileMs, modules } = own;
    const memory = [result.pocketvisor?.peakMiB, result.qemu?.peakMiB].map((peak) =>
      peak === undefined ? undefined : peak * 1.048576,
    );
    const cells = [startupMs, compileMs, modules, ...memory, overheadMB(result)];
    return [result.workload.padEnd(nameWidth) + cells.map((cell) => (cell?.toFixed(0) ?? '-').padStart(13)).join('')];
  });
  const names = ['start, ms', 'compile, ms', 'modules', 'peak, MB', "QEMU's, MB", 'over RAM, MB'];
  return [`${'own costs'.padEnd(nameWidth)}${names.map((name) => name.padStart(13)).join('')}`, ...lines].join('\n');
}

const words = { aim: 'aim reached', must: 'must reached', missed: 'MISSED' };

export function goalsTable(results: readonly Result[]): string {
  const lines = goals.map((goal) => {
    const { value, cpu, where } = goal.measured(results);
    const { unit, must, aim, direction, name } = goal;
    const number = (of: number | undefined): string =>
      (of === undefined ? '-' : unit ? of.toFixed(0) : of.toFixed(2)).padStart(8);
    const bound = direction === 'at-least' ? '>=' : '<=';
    const told = value === undefined ? 'not measured' : words[verdict(goal, value)];
    const label = `${name}${unit ? `, ${unit}` : ''}`.padEnd(36);
    return `${label} ${bound}${number(must)}${number(aim)}${number(value)}${number(cpu)}   ${told}${where ? ` (${where})` : ''}`;
  });
  return [`${'goal'.padEnd(38)}${['must', 'aim', 'wall', 'cpu'].map((name) => name.padStart(8)).join('')}`, ...lines].join('\n');
}

function times(summary: Summary | undefined): string {
  return seconds(summary?.wallMs.min).padStart(7) + seconds(summary?.wallMs.median).padStart(8);
}

const seconds = (ms: number | undefined): string => (ms === undefined ? '-' : (ms / 1000).toFixed(2));
const ratio = (value: number | undefined): string => (value === undefined ? '-' : value.toFixed(2)).padStart(7);
