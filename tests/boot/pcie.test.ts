/** Debian's kernel with disk, network card and random numbers on PCIe: interrupts as messages, and what QEMU shows on the same command line. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { guestFile } from '../support/guests.ts';
import { pocketvisor, run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';
import { bootTest } from './support/boot-test.ts';
import { initrd, limits, type Kernel } from './support/debian.ts';
import { giver, lease, networkInitrd, sha256 } from './support/network.ts';

const folder = scratchFolder();
const MiB = 2 ** 20;

function disk(name: string): string {
  const path = join(folder, name);
  const words = new Uint32Array((4 * MiB) / 4);
  for (let at = 0, word = 1; at < words.length; at++) words[at] = word = (Math.imul(word, 1664525) + 1013904223) >>> 0;
  writeFileSync(path, words);
  return path;
}

/** Each function with its windows, by their sizes. */
const listing = [
  'for d in /sys/bus/pci/devices/*; do',
  'echo pci ${d##*/} $(cat $d/vendor $d/device $d/class $d/revision $d/subsystem_vendor $d/subsystem_device)',
  'while read first last flags; do [ $flags = 0x0000000000000000 ] || echo pci window $((last - first + 1)) $flags; done <$d/resource',
  'done',
];

function guest(name: string, kernel: Kernel, lines: readonly string[]): string[] {
  return [
    '--kernel',
    guestFile(kernel) ?? '',
    '--initrd',
    networkInitrd(folder, name, lines),
    '--append',
    'console=ttyAMA0',
    ...limits,
  ];
}

/** How often each interrupt whose line matches was taken, by its name. */
function counts(console: string, pattern: RegExp): Record<string, number> {
  const lines = console.split('\n').filter((line) => pattern.test(line));
  return Object.fromEntries(
    lines.map((line) => {
      const [, ...rest] = line.trim().split(/\s+/);
      const numbers = rest.filter((word) => /^\d+$/.test(word)).slice(0, 2);
      return [rest.at(-1), numbers.reduce((sum, word) => sum + Number(word), 0)];
    }),
  );
}

/** Bytes go both ways over disk and network; interrupts are looked at last. */
const work = (port: number) => [
  ...['sha256sum /dev/vda', 'dd if=/bin/busybox of=/dev/vda bs=1M seek=1; sync', 'echo 3 >/proc/sys/vm/drop_caches'],
  ...['sha256sum /dev/vda /bin/busybox', lease, `wget -q -O /got http://10.0.2.2:${port}/`, 'sha256sum /got'],
  ...['dd if=/dev/hwrng bs=64 count=1 of=/random; wc -c /random', 'cat /proc/interrupts'],
];

for (const { gic, chip, kernel, more } of [{ gic: '2', chip: /MSI/, kernel: 'Image-full', more: [] }] as const) {
  bootTest(
    `${kernel} --gic ${gic} ${more.join(' ')}: disk and network over PCIe with MSI-X`,
    { guests: [kernel, initrd] },
    async () => {
      const path = disk(`disk${gic}.img`);
      const before = sha256(readFileSync(path));
      const source = await giver(500_000);
      const { code, console } = await run(
        ...[...guest(`work${gic}`, kernel, work(source.port)), '--gic', gic, '--cpus', '2', ...more],
        ...['--drive', `${path},bus=pci`, '--net', 'user,bus=pci', '--fail', 'Kernel panic|Call trace:|BUG:|I/O error'],
      );
      source.close();
      expect(code, console.slice(-3000)).toBe(0);
      expect(console).toContain(`${before}  /dev/vda`);
      expect(console).toContain(`${sha256(readFileSync(path))}  /dev/vda`);
      expect(console).toContain(`${source.sha256}  /got`);
      const taken = counts(console, chip);
      expect(Object.keys(taken)).toEqual(expect.arrayContaining(['virtio0-req.0', 'virtio1-input.0', 'virtio1-output.0']));
      for (const name of ['virtio0-req.0', 'virtio1-input.0', 'virtio1-output.0']) expect(taken[name], name).toBeGreaterThan(3);
    },
  );
}
