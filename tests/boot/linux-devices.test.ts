/** What Linux makes of the board's devices. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { guestFile } from '../support/guests.ts';
import { run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';
import { bootTest } from './support/boot-test.ts';
import { atPrompt, debian, initrd, limits } from './support/debian.ts';

const folder = scratchFolder();
const needs = { guests: ['Image-cloud', initrd], long: true };

bootTest('cores, interrupts, the clock and the PMU are what the board says', needs, async () => {
  const { code, console } = await run(
    ...[...debian('Image-cloud', 2), '--rtc', '2030-05-06T07:08:09'],
    ...atPrompt('date; cat /proc/cpuinfo /proc/meminfo'),
    ...atPrompt('sleep 1; date; cat /proc/interrupts'),
    ...atPrompt('poweroff -f'),
  );
  expect(code, console.slice(-2000)).toBe(0);

  const dates = [...console.matchAll(/^Mon May +6 07:08:(\d\d) UTC 2030$/gm)].map(([, seconds]) => Number(seconds));
  expect(dates).toEqual([10, 11]);

  const features = 'fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics cpuid asimdrdm';
  expect([...console.matchAll(/^Features\t: (.*)$/gm)].map(([, list]) => list)).toEqual([features, features]);

  // GICv3 interrupt numbers: 16 + PPI, 32 + SPI.
  const counts = (pattern: string): number[] => {
    const line = new RegExp(`^ *\\d+: +(\\d+) +(\\d+) +GICv3 +${pattern}$`, 'm').exec(console);
    return line ? [Number(line[1]), Number(line[2])] : [];
  };
  const timer = counts('27 Level +arch_timer');
  expect(timer).toHaveLength(2);
  expect(Math.min(...timer)).toBeGreaterThan(20);
  expect(Math.max(...timer)).toBeLessThan(5000);
  expect(counts('33 Level +uart-pl011')[0]).toBeGreaterThan(0);
  expect(counts('34 Level +rtc-pl031')).toEqual([0, 0]);
  expect(console).toMatch(/^Err: +0$/m);
  expect(console).toMatch(/IPI0: +[1-9]\d* +[1-9]\d* +Rescheduling/);

  // As on QEMU, but for where in memory.
  const its = 'ITS@0x0000000008080000: allocated 8192';
  for (const line of [
    'ITS \\[mem 0x08080000-0x0809ffff\\]',
    `${its} Devices @[0-9a-f]+ \\(indirect, esz 8, psz 64K, shr 1\\)`,
    `${its} Interrupt Collections @[0-9a-f]+ \\(flat, esz 8, psz 64K, shr 1\\)`,
    'GICv3: using LPI property table @0x[0-9a-f]+',
    'GICv3: CPU0: using allocated LPI pending table @0x[0-9a-f]+',
    'GICv3: CPU1: using allocated LPI pending table @0x[0-9a-f]+',
  ])
    expect(console).toMatch(new RegExp(line));

  expect(Number(/^MemTotal: +(\d+) kB/m.exec(console)?.[1])).toBeGreaterThan(480_000);
  expect(console).toMatch(/armv8_pmuv3 PMU driver/);
  expect(console).toMatch(/PL061 GPIO chip registered/);
});

bootTest('virtio-rng gives what the seed says', needs, async () => {
  const file = join(folder, 'rng.yaml');
  const handset = (seed: number): string => `
handset: rng
seed: ${seed}
cells:
  linux:
    kernel: ${guestFile('Image-cloud')}
    initrd: ${guestFile(initrd)}
    append: console=ttyAMA0
    memory: 256M
    devices: [uart, rng]
`;
  const random = async (seed: number): Promise<string | undefined> => {
    writeFileSync(file, handset(seed));
    const { code, console, report } = await run(
      ...[...limits, ...atPrompt('dd if=/dev/hwrng bs=16 count=4 | hexdump -C')],
      ...['--expect', '^00000040', file],
    );
    expect(code, console.slice(-2000)).toBe(0);
    expect(report.outcome).toBe('expected');
    return /^00000000 .*$/m.exec(console)?.[0];
  };
  const first = await random(1);
  expect(first).toMatch(/^00000000( +[0-9a-f]{2}){16}/);
  expect(first).not.toMatch(/( 00){4}/);
  expect(await random(2)).not.toBe(first);
});

bootTest('the PMU counts cycles for perf', needs, async () => {
  // No perf here: sysfs says what the driver has found, and that is the events that we have.
  const { code, console } = await run(
    ...debian('Image-cloud', 1),
    ...[...atPrompt('ls /sys/bus/event_source/devices/armv8_pmuv3*/events'), '--expect', 'cpu_cycles[^]*/ # '],
  );
  expect(code, console.slice(-2000)).toBe(0);
});
