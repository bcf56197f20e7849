/** The bare-metal image on qemu-system-aarch64 and on our machine. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { SequentialMachine } from '../../../emulator/machine/sequential-machine.ts';
import type { MachineConfig } from '../../../emulator/machine/types.ts';
import { isStale } from '../../../resources/build/stale.ts';
import { root } from '../../../resources/build/targets.ts';

const folders = { el1: join(root, 'tests/conformance/bare-metal'), el2: join(root, 'tests/conformance/bare-metal-el2') };
const MEMORY_MIB = 256;
const TIMEOUT_MS = 300_000;
const TURN_MS = 1000;

/**
 * `main` has everything but the 16 KiB granule, which the processor that it is compared on lacks; `el2` starts at EL2, and has what is
 * EL2's.
 */
export type Variant = 'main' | '16k' | 'el2' | 'el2-16k';
const qemuCpu: Record<Variant, string> = { main: 'cortex-a57', '16k': 'cortex-a76', el2: 'cortex-a57', 'el2-16k': 'cortex-a76' };
const isOfEl2 = (variant: Variant): boolean => variant.startsWith('el2');

/** The ELF file of the image, built when it is stale. */
export function buildImage(variant: Variant): string {
  const program = join(root, `.cache/conformance/bare-metal-${variant}.elf`);
  const folder = isOfEl2(variant) ? folders.el2 : folders.el1;
  if (!isStale(program, Object.values(folders))) return program;
  mkdirSync(join(program, '..'), { recursive: true });
  const own = `${program}.${process.pid}`;
  const flags = ['-ffreestanding', '-nostdlib', '-static', '-O1', '-Wall', '-Wextra', '-Werror'];
  // The registers of FP and SIMD belong to the probes; alignment as where no MMU is on yet.
  flags.push('-mgeneral-regs-only', '-mstrict-align', '-fno-pic', '-no-pie', '-fno-stack-protector');
  flags.push('-Wl,-T,image.ld', '-Wl,--build-id=none', '-Wl,--no-warn-rwx-segments');
  if (variant.endsWith('16k')) flags.push('-DONLY_16K');
  const sources = readdirSync(folder).filter((name) => /\.[cS]$/.test(name));
  // What prints and counts is the same.
  if (isOfEl2(variant)) sources.push('../bare-metal/probe.c');
  execFileSync('aarch64-linux-gnu-gcc', [...flags, '-o', own, ...sources], { cwd: folder, stdio: 'pipe' });
  renameSync(own, program);
  return program;
}

export function logOfOracle(image: string, variant: Variant): string[] {
  const args = [
    '-M',
    `virt,gic-version=3${isOfEl2(variant) ? ',virtualization=on' : ''}`,
    '-cpu',
    qemuCpu[variant],
    '-m',
    `${MEMORY_MIB}`,
    '-display',
    'none',
    '-nic',
    'none',
    '-monitor',
    'none',
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

export interface OurLog {
  readonly lines: string[];
  /** Share of the instructions that ran in regions of the hot tier. */
  readonly hotShare: number;
}

export function logOfOurs(
  image: string,
  variant: Variant,
  exec: MachineConfig['exec'] = 'cold',
  tuning: MachineConfig['tuning'] = {},
): OurLog {
  const config: MachineConfig = {
    board: 'virt',
    cpus: 1,
    memory: MEMORY_MIB << 20,
    gic: 3,
    el: isOfEl2(variant) ? 2 : 1,
    cpu: 'cortex-a57',
    exec,
    tuning,
    seed: 1,
    rtcSeconds: 0,
    boot: { kernel: readFileSync(image), loads: [] },
    drives: [],
    rng: false,
  };
  const output: Uint8Array[] = [];
  const sha256 = () => {
    const hash = createHash('sha256');
    return { update: (bytes: Uint8Array) => void hash.update(bytes), digest: () => hash.digest('hex') };
  };
  const runtime = readFileSync(join(root, 'emulator/runtime/dist/runtime.wasm'));
  const host = { nowMs: () => performance.now(), sha256 };
  const listener = { onConsole: (bytes: Uint8Array) => void output.push(bytes.slice()), onDriveWrite: () => {} };
  const machine = new SequentialMachine(config, { sends: [], expects: [] }, runtime, host, listener);
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
  return { lines: log, hotShare: tiers.hot / instructions };
}

function lines(text: string): string[] {
  return text.replaceAll('\r', '').trim().split('\n');
}
