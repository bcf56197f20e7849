import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../../emulator/base/user-error.ts';
import { userFolders } from '../../services/folders.ts';
import { ExitStatus } from '../failure.ts';
import { ProgressLine } from '../progress.ts';
import { choose, workloads } from './catalog.ts';
import { emulatorsFor, hasQemu, triedOptions, type Emulator, type Tried } from './emulators.ts';
import { hostGain } from './host-gain.ts';
import { addToHistory, historyRecord, readHistory } from './history.ts';
import { reportPage } from './report.ts';
import { runWorkload } from './runner.ts';
import { hasRuns, type Result } from './summary.ts';
import { costsTable, gainsTable, goalsTable, heading, meansTable, row, stagesTable } from './table.ts';
import { missingFiles, type Workload } from './workload.ts';

export interface BenchOptions extends Tried {
  rounds?: number;
  group?: string[];
  list?: boolean;
  json?: string;
  /** A page is written, and nothing is measured. */
  report?: string;
  /** A file to which every run of the command adds a line. */
  history?: string;
  /** False: only ours. */
  qemu?: boolean;
}

/** `pocketvisor bench [NAME...]`: our speed beside QEMU's. */
export async function benchCommand(names: readonly string[], options: BenchOptions): Promise<number> {
  const history = options.history ?? join(userFolders().cache, 'bench.jsonl');
  if (options.report !== undefined) return report(options.report, history);
  const chosen = choose(workloads(), [...names, ...(options.group ?? [])]);
  if (options.list) return list(chosen);

  const busy = loadavg()[0] ?? 0;
  if (busy > cpus().length / 2) tell(`this machine is busy (load ${busy.toFixed(1)}): ratios by wall clock will not say much`);
  const withQemu = options.qemu !== false && findQemu();
  const emulators = (workload: Workload) => emulatorsFor(workload, options, withQemu);
  const { results, interrupted } = await runAll(chosen, options.rounds ?? 3, emulators);
  if (results.length > 0) {
    const host = results.some(({ gain }) => gain !== undefined) && !interrupted ? await hostGain() : undefined;
    const tables = [
      meansTable(results),
      gainsTable(results, host),
      stagesTable(results),
      costsTable(results),
      goalsTable(results),
    ];
    tell(tables.filter(Boolean).join('\n\n'));
    const entry = historyRecord(results, triedOptions(options), new Date());
    addToHistory(history, entry);
    const figures = { ...entry, ...(host === undefined ? {} : { hostGain: host }), results };
    if (options.json !== undefined) write(options.json, '--json', `${JSON.stringify(figures, undefined, 2)}\n`);
  }
  if (interrupted) {
    tell('interrupted: these are the figures until then');
    return ExitStatus.interrupted;
  }
  return results.every(({ errors }) => errors.length === 0) ? ExitStatus.ok : ExitStatus.failed;
}

/** Ctrl-C ends it early, with what was measured until then. */
async function runAll(
  chosen: readonly Workload[],
  rounds: number,
  emulatorsOf: (workload: Workload) => Emulator[],
): Promise<{ results: Result[]; interrupted: boolean }> {
  const results: Result[] = [];
  const progress = new ProgressLine();
  const interruption = new AbortController();
  const { signal } = interruption;
  const interrupt = () => interruption.abort();
  for (const name of signals) process.on(name, interrupt);
  try {
    tell(heading);
    for (const [at, workload] of chosen.entries()) {
      if (signal.aborted) break;
      const missing = missingFiles(workload);
      if (missing.length > 0) {
        tell(
          `${workload.name}: skipped, for there is no ${missing.join(', no ')}${workload.source ? `: ${workload.source}` : ''}`,
        );
        continue;
      }
      const place = `${workload.name} (${at + 1} of ${chosen.length})`;
      const result = await runWorkload(workload, {
        ...{ rounds, emulators: emulatorsOf(workload), signal },
        // Where nobody watches, the lines of the table are progress enough.
        progress: (emulator, round) =>
          process.stderr.isTTY && progress.show(`${place}, round ${round} of ${rounds}: ${emulator}`, 0),
      });
      progress.clear();
      if (result.errors.length === 0 && !hasRuns(result)) continue;
      results.push(result);
      tell(row(result));
    }
  } finally {
    for (const name of signals) process.off(name, interrupt);
    progress.clear();
  }
  return { results, interrupted: signal.aborted };
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function findQemu(): boolean {
  const found = hasQemu();
  if (!found) {
    tell('qemu-system-aarch64 is not installed, so there is nothing to compare with (Debian: apt install qemu-system-arm)');
  }
  return found;
}

function report(path: string, history: string): number {
  const records = readHistory(history);
  if (records.length === 0) {
    throw new UserError('no-history', `${history} has no runs to plot`, { hint: 'run pocketvisor bench first' });
  }
  write(path, '--report', reportPage(records));
  tell(`${path}: ${records.length} runs`);
  return ExitStatus.ok;
}

function write(path: string, option: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UserError('cannot-write', `${option}: ${(error as Error).message}`);
  }
}

function list(chosen: readonly Workload[]): number {
  for (const { name, group } of chosen) tell(`${name.padEnd(24)}${group}`);
  return ExitStatus.ok;
}

function tell(text: string): void {
  process.stdout.write(`${text}\n`);
}
