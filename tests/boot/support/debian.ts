import { guestFile } from '../../support/guests.ts';

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

export const limits = ['--timeout', '120s', '--wall', '500s'];

/** Types a command at the shell's next prompt. */
export const atPrompt = (command: string): string[] => ['--send', `/ # =>${command}\\n`];
