/** Runs workloads on all emulators in turns. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Emulator } from './emulators.ts';
import { measure, RunFailure, type Sample } from './measure.ts';
import { stage } from './stage.ts';
import { resultOf, type Result } from './summary.ts';
import type { Workload } from './workload.ts';

export interface RunnerOptions {
  readonly rounds: number;
  readonly emulators: readonly Emulator[];
  /** Told before each run. */
  readonly progress?: (emulator: string, round: number) => void;
  readonly signal?: AbortSignal;
}

/** Alternately, so that what else the host does meets all alike. An emulator that failed is not tried again; a signal leaves what there is. */
export async function runWorkload(workload: Workload, options: RunnerOptions): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-bench-'));
  try {
    return await runIn(folder, workload, options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runIn(folder: string, workload: Workload, options: RunnerOptions): Promise<Result> {
  const { rounds, emulators, progress, signal } = options;
  const samples: Record<Emulator['name'], Sample[]> = { pocketvisor: [], oneThread: [], oneStage: [], qemu: [] };
  const failed = new Map<Emulator, string>();
  for (let turn = 0; turn < rounds * emulators.length; turn++) {
    if (signal?.aborted) break;
    const emulator = emulators[turn % emulators.length]!;
    if (failed.has(emulator)) continue;
    progress?.(emulator.name, Math.floor(turn / emulators.length) + 1);
    try {
      const sample = await measure(emulator, stage(workload, folder), signal);
      const problem = problemOf(workload, sample);
      if (problem) failed.set(emulator, `${emulator.name} ${problem}`);
      else samples[emulator.name].push(sample);
    } catch (error) {
      if (!(error instanceof RunFailure)) throw error;
      if (!signal?.aborted) failed.set(emulator, error.message);
    }
  }
  return resultOf(workload, samples, [...failed.values()]);
}

function problemOf({ result: expected }: Workload, { result }: Sample): string | undefined {
  return expected === undefined || expected === result ? undefined : `came to ${result}, not to ${expected}`;
}
