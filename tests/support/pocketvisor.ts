import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../resources/build/targets.ts';

/** The object that `pocketvisor run --json` prints last. */
export interface Report {
  outcome: string;
  exitCode: number;
  virtualNs: number;
  instructions: number;
  wallMs: number;
  mips: number;
  stateHash: string;
  matched: string[];
  error?: { message: string; detail?: string; cause?: string };
}

export interface Finished {
  code: number | null;
  /** Standard output, bytes as Latin-1, without carriage returns. */
  output: string;
  errors: string;
}

/** Runs `./pocketvisor ARGS...` to its end, as a user starts it; standard input is empty. */
export function pocketvisor(...args: string[]): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'pocketvisor'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const read = (stream: NodeJS.ReadableStream): { text: string } => {
      const all = { text: '' };
      stream.on('data', (chunk: Buffer) => (all.text += chunk.toString('latin1').replaceAll('\r', '')));
      return all;
    };
    const output = read(child.stdout);
    const errors = read(child.stderr);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output: output.text, errors: errors.text }));
  });
}

export interface Run {
  code: number | null;
  /** What the guest wrote. */
  console: string;
  errors: string;
  report: Report;
}

/** `pocketvisor run ARGS... --json`. */
export async function run(...args: string[]): Promise<Run> {
  const { code, output, errors } = await pocketvisor('run', ...args, '--json');
  const lines = output.trimEnd().split('\n');
  const last = lines.pop() ?? '';
  if (!last.startsWith('{')) throw new Error(`no JSON at the end (exit code ${code}):\n${output.slice(-2000)}\n${errors}`);
  return { code, console: lines.join('\n'), errors, report: JSON.parse(last) as Report };
}
