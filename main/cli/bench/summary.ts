/** From runs to figures. */
import type { Emulator } from './emulators.ts';
import type { OwnFigures, Sample } from './measure.ts';
import type { Group, Workload } from './workload.ts';

export interface Spread {
  min: number;
  median: number;
}

/** Runs of one emulator on one workload. */
export interface Summary {
  runs: number;
  wallMs: Spread;
  cpuMs?: Spread;
  wholeMs: Spread;
  /** The highest. */
  peakMiB?: number;
  /** Of the fastest run. */
  own?: OwnFigures;
}

/** What one workload came to. Ratios are QEMU's time over ours, by minima: above 1 we are faster. */
export interface Result {
  workload: string;
  group: Group;
  memoryMiB: number;
  pocketvisor?: Summary;
  /** Of a parallel load: ours with one thread for all cores. */
  oneThread?: Summary;
  /** Of work below a second stage of translation: ours without it. */
  oneStage?: Summary;
  qemu?: Summary;
  wallRatio?: number;
  cpuRatio?: number;
  /** Of a parallel load: the time with one thread over the time with a thread for each core, by minima. */
  gain?: number;
  /** Of work below a second stage: the time without it over the time with it, by minima. 1 is no loss. */
  kept?: number;
  /** What was wrong: a guest that did not come to its end, or not to its result. */
  errors: string[];
}

/** The memory of the process over the guest's RAM, in MB. */
export function overheadMB({ pocketvisor, memoryMiB }: Result): number | undefined {
  return pocketvisor?.peakMiB === undefined ? undefined : Math.round((pocketvisor.peakMiB - memoryMiB) * 1.048576);
}

/** A group's geometric means. */
export interface Means {
  wallRatio?: number;
  cpuRatio?: number;
  gain?: number;
  kept?: number;
}

const emulators = ['pocketvisor', 'oneThread', 'oneStage', 'qemu'] as const satisfies readonly Emulator['name'][];

/** Whether anything was measured. */
export const hasRuns = (result: Result): boolean => emulators.some((name) => result[name] !== undefined);

export function resultOf(
  { name, group, memoryMiB }: Workload,
  samples: { readonly [emulator in Emulator['name']]?: readonly Sample[] },
  errors: readonly string[],
): Result {
  const result: Result = { workload: name, group, memoryMiB, errors: [...errors] };
  for (const emulator of emulators) {
    const runs = samples[emulator] ?? [];
    if (runs.length > 0) result[emulator] = summarise(runs);
  }
  const { pocketvisor, oneThread, oneStage, qemu } = result;
  if (!pocketvisor) return result;
  if (oneThread) result.gain = oneThread.wallMs.min / pocketvisor.wallMs.min;
  if (oneStage) result.kept = oneStage.wallMs.min / pocketvisor.wallMs.min;
  if (!qemu) return result;
  result.wallRatio = qemu.wallMs.min / pocketvisor.wallMs.min;
  if (pocketvisor.cpuMs && qemu.cpuMs) result.cpuRatio = qemu.cpuMs.min / pocketvisor.cpuMs.min;
  return result;
}

export function summarise(samples: readonly Sample[]): Summary {
  const all = (pick: (sample: Sample) => number | undefined): number[] =>
    samples.map(pick).filter((value) => value !== undefined);
  const cpu = all(({ cpuMs }) => cpuMs);
  const peaks = all(({ peakMiB }) => peakMiB);
  const own = samples.toSorted((a, b) => a.wallMs - b.wallMs)[0]?.own;
  return {
    runs: samples.length,
    wallMs: spread(all(({ wallMs }) => wallMs)),
    ...(cpu.length > 0 ? { cpuMs: spread(cpu) } : {}),
    wholeMs: spread(all(({ wholeMs }) => wholeMs)),
    ...(peaks.length > 0 ? { peakMiB: Math.round(Math.max(...peaks)) } : {}),
    ...(own ? { own } : {}),
  };
}

/** Over the workloads that have such a figure and came to their result. */
export function means(results: readonly Result[]): Means {
  const sound = results.filter(({ errors }) => errors.length === 0);
  const wall = geometricMean(sound.flatMap(({ wallRatio }) => wallRatio ?? []));
  const cpu = geometricMean(sound.flatMap(({ cpuRatio }) => cpuRatio ?? []));
  const gain = geometricMean(sound.flatMap((result) => result.gain ?? []));
  const kept = geometricMean(sound.flatMap((result) => result.kept ?? []));
  return {
    ...(wall === undefined ? {} : { wallRatio: wall }),
    ...(cpu === undefined ? {} : { cpuRatio: cpu }),
    ...(gain === undefined ? {} : { gain }),
    ...(kept === undefined ? {} : { kept }),
  };
}

export function geometricMean(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
  // A process that lived for less than a tick has had no time at all, by which nothing can be divided.
  return { min: Math.max(1, Math.round(sorted[0] ?? NaN)), median: Math.max(1, Math.round(median)) };
}
