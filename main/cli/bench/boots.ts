/** Workloads that boot: real software, from the start of the process to the sign of life that each has. */
import { join } from 'node:path';
import { guestsFolder } from '../../services/guests/index.ts';
import type { Workload } from './workload.ts';

const installer = '/usr/lib/debian-installer/images/12/arm64/text/debian-installer/arm64';
const uBoot = '/usr/lib/u-boot/qemu_arm64/u-boot.bin';

/** Debian's Xen with Debian's kernel as its first guest: a boot that EL2 and its second stage have a part in. */
export function el2Workloads(): Workload[] {
  const files = [
    ['kernel', 'xen'],
    ['dom0-kernel', 'Image-cloud'],
    ['dom0-initrd', 'initramfs.cpio.gz'],
  ] as const;
  return [
    {
      ...{ name: 'boot-xen', group: 'el2', cpus: 1, memoryMiB: 1024, el: 2, gic: 2 },
      files: Object.fromEntries(files.map(([option, name]) => [option, join(guestsFolder(), name)])),
      ...{ append: 'dom0_mem=512M console=dtuart loglvl=all', dom0Append: 'console=hvc0 earlycon=xenboot' },
      source: `pocketvisor guests fetch ${files.map(([, name]) => name).join(' ')}`,
      steps: [{ pattern: 'GUEST READY .* aarch64 cpus=1' }],
    },
  ];
}

export function bootWorkloads(): Workload[] {
  const boot = { group: 'boots', cpus: 1, memoryMiB: 512 } as const;
  const debian = (name: string, kernel: string, cpus: number): Workload => ({
    ...{ ...boot, name: `boot-${name}`, cpus },
    files: { kernel: join(guestsFolder(), kernel), initrd: join(guestsFolder(), 'initramfs.cpio.gz') },
    append: 'console=ttyAMA0',
    source: `pocketvisor guests fetch ${kernel} initramfs.cpio.gz`,
    steps: [{ pattern: `GUEST READY .* aarch64 cpus=${cpus}$` }],
  });
  return [
    debian('cloud-1', 'Image-cloud', 1),
    debian('cloud-2', 'Image-cloud', 2),
    debian('rt', 'Image-rt', 2),
    debian('full', 'Image-full', 2),
    {
      ...{ ...boot, name: 'boot-installer' },
      files: { kernel: join(installer, 'linux'), initrd: join(installer, 'initrd.gz') },
      source: 'apt install debian-installer-12-netboot-arm64',
      append: 'rdinit=/bin/sh console=ttyAMA0',
      // Not up to the end of the line: the shell asks the terminal where the cursor is, at once.
      steps: [{ pattern: '~ # ' }],
    },
    {
      ...{ ...boot, name: 'boot-u-boot' },
      files: { bios: uBoot },
      source: 'apt install u-boot-qemu',
      steps: [{ pattern: 'Hit any key', type: '\n' }, { pattern: '=> ' }],
    },
  ];
}
