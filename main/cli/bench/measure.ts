import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Emulator } from './emulators.ts';
import { failurePattern, type Staged } from './workload.ts';

/** One run. */
export interface Sample {
  /** Of what is measured: between the marks of the workload, or of the process from its start to the last step. */
  wallMs: number;
  /** User and system time of all threads; absent where the system does not tell (that is, not on Linux). */
  cpuMs?: number;
  /** The process from its start to the last step. */
  wholeMs: number;
  peakMiB?: number;
  /** What the guest came to. */
  result?: string;
  own?: OwnFigures;
}

/** What our emulator says of itself. */
export interface OwnFigures {
  /** From the command to the guest's first instruction. */
  startupMs: number;
  instructions: number;
  mips: number;
  compileMs: number;
  modules: number;
}

/** A run that did not come to its end; the others go on. */
export class RunFailure extends Error {}

interface Moment {
  wallMs: number;
  cpuMs?: number;
}

const TICKS_PER_SECOND = 100;
const LIMIT_MS = 300_000;

/** Runs a workload once. Throws a `RunFailure`, also when `signal` ends it. */
export function measure(emulator: Emulator, workload: Staged, signal?: AbortSignal): Promise<Sample> {
  const [file = '', ...args] = emulator.command(workload);
  return new Promise((resolve, reject) => {
    const began: Moment = { wallMs: performance.now(), cpuMs: 0 };
    // In a process group of its own: a terminal's Ctrl-C is for the bench, which then ends its runs.
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    const steps = workload.steps.map((step) => ({ ...step, regex: new RegExp(step.pattern, 'm') }));
    let from = began;
    let to: Moment | undefined;
    let unseen = '';
    let errors = '';
    let why = 'ended';
    let sample: Sample | undefined;
    const end = (reason: string) => {
      why = reason;
      child.kill('SIGKILL');
    };
    const abort = () => end('was interrupted');
    signal?.addEventListener('abort', abort);
    const timer = setTimeout(() => end(`took more than ${LIMIT_MS / 1000} s`), LIMIT_MS);

    child.stdin.on('error', () => undefined);
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('latin1')));
    child.stdout.on('data', (chunk: Buffer) => {
      unseen += chunk.toString('latin1').replaceAll('\r', '');
      let result: string | undefined;
      for (let [step] = steps; step; [step] = steps) {
        const found = step.regex.exec(unseen);
        if (!found) {
          const failure = failurePattern.exec(unseen)?.[0];
          if (failure !== undefined) end(`said ${JSON.stringify(failure.trim())}`);
          return;
        }
        if (step.mark === 'start') from = now(child);
        if (step.mark === 'end') to = now(child);
        unseen = unseen.slice(found.index + found[0].length);
        result = found[1];
        steps.shift();
        // Ours types by itself, so that it has the same virtual time in every run.
        if (emulator.name === 'qemu' && step.type !== undefined) child.stdin.write(step.type);
      }
      if (sample) return;
      const done = now(child);
      const peak = peakMiB(child);
      sample = {
        ...span(from, to ?? done),
        wholeMs: done.wallMs - began.wallMs,
        ...(peak === undefined ? {} : { peakMiB: peak }),
        ...(result === undefined ? {} : { result }),
      };
      if (emulator.name === 'qemu') child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      if (!sample) {
        const told = JSON.stringify((errors.trim() || unseen.trim()).slice(-200)).slice(1, -1);
        return reject(
          new RunFailure(`${emulator.name} ${why} before ${JSON.stringify(steps[0]?.pattern)}${told && `: ${told}`}`),
        );
      }
      const own = emulator.name !== 'qemu' ? ownFigures(unseen) : undefined;
      resolve({ ...sample, ...(own ? { own } : {}) });
    });
  });
}

function span(from: Moment, to: Moment): Pick<Sample, 'wallMs' | 'cpuMs'> {
  const wallMs = to.wallMs - from.wallMs;
  return from.cpuMs === undefined || to.cpuMs === undefined ? { wallMs } : { wallMs, cpuMs: to.cpuMs - from.cpuMs };
}

/** The clock, and the time that all threads of a process have had (proc_pid_stat(5): utime and stime, fields 14 and 15). */
function now({ pid }: ChildProcess): Moment {
  const wallMs = performance.now();
  const stat = readProc(pid, 'stat');
  if (stat === undefined) return { wallMs };
  const fields = stat.replace(/^.*\) /s, '').split(' ');
  return { wallMs, cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND };
}

function peakMiB({ pid }: ChildProcess): number | undefined {
  const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readProc(pid, 'status') ?? '')?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) / 1024;
}

function readProc(pid: number | undefined, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return undefined;
  }
}

function ownFigures(output: string): OwnFigures | undefined {
  const line = /^\{.*\}$/m.exec(output)?.[0];
  if (!line) return undefined;
  const { startupMs, instructions, mips, tiers } = JSON.parse(line) as OwnFigures & { tiers: OwnFigures };
  return { startupMs, instructions, mips, compileMs: tiers.compileMs, modules: tiers.modules };
}
