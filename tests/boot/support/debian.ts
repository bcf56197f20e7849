import { guestFile } from '../../support/guests.ts';
import { packages } from '../../support/packages.ts';

export type Kernel = 'Image-cloud' | 'Image-rt' | 'Image-full';
export const initrd = 'initramfs.cpio.gz';

/** What the guest's /init prints. */
export const ready = (cpus: number): string => `GUEST READY .* aarch64 cpus=${cpus}`;

/** Options for Debian's kernel with the small system of `guests fetch`, which ends in a shell; with limits, so that no test hangs. */
export function debian(kernel: Kernel, cpus: number): string[] {
  return [
    ...['--kernel', guestFile(kernel) ?? '', '--initrd', guestFile(initrd) ?? '', '--append', 'console=ttyAMA0'],
    ...['--cpus', String(cpus), ...limits],
  ];
}

/** The same started at EL2, where KVM takes hold of it; and what it logs then. */
export const atEl2 = ['--el', '2', '--cpu', 'cortex-a57'];
export const tookEl2 = ['CPU: All CPU\\(s\\) started at EL2', 'kvm \\[1\\]: Hyp mode initialized successfully'];

/** Xen with Debian's kernel as its first guest. */
export const xenGuests = ['xen', 'Image-cloud', initrd];
export function xen(gic: 2 | 3, cpus: number): string[] {
  return [
    ...['--kernel', guestFile('xen') ?? '', '--append', 'dom0_mem=512M console=dtuart loglvl=all', '--memory', '1G'],
    ...['--dom0-kernel', guestFile('Image-cloud') ?? '', '--dom0-initrd', guestFile(initrd) ?? ''],
    ...['--dom0-append', 'console=hvc0 earlycon=xenboot', '--gic', String(gic), '--cpus', String(cpus), ...atEl2, ...limits],
  ];
}

export const limits = ['--timeout', '120s', '--wall', '500s'];

const installerPackage = 'debian-installer-12-netboot-arm64';
const netboot = packages[installerPackage].replace(/linux$/, '');

/** Debian's installer with a shell in its place: a row of tests, which is up when its console shows what is expected. */
export const installer = {
  name: "Debian's installer",
  packages: [installerPackage],
  long: true,
  options: [
    ...['--cpu', 'cortex-a57', '--kernel', `${netboot}linux`, '--initrd', `${netboot}initrd.gz`],
    ...['--append', 'rdinit=/bin/sh console=ttyAMA0', ...limits],
  ],
  expects: ['~ # '],
} as const;

/** Types a command at the shell's next prompt. */
export const atPrompt = (command: string): string[] => ['--send', `/ # =>${command}\\n`];
