/** What is compared, and how each is told to run a workload. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { productRoot } from '../../services/product.ts';
import type { Staged, Workload } from './workload.ts';

export interface Emulator {
  readonly name: 'pocketvisor' | 'oneThread' | 'qemu';
  command(workload: Staged): string[];
}

/** What people start; with a shell it becomes the process that runs the machine. */
const launcher = join(productRoot, 'pocketvisor');

/** `more`: options of `pocketvisor run` that are to be tried, such as `--exec hot`. */
export const pocketvisor = (more: readonly string[] = []): Emulator => ({
  name: 'pocketvisor',
  command: ({ cpus, memoryMiB, files, append, steps, drive }) => [
    ...[launcher, 'run', '--json', '--cpu', 'cortex-a57'],
    ...['--cpus', String(cpus), '--memory', `${memoryMiB}M`, ...fileOptions(files, '--')],
    ...(append === undefined ? [] : ['--append', append]),
    ...(drive === undefined ? [] : ['--drive', drive]),
    ...steps.flatMap(({ pattern, type }) =>
      type === undefined ? [] : ['--send', `${pattern}=>${type.replaceAll('\n', '\\n')}`],
    ),
    ...steps.flatMap(({ pattern }) => ['--expect', pattern]),
    ...more,
  ],
});

/** What is tried of ours, on the command line of the bench. */
export interface Tried {
  readonly exec?: string;
  readonly threads?: string;
}

/** As options of `pocketvisor run`. */
export function triedOptions({ exec, threads }: Tried): string[] {
  return [...(exec === undefined ? [] : ['--exec', exec]), ...(threads === undefined ? [] : ['--threads', threads])];
}

/** Those that run a workload. Of a parallel load, ours has a thread for each core, and beside it one for all of them. */
export function emulatorsFor({ group }: Workload, tried: Tried, withQemu: boolean): Emulator[] {
  const ours = (threads = tried.threads) => pocketvisor(triedOptions({ ...tried, ...(threads ? { threads } : {}) }));
  const emulators = group.startsWith('parallel') ? [ours('auto'), { ...ours('1'), name: 'oneThread' as const }] : [ours()];
  return withQemu ? [...emulators, qemu] : emulators;
}

/** TCG with a thread for each core: its best case. It stays when the guest is off, so that its memory can be read. */
export const qemu: Emulator = {
  name: 'qemu',
  command: ({ cpus, memoryMiB, files, append, drive }) => [
    ...['qemu-system-aarch64', '-M', 'virt,gic-version=3', '-cpu', 'cortex-a57', '-accel', 'tcg,thread=multi'],
    ...['-nodefaults', '-display', 'none', '-serial', 'stdio', '-no-shutdown'],
    ...['-smp', String(cpus), '-m', String(memoryMiB), ...fileOptions(files, '-')],
    ...(append === undefined ? [] : ['-append', append]),
    ...(drive === undefined ? [] : driveOptions(drive)),
  ],
};

export function hasQemu(): boolean {
  return spawnSync('qemu-system-aarch64', ['--version']).status === 0;
}

/** Our board's way: virtio 1 by MMIO. */
const driveOptions = (path: string): string[] => [
  ...['-global', 'virtio-mmio.force-legacy=false', '-drive', `file=${path},format=raw,if=none,id=drive`],
  ...['-device', 'virtio-blk-device,drive=drive'],
];

function fileOptions(files: Workload['files'], prefix: string): string[] {
  return Object.entries(files).flatMap(([option, path]) => [`${prefix}${option}`, path]);
}
