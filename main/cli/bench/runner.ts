/** Runs workloads on both emulators in turns. */
import type { Emulator } from './emulators.ts';
import { measure, RunFailure, type Sample } from './measure.ts';
import { resultOf, type Result } from './summary.ts';
import type { Workload } from './workload.ts';

export interface RunnerOptions {
  readonly rounds: number;
  readonly emulators: readonly Emulator[];
  /** Told before each run. */
  readonly progress?: (emulator: string, round: number) => void;
  readonly signal?: AbortSignal;
}

/** Alternately, so that what else the host does meets both alike. An emulator that failed is not tried again; a signal leaves what there is. */
export async function runWorkload(workload: Workload, options: RunnerOptions): Promise<Result> {
  const { rounds, emulators, progress, signal } = options;
  const samples: Record<Emulator['name'], Sample[]> = { pocketvisor: [], qemu: [] };
  const failed = new Map<Emulator, string>();
  for (let round = 1; round <= rounds; round++) {
    for (const emulator of emulators) {
      if (failed.has(emulator)) continue;
      progress?.(emulator.name, round);
      try {
        const sample = await measure(emulator, workload, signal);
        const problem = problemOf(workload, sample);
        if (problem) failed.set(emulator, `${emulator.name} ${problem}`);
        else samples[emulator.name].push(sample);
      } catch (error) {
        if (!(error instanceof RunFailure)) throw error;
        if (!signal?.aborted) failed.set(emulator, error.message);
      }
      if (signal?.aborted) return resultOf(workload, samples.pocketvisor, samples.qemu, [...failed.values()]);
    }
  }
  return resultOf(workload, samples.pocketvisor, samples.qemu, [...failed.values()]);
}

function problemOf({ result: expected }: Workload, { result }: Sample): string | undefined {
  return expected === undefined || expected === result ? undefined : `came to ${result}, not to ${expected}`;
}
