/** The bare-metal image on qemu-system-aarch64 and on our machine. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { SequentialMachine } from '../../../emulator/machine/sequential-machine.ts';
import type { MachineConfig } from '../../../emulator/machine/types.ts';
import { isStale } from '../../../resources/build/stale.ts';
import { root } from '../../../resources/build/targets.ts';
import { host } from '../../support/machine.ts';

const sources = join(root, 'tests/conformance/bare-metal');
const lib = join(sources, 'lib');
const runtime = (): Uint8Array => readFileSync(join(root, 'emulator/runtime/dist/runtime.wasm'));
const MEMORY_MIB = 256;
const TIMEOUT_MS = 300_000;
const TURN_MS = 1000;

/**
 * `main` has everything but the 16 KiB granule, which the processor that it is compared on lacks; `el2` starts at EL2, and has what is
 * EL2's; so does `accesses`, which takes lists (el2-accesses/sweep.ts).
 */
export type Variant = 'main' | '16k' | 'el2' | 'el2-16k' | 'accesses';
const images: Record<Variant, { readonly folder: string; readonly cpu: string; readonly el: 1 | 2 }> = {
  main: { folder: 'el1', cpu: 'cortex-a57', el: 1 },
  '16k': { folder: 'el1', cpu: 'cortex-a76', el: 1 },
  el2: { folder: 'el2', cpu: 'cortex-a57', el: 2 },
  'el2-16k': { folder: 'el2', cpu: 'cortex-a76', el: 2 },
  accesses: { folder: 'accesses', cpu: 'cortex-a57', el: 2 },
};

/** The ELF file of the image, built when it is stale. */
export function buildImage(variant: Variant): string {
  const program = join(root, `.cache/conformance/bare-metal-${variant}.elf`);
  const { folder } = images[variant];
  if (!isStale(program, [sources])) return program;
  mkdirSync(join(program, '..'), { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  const flags = ['-ffreestanding', '-nostdlib', '-static', '-O1', '-Wall', '-Wextra', '-Werror'];
  // The registers of FP and SIMD belong to the probes; alignment as where no MMU is on yet.
  flags.push('-mgeneral-regs-only', '-mstrict-align', '-fno-pic', '-no-pie', '-fno-stack-protector');
  flags.push(`-Wl,-T,${join(lib, 'image.ld')}`, '-Wl,--build-id=none', '-Wl,--no-warn-rwx-segments');
  if (variant.endsWith('16k')) flags.push('-DONLY_16K');
  const sourcesOf = (name: string): string[] =>
    readdirSync(join(sources, name))
      .filter((file) => /\.[cS]$/.test(file))
      .map((file) => join(sources, name, file));
  const files = ['lib', folder].flatMap(sourcesOf);
  // It stands on the harness of the image for EL2.
  if (variant === 'accesses') files.push(join(sources, 'el2/start.S'));
  execFileSync('aarch64-linux-gnu-gcc', [...flags, '-o', unfinished, ...files], { stdio: 'pipe' });
  renameSync(unfinished, program);
  return program;
}

/** What the image prints on qemu-system-aarch64, by lines. */
export function logOfOracle(image: string, variant: Variant, options: readonly string[] = []): string[] {
  const { el, cpu } = images[variant];
  const board = `virt,gic-version=3${el === 2 ? ',virtualization=on' : ''}`;
  const args = [
    ...['-M', board, '-cpu', cpu, '-m', `${MEMORY_MIB}`],
    ...['-display', 'none', '-monitor', 'none', '-nic', 'none', ...options],
  ];
  const run = spawnSync('qemu-system-aarch64', [...args, '-serial', 'stdio', '-kernel', image], {
    timeout: TIMEOUT_MS,
    maxBuffer: 1 << 26,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (run.status !== 0) throw new Error(`qemu-system-aarch64 ended with ${run.status ?? run.signal}: ${run.stderr}`);
  return lines(run.stdout);
}

export interface HowToRun {
  readonly exec?: MachineConfig['exec'];
  readonly tuning?: MachineConfig['tuning'];
  /** Beside the image. */
  readonly loads?: MachineConfig['boot']['loads'];
}

export interface OurRun {
  readonly machine: SequentialMachine;
  readonly lines: string[];
  /** Share of the instructions that ran in regions of the hot tier. */
  readonly hotShare: number;
}

/** Runs the image to its end on our machine. */
export function runOurs(image: string, variant: Variant, { exec = 'cold', tuning = {}, loads = [] }: HowToRun = {}): OurRun {
  const config: MachineConfig = {
    board: 'virt',
    cpus: 1,
    memory: MEMORY_MIB << 20,
    gic: 3,
    el: images[variant].el,
    cpu: 'cortex-a57',
    exec,
    tuning,
    seed: 1,
    rtcSeconds: 0,
    boot: { kernel: readFileSync(image), loads },
    drives: [],
    rng: false,
  };
  const output: Uint8Array[] = [];
  const listener = { onConsole: (bytes: Uint8Array) => void output.push(bytes.slice()), onDriveWrite: () => {} };
  const machine = new SequentialMachine(config, { sends: [], expects: [] }, runtime(), host, listener);
  const end = performance.now() + TIMEOUT_MS;
  while (machine.runFor(TURN_MS) !== 'ended' && performance.now() < end);
  const log = lines(Buffer.concat(output).toString());
  if (machine.outcome !== 'poweroff') {
    const { error } = machine.result(0);
    throw new Error(
      `our machine ended with ${machine.outcome}: ${error?.message}\n${error?.detail}\n${log.slice(-3).join('\n')}`,
    );
  }
  const { tiers, instructions } = machine.result(0);
  return { machine, lines: log, hotShare: tiers.hot / instructions };
}

function lines(text: string): string[] {
  return text.replaceAll('\r', '').trim().split('\n');
}
