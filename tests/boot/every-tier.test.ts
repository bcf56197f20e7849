/** Real guests are the same run in every tier. `npm test` runs a piece of each; the full suite goes to where the guest is up. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { root } from '../../resources/build/targets.ts';
import { full, packages } from '../support/packages.ts';
import { run } from '../support/pocketvisor.ts';
import { bootTest, type Needs } from './support/boot-test.ts';
import { atEl2, debian, initrd, installer, limits, ready, xen, xenGuests, type Kernel } from './support/debian.ts';
import { imageFolder } from './support/images.ts';

const tiers = ['cold', 'auto', 'hot'] as const;

interface Row extends Needs {
  name: string;
  options: readonly string[];
  /** What the console shows when it is up. */
  expects: readonly string[];
  /** Virtual time of the piece. */
  piece: string;
}

const debianRow = (kernel: Kernel, cpus: number): Row => ({
  name: `${kernel}, ${cpus} cores`,
  guests: [kernel, initrd],
  options: debian(kernel, cpus),
  expects: [ready(cpus)],
  piece: '60ms',
  // One piece of Linux is enough for every day.
  long: kernel !== 'Image-cloud' || cpus !== 2,
});

const rows: readonly Row[] = [
  debianRow('Image-cloud', 1),
  debianRow('Image-cloud', 2),
  debianRow('Image-rt', 2),
  debianRow('Image-full', 2),
  {
    ...debianRow('Image-full', 2),
    name: 'Image-full at EL2, 2 cores',
    options: [...debian('Image-full', 2), ...atEl2],
  },
  { name: 'Xen, 2 cores', guests: xenGuests, options: xen(3, 2), expects: [ready(2)], piece: '60ms', long: true },
  { ...installer, piece: '60ms' },
  {
    name: 'U-Boot',
    packages: ['u-boot-qemu'],
    options: ['--cpu', 'cortex-a57', '--bios', packages['u-boot-qemu'], '--send', 'Hit any key=>\\n', ...limits],
    expects: ['=> $'],
    piece: '40ms',
  },
  {
    name: 'hello',
    options: ['--kernel', join(root, 'resources/guests/hello/hello.elf'), ...limits],
    expects: ['hello> $'],
    piece: '20ms',
  },
];

for (const { name, options, expects, piece, ...needs } of rows) {
  bootTest(name, needs, async () => {
    const end = full ? expects.flatMap((pattern) => ['--expect', pattern]) : ['--timeout', piece];
    const runs = [];
    for (const exec of tiers) {
      const { code, console, report } = await run(...options, ...end, '--wall', '1500s', '--exec', exec);
      expect(code, `${exec}: ${console.slice(-1000)}`).toBe(full ? 0 : 3);
      const { stateHash, instructions, virtualNs, outcome } = report;
      runs.push({ stateHash, instructions, virtualNs, outcome });
    }
    expect(runs[1], 'auto').toEqual(runs[0]);
    expect(runs[2], 'hot').toEqual(runs[0]);
  });
}

/** Its end is its last word: the images power themselves off. */
for (const image of ['freertos-el1-gicv2', 'freertos-el1-gicv3']) {
  bootTest(image, { images: [image], long: true }, async () => {
    const folder = imageFolder(image) as string;
    const { qemu } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { qemu: string[] };
    const kernel = join(folder, qemu[qemu.indexOf('-kernel') + 1] ?? '');
    const gic = image.endsWith('2') ? '2' : '3';
    const reports = [];
    for (const exec of tiers) {
      const { code, console, report } = await run('--kernel', kernel, '--gic', gic, '--wall', '1500s', '--exec', exec);
      expect(code, console.slice(-1000)).toBe(0);
      expect(console).toContain('FREERTOS PASS');
      reports.push([report.stateHash, report.instructions, report.virtualNs]);
    }
    expect(reports[1], 'auto').toEqual(reports[0]);
    expect(reports[2], 'hot').toEqual(reports[0]);
  });
}
