import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { UserError } from '../../../emulator/base/user-error.ts';
import type { Emulator } from './emulators.ts';
import type { Workload } from './workloads.ts';

/** One run, from the start of the process until the console showed the last pattern. */
export interface Sample {
  wallMs: number;
  /** User and system time of the process; absent where the system does not tell (that is, not on Linux). */
  cpuMs?: number;
  peakMiB?: number;
  /** What the emulator says of itself, where it does. */
  mips?: number;
}

const TICKS_PER_SECOND = 100;
const LIMIT_MS = 600_000;

export function measure(emulator: Emulator, workload: Workload): Promise<Sample> {
  const [file = '', ...args] = emulator.command(workload);
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const steps = [...workload.steps];
    let unseen = '';
    let errors = '';
    let sample: Sample | undefined;
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);

    child.stdin.on('error', () => undefined);
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('latin1')));
    child.stdout.on('data', (chunk: Buffer) => {
      unseen += chunk.toString('latin1').replaceAll('\r', '');
      for (let [step] = steps; step; [step] = steps) {
        const found = new RegExp(step.pattern, 'm').exec(unseen);
        if (!found) return;
        unseen = unseen.slice(found.index + found[0].length);
        steps.shift();
        // Ours types by itself, so that it has the same virtual time in every run.
        if (emulator.name === 'qemu' && step.type !== undefined) child.stdin.write(step.type);
      }
      if (sample) return;
      sample = { wallMs: performance.now() - started, ...resources(child.pid as number) };
      if (emulator.name === 'qemu') child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      if (sample) return resolve({ ...sample, ...ownFigures(unseen) });
      const message = `${workload.name}: ${emulator.name} ended before ${steps[0]?.pattern}: ${errors.trim() || unseen.slice(-500)}`;
      reject(new UserError('bench-failed', message));
    });
  });
}

/** CPU time and peak memory of a process that runs (proc(5)). */
function resources(pid: number): Pick<Sample, 'cpuMs' | 'peakMiB'> {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /, '')
      .split(' ');
    // utime and stime, fields 14 and 15 of the whole line.
    const ticks = Number(fields[11]) + Number(fields[12]);
    const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return { cpuMs: (ticks * 1000) / TICKS_PER_SECOND, peakMiB: Number(kibibytes) / 1024 };
  } catch {
    return {};
  }
}

function ownFigures(output: string): Pick<Sample, 'mips'> {
  const json = /^\{.*\}$/m.exec(output)?.[0];
  return json ? { mips: (JSON.parse(json) as { mips: number }).mips } : {};
}
