import { mkdirSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isStale } from './stale.ts';

function file(path: string, seconds: number): string {
  writeFileSync(path, '');
  utimesSync(path, seconds, seconds);
  return path;
}

test('an output is stale when it is missing or older than a source', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
  mkdirSync(join(folder, 'source'));
  file(join(folder, 'source/a.ts'), 100);
  const sources = [join(folder, 'source')];
  expect(isStale(join(folder, 'missing'), sources)).toBe(true);
  const output = file(join(folder, 'output'), 200);
  expect(isStale(output, sources)).toBe(false);
  file(join(folder, 'source/b.ts'), 300);
  expect(isStale(output, sources)).toBe(true);
});

test('what was built inside of a source folder does not count as a source', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
  mkdirSync(join(folder, 'dist'));
  file(join(folder, 'a.ts'), 100);
  file(join(folder, 'dist/later.js'), 300);
  expect(isStale(join(folder, 'dist'), [folder])).toBe(false);
  expect(isStale(file(join(folder, 'dist/output.wasm'), 200), [folder])).toBe(false);
});
