/** The block device, and the ways in which Linux ends. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';
import { bootTest } from './support/boot-test.ts';
import { atPrompt, debian, initrd, ready, type Kernel } from './support/debian.ts';

const folder = scratchFolder();
const needs = { guests: ['Image-cloud', initrd] };
const sector = 512;
const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** A file of bytes that do not repeat. */
function disk(name: string, mebibytes: number): string {
  const path = join(folder, name);
  const words = new Uint32Array(mebibytes << 18);
  for (let at = 0, word = 1; at < words.length; at++) words[at] = word = (Math.imul(word, 1664525) + 1013904223) >>> 0;
  writeFileSync(path, words);
  return path;
}

/** Writes some sectors and starts again; then reads all. */
const write = (kernel: Kernel, path: string) =>
  run(
    ...[...debian(kernel, 2), '--drive', path],
    ...atPrompt(`seq 1 2000 >/n; dd if=/n of=/dev/vda bs=${sector} seek=3 count=8; reboot -f`),
    ...atPrompt('sha256sum /dev/vda; poweroff -f'),
    ...['--fail', 'I/O error'],
  );

bootTest('what Linux writes to a drive is in the file, after a restart and a power-off', needs, async () => {
  const path = disk('written', 1);
  const before = readFileSync(path);
  const { code, console } = await write('Image-cloud', path);
  expect(code, console.slice(-2000)).toBe(0);
  expect(console.match(new RegExp(ready(2), 'g'))).toHaveLength(2);
  const numbers = Array.from({ length: 2000 }, (_, n) => `${n + 1}\n`).join('');
  const expected = Buffer.from(before);
  expected.write(numbers.slice(0, 8 * sector), 3 * sector, 'latin1');
  expect(readFileSync(path).equals(expected)).toBe(true);
  expect(console).toContain(`${sha256(path)}  /dev/vda`);
});

bootTest(
  "with the driver that Debian's full kernel has as a module, twice",
  { guests: ['Image-full', initrd], long: true },
  async () => {
    const runs = [];
    for (const name of ['first', 'second']) {
      const path = disk(name, 1);
      const { code, console, report } = await write('Image-full', path);
      expect(code, console.slice(-2000)).toBe(0);
      expect(console).toContain(`${sha256(path)}  /dev/vda`);
      runs.push(`${report.stateHash} ${sha256(path)}`);
    }
    expect(runs[1]).toBe(runs[0]);
  },
);

bootTest('a drive under load gives every byte', { ...needs, long: true }, async () => {
  const path = disk('read', 64);
  const sum = createHash('md5').update(readFileSync(path)).digest('hex');
  const { code, console } = await run(
    ...[...debian('Image-cloud', 2), '--drive', `${path},ro`],
    // Two readers at once, so that requests are in flight together.
    ...atPrompt('dd if=/dev/vda of=/dev/null bs=1M iflag=direct & md5sum /dev/vda; wait; poweroff -f'),
    ...['--fail', 'I/O error'],
  );
  expect(code, console.slice(-2000)).toBe(0);
  expect(console).toContain(`${sum}  /dev/vda`);
  expect(console).toContain('64+0 records out');
});

bootTest('a drive that is read-only stays as it is', { ...needs, long: true }, async () => {
  const path = disk('read-only', 1);
  const before = readFileSync(path);
  const { code, console } = await run(
    ...[...debian('Image-cloud', 1), '--drive', `${path},ro`],
    ...atPrompt('echo x | dd of=/dev/vda; cat /sys/block/vda/ro; poweroff -f'),
  );
  expect(code, console.slice(-2000)).toBe(0);
  expect(console).toMatch(/^dd: .*not permitted$[^]*^1$/m);
  expect(readFileSync(path).equals(before)).toBe(true);
});
