/** Debian's kernel with disk, network card and random numbers on PCIe: interrupts as messages, and what QEMU shows on the same command line. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { guestFile } from '../support/guests.ts';
import { testMachine } from '../support/machine.ts';
import { pocketvisor, run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';
import { bootTest, type Needs } from './support/boot-test.ts';
import { atPrompt, debian, initrd, limits, type Kernel } from './support/debian.ts';
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

function guest(name: string, kernel: Kernel, lines: readonly string[], append = ''): string[] {
  const boot = ['--kernel', guestFile(kernel) ?? '', '--initrd', networkInitrd(folder, name, lines)];
  return [...boot, '--append', `console=ttyAMA0 ${append}`, ...limits];
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

interface Row extends Needs {
  name: string;
  options: readonly string[];
  append?: string;
  /** What /proc/interrupts calls the controller, and those that have to be taken. */
  chip: RegExp;
  interrupts: readonly string[];
}

// The first virtio device is that of random numbers, behind mmio.
const messages = ['virtio1-req.0', 'virtio2-input.0', 'virtio2-output.0'];
const rows: Row[] = [
  { name: 'MSI-X by the ITS', options: ['--gic', '3'], chip: / ITS-MSI /, interrupts: messages },
  { name: 'MSI-X by GICv2m', options: ['--gic', '2'], chip: / MSI /, interrupts: messages, long: true },
  {
    name: 'INTx',
    options: ['--gic', '3'],
    append: 'pci=nomsi',
    chip: / GICv3 .*Level /,
    interrupts: ['virtio1', 'virtio2'],
    long: true,
  },
];

for (const { name, options, append, chip, interrupts, long = false } of rows) {
  bootTest(`disk and network over PCIe, ${name}`, { guests: ['Image-full', initrd], long }, async () => {
    const path = disk('disk.img');
    const before = sha256(readFileSync(path));
    const source = await giver(500_000);
    const { code, console } = await run(
      ...[...guest(name.replaceAll(' ', '-'), 'Image-full', work(source.port), append), ...options, '--cpus', '2'],
      ...['--drive', `${path},bus=pci`, '--net', 'user,bus=pci', '--fail', 'Kernel panic|Call trace:|BUG:|I/O error'],
    );
    source.close();
    expect(code, console.slice(-3000)).toBe(0);
    expect(console).toContain(`${before}  /dev/vda`);
    const after = sha256(readFileSync(path));
    expect(after).not.toBe(before);
    expect(console).toContain(`${after}  /dev/vda`);
    expect(console).toContain(`${source.sha256}  /got`);
    const taken = counts(console, chip);
    for (const interrupt of interrupts) expect(taken[interrupt], interrupt).toBeGreaterThan(3);
  });
}

const alone = { guests: ['Image-full', initrd], long: true };

bootTest('a driver of before version 1.0 reads and writes a transitional disk', alone, async () => {
  const path = disk('legacy.img');
  const before = sha256(readFileSync(path));
  const lines = [
    ...['rmmod virtio_pci', 'insmod $modules/virtio_pci.ko force_legacy=1', 'cat /sys/bus/virtio/devices/virtio*/features'],
    ...['sha256sum /dev/vda', 'dd if=/bin/busybox of=/dev/vda bs=1M; sync', 'cat /proc/interrupts'],
  ];
  const { code, output } = await pocketvisor(
    ...['qemu', '-M', 'virt,gic-version=3', '-cpu', 'cortex-a57', '-m', '512', '-nographic', '-append', 'console=ttyAMA0'],
    ...['-kernel', guestFile('Image-full') ?? '', '-initrd', networkInitrd(folder, 'legacy', lines)],
    ...['-drive', `file=${path},format=raw,if=virtio`],
  );
  expect(code, output.slice(-3000)).toBe(0);
  // The first bit of the second word says version 1.0.
  expect(/^[01]{64}$/m.exec(output)?.[0][32]).toBe('0');
  expect(output).toContain(`${before}  /dev/vda`);
  expect(readFileSync(path).subarray(0, 4).toString('latin1')).toBe('\x7fELF');
  expect(counts(output, / ITS-MSI /)).toMatchObject({ 'virtio0-req.0': expect.any(Number) as number });
});

bootTest('a restart finds the disk again, and two runs are the same', alone, async () => {
  const path = disk('again.img');
  const sum = `${sha256(readFileSync(path))}  /dev/vda`;
  const once = () =>
    run(
      ...[...debian('Image-full', 2), '--drive', `${path},ro,bus=pci`],
      ...[...atPrompt('sha256sum /dev/vda; reboot -f'), ...atPrompt('sha256sum /dev/vda; poweroff -f')],
    );
  const first = await once();
  expect(first.code, first.console.slice(-3000)).toBe(0);
  expect(first.console.split(sum)).toHaveLength(3);
  expect((await once()).report.stateHash).toBe(first.report.stateHash);
});

bootTest('cores with a thread each', alone, async () => {
  const path = disk('threads.img');
  const lines = ['sha256sum /dev/vda', 'dd if=/bin/busybox of=/dev/vda bs=1M seek=1; sync', 'cat /proc/interrupts'];
  const { code, console } = await run(
    ...[...guest('threads', 'Image-full', lines), '--cpus', '2', '--threads', 'auto', '--drive', `${path},bus=pci`],
  );
  expect(code, console.slice(-3000)).toBe(0);
  expect(console).toMatch(/^[0-9a-f]{64} {2}\/dev\/vda$/m);
  expect(counts(console, / ITS-MSI /)['virtio1-req.0']).toBeGreaterThan(3);
});

bootTest('a snapshot in the middle of reading goes on', alone, () => {
  const bytes = new Uint8Array(readFileSync(disk('snapshot.img')));
  const lines = ['echo READING', 'sha256sum /dev/vda', 'cat /proc/interrupts'];
  const machineWith = () => {
    const image = new SharedArrayBuffer(bytes.length);
    new Uint8Array(image).set(bytes);
    const boot = {
      kernel: new Uint8Array(readFileSync(guestFile('Image-full') ?? '')),
      initrd: new Uint8Array(readFileSync(networkInitrd(folder, 'snapshot', lines))),
      ...{ append: 'console=ttyAMA0 quiet', loads: [] },
    };
    return testMachine({ config: { boot, memory: 512 * MiB, drives: [{ name: 'd', image, readOnly: true, pci: {} }] } });
  };
  const first = machineWith();
  while (!first.console().includes('READING')) first.machine.runFor(5);
  const snapshot = first.machine.save();
  const second = machineWith();
  second.machine.restore(snapshot);
  const ends = [first, second].map(({ machine, console }) => {
    while (machine.runFor(1000) === 'busy');
    const { outcome, stateHash } = machine.result(0);
    return { outcome, stateHash, sum: /^[0-9a-f]{64} {2}\/dev\/vda/m.exec(console())?.[0] };
  });
  expect(ends[0]).toMatchObject({ outcome: 'poweroff', sum: `${sha256(bytes)}  /dev/vda` });
  expect(ends[1]).toEqual(ends[0]);
});

/** Each function, with its windows by their sizes. */
const listing = [
  'for d in /sys/bus/pci/devices/*; do',
  'echo pci ${d##*/} $(cat $d/vendor $d/device $d/class $d/revision $d/subsystem_vendor $d/subsystem_device)',
  'while read first last flags; do',
  '[ $flags = 0x0000000000000000 ] || echo pci window $((last - first + 1)) $flags',
  'done <$d/resource',
  'done',
  'for d in /sys/bus/virtio/devices/*; do echo pci $(readlink -f $d) $(cat $d/device); done',
];

bootTest(
  'the bus looks as on QEMU, on the same command line',
  { guests: ['Image-full', initrd], packages: ['qemu-system-arm'], long: true },
  async () => {
    const path = disk('listed.img');
    const drives = [
      '-drive',
      `file=${path},format=raw,if=none,id=d,readonly=on`,
      '-drive',
      `file=${path},format=raw,readonly=on`,
    ];
    const options = [
      ...['-M', 'virt,gic-version=2', '-cpu', 'cortex-a57', '-m', '512', '-nographic', '-no-reboot', '-nic', 'none'],
      ...['-kernel', guestFile('Image-full') ?? '', '-initrd', networkInitrd(folder, 'listing', listing)],
      ...['-append', 'console=ttyAMA0', ...drives, '-device', 'virtio-rng-pci,addr=0x3,disable-legacy=on'],
      ...['-netdev', 'user,id=n', '-device', 'virtio-net-pci,netdev=n,romfile=', '-device', 'virtio-blk-pci,drive=d'],
    ];
    const linesOf = (output: string): string[] => output.replaceAll('\r', '').match(/^pci .*$/gm) ?? [];
    const theirs = spawnSync('qemu-system-aarch64', options, { encoding: 'latin1', stdio: ['ignore', 'pipe', 'pipe'] });
    expect(theirs.status, theirs.stderr).toBe(0);
    const ours = await pocketvisor('qemu', ...options);
    expect(ours.code, ours.output.slice(-3000)).toBe(0);
    const listed = linesOf(ours.output);
    expect(listed).toEqual(linesOf(theirs.stdout));
    expect(listed.filter((line) => line.startsWith('pci 0000'))).toHaveLength(5);
    expect(listed.filter((line) => line.includes('/virtio'))).toHaveLength(4);
  },
);
