import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../resources/build/targets.ts';

test('types, lint, import directions and format are in order', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'tests/check.ts')], { cwd: root, encoding: 'utf8' });
  expect(status, `${stdout}${stderr}`).toBe(0);
});
