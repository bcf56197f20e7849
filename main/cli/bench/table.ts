/** The figures as text. */
import { means, type Result, type Summary } from './summary.ts';
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
export function meansText(results: readonly Result[]): string {
  return groups
    .flatMap((group) => {
      const { wallRatio, cpuRatio } = means(results.filter((result) => result.group === group));
      if (wallRatio === undefined) return [];
      return [`${`geometric mean ${group}`.padEnd(nameWidth + 37)}${' '.repeat(3)}${ratio(wallRatio)}${ratio(cpuRatio)}`];
    })
    .join('\n');
}

function times(summary: Summary | undefined): string {
  return seconds(summary?.wallMs.min).padStart(7) + seconds(summary?.wallMs.median).padStart(8);
}

const seconds = (ms: number | undefined): string => (ms === undefined ? '-' : (ms / 1000).toFixed(2));
const ratio = (value: number | undefined): string => (value === undefined ? '-' : value.toFixed(2)).padStart(7);
