/** What is measured: each a guest that both emulators run with the same files, memory and cores. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { guestsFolder } from '../../services/guests/index.ts';
import { productRoot } from '../../services/product.ts';

export interface Workload {
  readonly name: string;
  readonly cpus: number;
  readonly memoryMiB: number;
  /** Options of files, by the name that both emulators have for them. */
  readonly files: { readonly [option in 'kernel' | 'initrd' | 'bios']?: string };
  readonly append?: string;
  /** The guest is done when all were seen, in order; text is typed when its pattern was. */
  readonly steps: readonly { readonly pattern: string; readonly type?: string }[];
}

const guest = (name: string): string => join(guestsFolder(), name);

const cloudBoot = (cpus: number): Workload => ({
  name: `linux-${cpus}`,
  cpus,
  memoryMiB: 512,
  files: { kernel: guest('Image-cloud'), initrd: guest('initramfs.cpio.gz') },
  append: 'console=ttyAMA0',
  steps: [{ pattern: `GUEST READY .*cpus=${cpus}` }],
});

export const workloads: readonly Workload[] = [
  cloudBoot(1),
  cloudBoot(2),
  {
    name: 'u-boot',
    cpus: 1,
    memoryMiB: 512,
    files: { bios: '/usr/lib/u-boot/qemu_arm64/u-boot.bin' },
    steps: [{ pattern: 'Hit any key', type: '\n' }, { pattern: '=> $' }],
  },
  {
    name: 'crc',
    cpus: 1,
    memoryMiB: 128,
    files: { kernel: join(productRoot, 'resources/guests/hello/hello.elf') },
    steps: [{ pattern: 'hello> ', type: 'crc 64\n' }, { pattern: 'crc32 of 64 MiB: .*of guest time' }],
  },
];

/** The files of a workload that are not here. */
export function missingFiles(workload: Workload): string[] {
  return Object.values(workload.files).filter((path) => !existsSync(path));
}
