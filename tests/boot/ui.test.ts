/** The guest resources/guests/ui: a number is dialled, and the menu leads to the calls that were. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { guestFile } from '../../resources/guests/build.ts';
import { run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';

const folder = scratchFolder();

function machine(name: string, keys: string, expected: string): Promise<Awaited<ReturnType<typeof run>> & { picture: PNG }> {
  const file = join(folder, `${name}.png`);
  return run(
    ...['--kernel', guestFile('ui'), '--memory', '8M', '--display', 'virtio-gpu,xres=240,yres=320', '--input', 'keyboard'],
    ...['--send-key', `1 keypads=>${keys}`, '--expect', expected, '--screenshot', file, '--timeout', '20s', '--wall', '300s'],
  ).then((ran) => ({ ...ran, picture: PNG.sync.read(readFileSync(file)) }));
}

test('a number is dialled, corrected, and hung up', async () => {
  const { code, console, picture } = await machine('call', '0 4 9 backspace 2 asterisk ret ret', 'hangs up');
  expect(code, console).toBe(0);
  expect(console).toContain('ui: dials 042*');
  expect([picture.width, picture.height]).toEqual([240, 320]);
});

test('the menu leads to the last call, which is dialled again', async () => {
  const { code, console } = await machine('again', '7 ret ret esc down ret ret', 'dials 7[^]*hangs up[^]*dials 7');
  expect(code, console).toBe(0);
});

test('the same keys draw the same picture', async () => {
  const [first, second] = [await machine('first', '1 2 ret', 'dials'), await machine('second', '1 2 ret', 'dials')];
  expect(first.report.stateHash).toBe(second.report.stateHash);
  expect(first.picture.data.equals(second.picture.data)).toBe(true);
});
