import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Answer, ANSWER_BYTES, type Case, layout, RECORD_BYTES, writeRecord } from './record.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const source = join(root, 'tests/conformance/user/harness.c');
const program = join(root, '.cache/conformance/user-harness');
const BATCH = 16_384;
/** A case that does not end stops a batch; the generator avoids them. */
const TIMEOUT_MS = 120_000;

/** Processors of qemu-aarch64: one with ARMv8.0 and CRC32 only, and one with LSE, RDM, DotProd and FP16 for optional rows. */
export type Cpu = 'cortex-a57' | 'neoverse-n1';

function build(): string {
  if (existsSync(program) && statSync(program).mtimeMs > statSync(source).mtimeMs) return program;
  mkdirSync(join(program, '..'), { recursive: true });
  // Test workers may build at the same time: each its own file, and the last one wins.
  const own = `${program}.${process.pid}`;
  // Linked where no register of a case points by chance.
  const flags = ['-static', '-O1', '-Wall', '-Wextra', '-Werror', '-Wl,-Ttext-segment=0x2a5a5a0000'];
  execFileSync('aarch64-linux-gnu-gcc', [...flags, '-o', own, source], { stdio: 'pipe' });
  renameSync(own, program);
  return program;
}

/** What qemu-aarch64 makes of the cases, in their order. */
export function askOracle(cases: readonly Case[], image: Uint8Array, cpu: Cpu = 'cortex-a57'): Answer[] {
  const answers: Answer[] = [];
  for (let from = 0; from < cases.length; from += BATCH) answers.push(...askBatch(cases.slice(from, from + BATCH), image, cpu));
  return answers;
}

function askBatch(cases: readonly Case[], image: Uint8Array, cpu: Cpu): Answer[] {
  const input = new Uint8Array(layout.WINDOW_SIZE + cases.length * RECORD_BYTES);
  input.set(image);
  cases.forEach((one, i) => writeRecord(input.subarray(layout.WINDOW_SIZE + i * RECORD_BYTES), one));
  const run = spawnSync('qemu-aarch64', ['-cpu', cpu, build()], {
    input,
    maxBuffer: cases.length * ANSWER_BYTES + 1,
    timeout: TIMEOUT_MS,
  });
  const got = run.stdout.length;
  if (run.status !== 0 || got !== cases.length * ANSWER_BYTES) {
    throw new Error(
      `the harness ended with ${run.status ?? run.signal}: ${got / ANSWER_BYTES} of ${cases.length} answers. ${run.stderr}`,
    );
  }
  const buffer = new Uint8Array(run.stdout).buffer;
  return cases.map((_, i) => new Answer(buffer, i * ANSWER_BYTES));
}
