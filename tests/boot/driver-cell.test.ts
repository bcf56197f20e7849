/** Linux whose disk another cell serves: that one dies, again and again or for good. */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { CellConfig } from '../../emulator/hypervisor/config.ts';
import { startHandset } from '../show/support/handset.ts';
import { bootTest } from './support/boot-test.ts';
import { initrd } from './support/debian.ts';

const needs = { guests: ['Image-cloud', initrd] };
const MiB = 2 ** 20;

/** The handset with a disk of our own: bytes that repeat nowhere. */
function start(restart: CellConfig['restart']) {
  const image = new SharedArrayBuffer(4 * MiB);
  const words = new Uint32Array(image);
  words.forEach((_, n) => (words[n] = Math.imul(n, 0x9e37_79b9)));
  const disk = { kind: 'block', name: 'disk', image, readOnly: false } as const;
  const handset = startHandset('storage', {
    change: (cell) =>
      cell.name === 'storage' ? { ...cell, restart, devices: [{ kind: 'uart' }, disk, { kind: 'disk-server' }] } : cell,
  });
  expect(handset.wait('linux', /GUEST READY[^]*# /, 20e9)).toBe(true);
  const sum = (): string => createHash('sha256').update(new Uint8Array(image)).digest('hex');
  return { ...handset, sum };
}

bootTest('a driver cell that crashes while it is read and written loses nothing', needs, () => {
  const { machine, consoles, type, wait, runTo, sum } = start('always');
  const before = sum();
  const drop = 'echo 3 >/proc/sys/vm/drop_caches; ';
  type('linux', `for n in 1 2 3 4 5 6; do ${drop}sha256sum /dev/vda; done; echo al''l read\r`);
  // As soon as it is there again.
  for (let crash = 0; crash < 8; crash++) {
    const from = consoles['storage']!.length;
    runTo(machine.nowNs + 7e6);
    type('storage', 'crash\r');
    expect(wait('storage', /storage: ready/, 500e6, from), consoles['storage']).toBe(true);
  }
  expect(wait('linux', /all read/, 20e9), consoles['linux']).toBe(true);
  const sums = [...consoles['linux']!.matchAll(/^([\da-f]{64}) {2}\/dev\/vda/gm)].map(([, each]) => each);
  expect(sums).toEqual(Array.from({ length: 6 }, () => before));

  const from = consoles['linux']!.length;
  type('linux', 'i=0; while [ $i -lt 64 ]; do i=$((i+1)); head -c 65536 /dev/urandom; done >/tmp/new; ');
  type('linux', `cat /tmp/new >/dev/vda; sync; sha256sum </tmp/new; ${drop}sha256sum </dev/vda; echo writt''en\r`);
  for (let crash = 0; crash < 3; crash++) {
    runTo(machine.nowNs + 30e6);
    type('storage', 'crash\r');
  }
  expect(wait('linux', /written/, 30e9, from), consoles['linux']).toBe(true);
  const written = [...consoles['linux']!.slice(from).matchAll(/^([\da-f]{64}) {2}-/gm)].map(([, each]) => each);
  expect(written).toEqual([sum(), sum()]);
  expect(sum()).not.toBe(before);
  expect(consoles['linux']).not.toMatch(/I\/O error/);
  const storage = machine.result(0).cells!.find(({ name }) => name === 'storage');
  expect(storage!.restarts).toBeGreaterThanOrEqual(10);
});

bootTest('requests to a driver cell that stays away fail, and Linux goes on', needs, () => {
  const { type, wait, consoles } = start('never');
  type('storage', 'crash\r');
  type('linux', "head -c 4096 /dev/vda >/dev/null || echo it fail''ed; echo still he''re\r");
  expect(wait('linux', /it failed[^]*still here/, 10e9), consoles['linux']).toBe(true);
});
