import { appendFileSync, mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { UserError } from '../../../emulator/base/user-error.ts';
import { userFolders } from '../../services/folders.ts';
import { nearest } from '../../services/handset/suggest.ts';
import { version } from '../../services/product.ts';
import { ExitStatus } from '../failure.ts';
import { hasQemu, pocketvisor, qemu } from './emulators.ts';
import { measure, type Sample } from './measure.ts';
import { compare, summarise, type Result, type Spread } from './summary.ts';
import { missingFiles, workloads, type Workload } from './workloads.ts';

export interface BenchOptions {
  runs?: number;
  json?: boolean;
  /** A file to which every run of the command adds a line. */
  history?: string;
}

/** What the process may need beyond the guest's RAM. */
const OVERHEAD_MIB = 400;

/** `pocketvisor bench [WORKLOAD...]`: our speed beside QEMU's. */
export async function benchCommand(names: readonly string[], options: BenchOptions): Promise<number> {
  const { runs = 3, json = false, history = join(userFolders().cache, 'bench.jsonl') } = options;
  const tell = (text: string): void => void (json ? process.stderr : process.stdout).write(`${text}\n`);
  const withQemu = hasQemu();
  if (!withQemu) tell('qemu-system-aarch64 is not installed, so there is nothing to compare with');

  const results: Result[] = [];
  for (const workload of choose(names)) {
    const missing = missingFiles(workload);
    if (missing.length > 0) {
      tell(`${workload.name}: skipped, for these are not here: ${missing.join(' ')}`);
      continue;
    }
    const result = await compareOn(workload, runs, withQemu);
    results.push(result);
    tell(describe(result));
  }
  const record = { date: new Date().toISOString(), version: version(), host: cpus()[0]?.model ?? '', results };
  mkdirSync(dirname(history), { recursive: true });
  appendFileSync(history, `${JSON.stringify(record)}\n`);
  if (json) process.stdout.write(`${JSON.stringify(record)}\n`);
  return results.every(isWithinMemory) ? ExitStatus.ok : ExitStatus.failed;
}

/** Alternately, so that what else the host does meets both alike. */
async function compareOn(workload: Workload, runs: number, withQemu: boolean): Promise<Result> {
  const [ours, theirs]: [Sample[], Sample[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    ours.push(await measure(pocketvisor, workload));
    if (withQemu) theirs.push(await measure(qemu, workload));
  }
  const base = { workload: workload.name, memoryMiB: workload.memoryMiB, runs, pocketvisor: summarise(ours) };
  if (!withQemu) return base;
  const other = summarise(theirs);
  return { ...base, qemu: other, ...compare(base.pocketvisor, other) };
}

function isWithinMemory({ pocketvisor: { peakMiB = 0 }, memoryMiB }: Result): boolean {
  return peakMiB <= memoryMiB + OVERHEAD_MIB;
}

function describe(result: Result): string {
  const { workload, memoryMiB, pocketvisor: ours, qemu: theirs, wallRatio, cpuRatio } = result;
  const times = (name: string, wall: Spread, cpu?: Spread): string =>
    `  ${name.padEnd(12)}wall ${seconds(wall)}${cpu ? `   cpu ${seconds(cpu)}` : ''}`;
  const memory = ours.peakMiB === undefined ? '' : `   peak ${ours.peakMiB} MiB, guest has ${memoryMiB}`;
  return [
    workload,
    `${times('pocketvisor', ours.wallMs, ours.cpuMs)}   ${ours.mips?.toFixed(0) ?? '?'} MIPS${memory}`,
    ...(theirs ? [times('qemu', theirs.wallMs, theirs.cpuMs)] : []),
    ...(wallRatio ? [`  qemu/ours   wall ${wallRatio.toFixed(2)}${cpuRatio ? `   cpu ${cpuRatio.toFixed(2)}` : ''}`] : []),
    ...(isWithinMemory(result) ? [] : [`  FAIL: more than ${OVERHEAD_MIB} MiB beyond the guest's memory`]),
  ].join('\n');
}

const seconds = ({ min, median }: Spread): string => `${(median / 1000).toFixed(2)} s (min ${(min / 1000).toFixed(2)})`;

function choose(names: readonly string[]): readonly Workload[] {
  if (names.length === 0) return workloads;
  return names.map((name) => {
    const found = workloads.find((workload) => workload.name === name);
    if (found) return found;
    const known = workloads.map((workload) => workload.name);
    const near = nearest(name, known);
    throw new UserError('unknown-workload', `there is no workload ${JSON.stringify(name)}`, {
      hint: near ? `did you mean ${near}?` : `one of: ${known.join(', ')}`,
    });
  });
}
