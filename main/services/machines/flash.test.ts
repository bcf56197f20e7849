import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../../tests/support/scratch.ts';
import { openFlash } from './flash.ts';

const folder = scratchFolder();
const bank = 64 * 2 ** 20;

/** A file of these bytes, padded to a size. */
function file(name: string, bytes: number[], size = bytes.length): { path: string; role: string } {
  const path = join(folder, name);
  writeFileSync(path, Uint8Array.from(bytes));
  truncateSync(path, size);
  return { path, role: '-drive' };
}

test('what the guest writes is in the file, whose padding takes no memory of the guest', () => {
  const plan = { file: file('variables', [1, 2, 3], bank), readOnly: false };
  const flash = openFlash(plan);
  expect(flash.image.bytes.length).toBeLessThan(8192);
  flash.writeBack(bank - 2, Uint8Array.of(8, 9));
  flash.writeBack(1, Uint8Array.of(7));
  flash.close();
  const now = readFileSync(plan.file.path);
  expect([...now.subarray(0, 4), ...now.subarray(-3)]).toEqual([1, 7, 3, 0, 0, 8, 9]);
  expect(now).toHaveLength(bank);
});

test.each([{ readOnly: true }, { readOnly: false, snapshot: true }])('%j leaves a file of any size alone', (how) => {
  const image = file('code', [1, 2, 3]);
  const flash = openFlash({ file: image, ...how });
  expect(flash.image).toEqual({ bytes: Uint8Array.of(1, 2, 3), readOnly: how.readOnly });
  flash.writeBack(0, Uint8Array.of(9));
  flash.close();
  expect(readFileSync(image.path)).toEqual(Buffer.of(1, 2, 3));
});

test('a file that shall keep what is written has the size of a bank', () => {
  expect(() => openFlash({ file: file('short', [1]), readOnly: false })).toThrow(/has 64M, this file has 1 bytes/);
  expect(() => openFlash({ file: file('long', [1], bank + 1), readOnly: true })).toThrow(/larger than the flash/);
});
