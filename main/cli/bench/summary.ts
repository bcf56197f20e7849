import type { Sample } from './measure.ts';

export interface Spread {
  min: number;
  median: number;
}

/** Runs of one emulator on one workload. */
export interface Summary {
  wallMs: Spread;
  cpuMs?: Spread;
  peakMiB?: number;
  mips?: number;
}

/** What one workload came to. Ratios are QEMU's time over ours, by medians: above 1 we are faster. */
export interface Result {
  workload: string;
  memoryMiB: number;
  runs: number;
  pocketvisor: Summary;
  qemu?: Summary;
  wallRatio?: number;
  cpuRatio?: number;
}

export function summarise(samples: readonly Sample[]): Summary {
  const all = (pick: (sample: Sample) => number | undefined): number[] =>
    samples.map(pick).filter((value) => value !== undefined);
  const cpu = all(({ cpuMs }) => cpuMs);
  const peaks = all(({ peakMiB }) => peakMiB);
  const mips = all(({ mips }) => mips);
  return {
    wallMs: spread(all(({ wallMs }) => wallMs)),
    ...(cpu.length > 0 ? { cpuMs: spread(cpu) } : {}),
    ...(peaks.length > 0 ? { peakMiB: Math.round(Math.max(...peaks)) } : {}),
    ...(mips.length > 0 ? { mips: Math.max(...mips) } : {}),
  };
}

export function compare(ours: Summary, theirs: Summary): Pick<Result, 'wallRatio' | 'cpuRatio'> {
  return {
    wallRatio: theirs.wallMs.median / ours.wallMs.median,
    ...(ours.cpuMs && theirs.cpuMs ? { cpuRatio: theirs.cpuMs.median / ours.cpuMs.median } : {}),
  };
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
  return { min: Math.round(sorted[0] ?? NaN), median: Math.round(median) };
}
