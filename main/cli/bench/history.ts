/** What earlier runs of the command came to: a line of JSON each. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { z } from 'zod';
import { productRoot, version } from '../../services/product.ts';
import { workloads } from './catalog.ts';
import { means, overheadMB, type Result } from './summary.ts';
import { groups } from './workload.ts';

const ratio = z.number().optional();
const ratios = z.object({ wall: ratio, cpu: ratio, gain: ratio, kept: ratio });

const record = z.object({
  date: z.iso.datetime(),
  version: z.string(),
  /** Of the sources; with a + when they were changed since. */
  commit: z.string().optional(),
  machine: z.object({ processor: z.string(), cores: z.number() }),
  /** The load average at the end of the run, which itself adds about 1. */
  load: z.number().optional(),
  /** Options that change what is measured. */
  options: z.array(z.string()),
  /** Of groups that were measured as a whole: others do not compare. */
  means: z.record(z.string(), ratios),
  workloads: z.record(z.string(), ratios.extend({ oursMs: ratio, oneThreadMs: ratio, oneStageMs: ratio, qemuMs: ratio })),
  memoryMB: z.number().optional(),
});

export type HistoryRecord = z.infer<typeof record>;

/** What is kept of a run. Workloads with a wrong result are left out. */
export function historyRecord(results: readonly Result[], options: readonly string[], date: Date): HistoryRecord {
  const sound = results.filter(({ errors }) => errors.length === 0);
  const measured = new Set(sound.map(({ workload }) => workload));
  const absent = new Set(workloads().flatMap(({ name, group }) => (measured.has(name) ? [] : [group])));
  const complete = new Set(groups.filter((group) => !absent.has(group)));
  const commit = currentCommit();
  const memory = sound.flatMap((result) => overheadMB(result) ?? []);
  return {
    date: date.toISOString(),
    version: version(),
    ...(commit ? { commit } : {}),
    machine: { processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length },
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    options: [...options],
    means: Object.fromEntries(
      groups.flatMap((group) => {
        const { wallRatio, cpuRatio, gain, kept } = means(sound.filter((result) => result.group === group));
        const known = defined({ wall: wallRatio, cpu: cpuRatio, gain, kept });
        return Object.keys(known).length === 0 || !complete.has(group) ? [] : [[group, known]];
      }),
    ),
    workloads: Object.fromEntries(
      sound.map(({ workload, wallRatio, cpuRatio, gain, kept, pocketvisor, oneThread, oneStage, qemu }) => [
        workload,
        defined({
          ...{ wall: wallRatio, cpu: cpuRatio, gain, kept },
          ...{ oursMs: pocketvisor?.wallMs.min, oneThreadMs: oneThread?.wallMs.min, qemuMs: qemu?.wallMs.min },
          oneStageMs: oneStage?.wallMs.min,
        }),
      ]),
    ),
    ...(memory.length > 0 ? { memoryMB: Math.max(...memory) } : {}),
  };
}

export function addToHistory(file: string, entry: HistoryRecord): void {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(entry)}\n`);
}

/** Oldest first. Lines that are not of this form (an earlier one, or one that was cut off) are left out. */
export function readHistory(file: string): HistoryRecord[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line) => {
    try {
      return record.safeParse(JSON.parse(line)).data ?? [];
    } catch {
      return [];
    }
  });
}

/** Undefined where the sources are not a checkout. */
function currentCommit(): string | undefined {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: productRoot, encoding: 'utf8' });
  const head = git('rev-parse', '--short', 'HEAD');
  if (head.status !== 0) return undefined;
  return head.stdout.trim() + (git('status', '--porcelain', '--untracked-files=no').stdout.trim() ? '+' : '');
}

/** The entries that are not undefined, rounded to three digits behind the point. */
function defined<T extends string>(object: { [K in T]: number | undefined }): { [K in T]?: number } {
  const entries = Object.entries<number | undefined>(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [key, Math.round(value! * 1000) / 1000])) as { [K in T]?: number };
}
