/** What is compared, and how each is told to run a workload. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { productRoot } from '../../services/product.ts';
import type { Staged, Workload } from './workload.ts';

export interface Emulator {
  /** `oneThread`: ours with one thread for all cores; `oneStage`: ours without a second stage of translation. */
  readonly name: 'pocketvisor' | 'oneThread' | 'oneStage' | 'qemu';
  command(workload: Staged): string[];
}

/** What people start; with a shell it becomes the process that runs the machine. */
const launcher = join(productRoot, 'pocketvisor');

/** `more`: options of `pocketvisor run` that are to be tried, such as `--exec hot`. */
export const pocketvisor = (more: readonly string[] = []): Emulator => ({
  name: 'pocketvisor',
  command: ({ cpus, memoryMiB, el, gic, files, append, dom0Append, steps, drive }) => [
    ...[launcher, 'run', '--json', '--cpu', 'cortex-a57'],
    ...['--cpus', String(cpus), '--memory', `${memoryMiB}M`, ...fileOptions(files, '--')],
    ...(el === undefined ? [] : ['--el', String(el)]),
    ...(gic === undefined ? [] : ['--gic', String(gic)]),
    ...(append === undefined ? [] : ['--append', append]),
    ...(dom0Append === undefined ? [] : ['--dom0-append', dom0Append]),
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

/**
 * Those that run a workload. Of a parallel load, ours has a thread for each core, and beside it one for all of them; what a second stage costs
 * is a matter of ours alone.
 */
export function emulatorsFor({ group }: Workload, tried: Tried, withQemu: boolean): Emulator[] {
  const ours = (threads = tried.threads) => pocketvisor(triedOptions({ ...tried, ...(threads ? { threads } : {}) }));
  if (group === 'stage2') return [ours(), oneStage(ours())];
  const emulators = group.startsWith('parallel') ? [ours('auto'), { ...ours('1'), name: 'oneThread' as const }] : [ours()];
  return withQemu ? [...emulators, qemu] : emulators;
}

/** The same at EL1 from the start, where there is no EL2. */
const oneStage = (emulator: Emulator): Emulator => ({
  name: 'oneStage',
  command(workload) {
    const { el: _, ...plain } = workload;
    return emulator.command(plain);
  },
});

/** TCG with a thread for each core: its best case. It stays when the guest is off, so that its memory can be read. */
export const qemu: Emulator = {
  name: 'qemu',
  command: ({ cpus, memoryMiB, el, gic = 3, files, append, dom0Append, drive }) => [
    ...[
      'qemu-system-aarch64',
      '-M',
      `virt,gic-version=${gic}${el === 2 ? ',virtualization=on' : ''}`,
      '-cpu',
      'cortex-a57',
      '-accel',
      'tcg,thread=multi',
    ],
    ...['-nodefaults', '-display', 'none', '-serial', 'stdio', '-no-shutdown'],
    ...['-smp', String(cpus), '-m', String(memoryMiB), ...fileOptions(own(files), '-'), ...guestOptions(files, dom0Append)],
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

/** QEMU has no options for a hypervisor's first guest, but a device that puts it where it is told. */
function guestOptions({ 'dom0-kernel': kernel, 'dom0-initrd': initrd }: Workload['files'], append = ''): string[] {
  if (kernel === undefined) return [];
  const disk = initrd === undefined ? [] : ['-device', `guest-loader,addr=0x50000000,initrd=${initrd}`];
  return ['-device', `guest-loader,addr=0x4a000000,kernel=${kernel},bootargs=${append}`, ...disk];
}

const own = ({ 'dom0-kernel': _kernel, 'dom0-initrd': _initrd, ...files }: Workload['files']): Workload['files'] => files;

function fileOptions(files: Workload['files'], prefix: string): string[] {
  return Object.entries(files).flatMap(([option, path]) => [`${prefix}${option}`, path]);
}
