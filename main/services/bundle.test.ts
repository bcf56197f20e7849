import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { bundle, sourceNow, sourcesFile } from './bundle.ts';

test('a bundle counts as long as its sources are what they were', () => {
  const top = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
  const found = () => bundle('program', top, top);
  expect(found()).toBeUndefined();
  const source = join(top, 'a.ts');
  writeFileSync(source, 'export {};');
  utimesSync(source, 100, 100);
  writeFileSync(join(top, sourcesFile), JSON.stringify([sourceNow('a.ts', top)]));
  expect(found()).toBe(pathToFileURL(join(top, 'program.mjs')).href);
  // Another file of that time, and the same file at another one.
  writeFileSync(source, 'export const a = 1;');
  utimesSync(source, 100, 100);
  expect(found()).toBeUndefined();
  writeFileSync(source, 'export {};');
  utimesSync(source, 99, 99);
  expect(found()).toBeUndefined();
});

test('nothing counts where a source is gone, or the list cannot be read', () => {
  const top = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
  writeFileSync(join(top, sourcesFile), JSON.stringify([['gone.ts', 1, 1]]));
  expect(bundle('program', top, top)).toBeUndefined();
  writeFileSync(join(top, sourcesFile), '[["half');
  expect(bundle('program', top, top)).toBeUndefined();
});
