/** What derives from the table of calls: the header for guests in C, the page for people, the text of a call. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { root } from '../../../resources/build/targets.ts';
import { bless } from '../../../tests/support/packages.ts';
import { hypercallHeader } from './header.ts';
import { hypercalls } from './index.ts';
import { hypercallPage, hypercallText } from './text.ts';

const page = async (path: string): Promise<string> =>
  format(hypercallPage(), { ...(await resolveConfig(join(root, path))), parser: 'markdown' });

test.each([
  ['resources/guests/lib/pocketvisor.h', () => Promise.resolve(hypercallHeader())],
  ['resources/docs/hypercalls.md', page],
])('%s is what the table says', async (path, text) => {
  const file = join(root, path);
  const expected = await text(path);
  if (bless) writeFileSync(file, expected);
  expect(readFileSync(file, 'utf8')).toBe(expected);
});

test('calls are where their numbers say', () => {
  expect(hypercalls.map(({ number }) => number)).toEqual([...hypercalls.keys()]);
});

test.each([
  [0xc600_0001, [0, 0x1234], 'notify(capability 0, payload of 32 bits 0x1234)'],
  [0xc600_0003, [], 'yield()'],
  [0xc600_00ff, [], undefined],
  [0x8400_0000, [], undefined],
])('%i with %j is %s', (function_, registers, text) => {
  expect(hypercallText(function_, registers.map(BigInt))).toBe(text);
});
