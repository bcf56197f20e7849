import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needs } from '../../tests/support/packages.ts';
import { debugRegisters, targetDescription } from './target-description.ts';

test('registers lie beside each other as the core state has them', () => {
  const [x0, x1] = debugRegisters;
  expect((x1?.offset ?? 0) - (x0?.offset ?? 0)).toBe(8);
  expect(debugRegisters.map(({ name }) => name).slice(30, 35)).toEqual(['x30', 'sp', 'pc', 'cpsr', 'v0']);
});

test.skipIf(needs('gdb-multiarch'))('GDB takes the description and finds its registers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
  const file = join(folder, 'target.xml');
  writeFileSync(file, targetDescription());
  const commands = [`set tdesc filename ${file}`, 'show architecture', 'maint print registers'];
  const output = execFileSync('gdb-multiarch', ['-batch', '-nx', ...commands.flatMap((command) => ['-ex', command])], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  rmSync(folder, { recursive: true });
  expect(output).toContain('aarch64');
  for (const { name } of debugRegisters) expect(output).toMatch(new RegExp(`^ ${name} `, 'm'));
});
