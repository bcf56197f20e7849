import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { userFolders } from '../../services/folders.ts';
import { version } from '../../services/product.ts';
import { ExitStatus } from '../failure.ts';
import { ProgressLine } from '../progress.ts';
import { choose, workloads } from './catalog.ts';
import { hasQemu, pocketvisor, qemu, type Emulator } from './emulators.ts';
import { runWorkload } from './runner.ts';
import type { Result } from './summary.ts';
import { heading, meansText, row } from './table.ts';
import { missingFiles, type Workload } from './workload.ts';

export interface BenchOptions {
  rounds?: number;
  group?: string[];
  list?: boolean;
  json?: string;
  /** A file to which every run of the command adds a line. */
  history?: string;
  /** False: only ours. */
  qemu?: boolean;
  exec?: string;
}

/** `pocketvisor bench [WORKLOAD...]`: our speed beside QEMU's. */
export async function benchCommand(names: readonly string[], options: BenchOptions): Promise<number> {
  const chosen = choose(workloads(), [...names, ...(options.group ?? [])]);
  if (options.list) return list(chosen);
  const { rounds = 3, history = join(userFolders().cache, 'bench.jsonl') } = options;
  const emulators = chooseEmulators(options);

  const results: Result[] = [];
  const progress = new ProgressLine();
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.on('SIGINT', interrupt);
  try {
    tell(heading);
    for (const [at, workload] of chosen.entries()) {
      const missing = missingFiles(workload);
      if (missing.length > 0) {
        tell(`${workload.name}: skipped, for these are not here: ${missing.join(' ')}`);
        continue;
      }
      const result = await runWorkload(workload, {
        rounds,
        emulators,
        progress: (emulator, round) =>
          process.stderr.isTTY &&
          progress.show(`${workload.name} (${at + 1} of ${chosen.length}), round ${round} of ${rounds}: ${emulator}`, 0),
        signal: interruption.signal,
      });
      progress.clear();
      if (interruption.signal.aborted && !result.pocketvisor) break;
      results.push(result);
      tell(row(result));
      if (interruption.signal.aborted) break;
    }
  } finally {
    process.off('SIGINT', interrupt);
    progress.clear();
  }
  tell(meansText(results));
  const record = { date: new Date().toISOString(), version: version(), host: cpus()[0]?.model ?? '', results };
  mkdirSync(dirname(history), { recursive: true });
  appendFileSync(history, `${JSON.stringify(record)}\n`);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(record, undefined, 2)}\n`);
  if (interruption.signal.aborted) return ExitStatus.interrupted;
  return results.every(({ errors }) => errors.length === 0) ? ExitStatus.ok : ExitStatus.failed;
}

function chooseEmulators(options: BenchOptions): Emulator[] {
  const ours = pocketvisor(options.exec === undefined ? [] : ['--exec', options.exec]);
  if (options.qemu === false) return [ours];
  if (hasQemu()) return [ours, qemu];
  tell('qemu-system-aarch64 is not installed, so there is nothing to compare with (Debian: apt install qemu-system-arm)');
  return [ours];
}

function list(chosen: readonly Workload[]): number {
  for (const { name, group } of chosen) tell(`${name.padEnd(24)}${group}`);
  return ExitStatus.ok;
}

function tell(text: string): void {
  process.stdout.write(`${text}\n`);
}
