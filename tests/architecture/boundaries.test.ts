import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../resources/build/targets.ts';

interface CruiseResult {
  summary: { violations: { from: string; rule: { name: string } }[] };
}

/** The violations of the import rules below `folder`, as `rule: file`. */
function violations(folder: string): string[] {
  const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = join(root, '.dependency-cruiser.cjs');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [cruiser, '--config', config, '--output-type', 'json', 'emulator', 'main', 'renderer'],
    { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  expect(stdout, stderr).toMatch(/^\{/);
  const { summary } = JSON.parse(stdout) as CruiseResult;
  return summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`).toSorted();
}

describe('import directions', () => {
  test('the project keeps them', () => {
    expect(violations(root)).toEqual([]);
  });

  test('each planted violation is caught', () => {
    expect(violations(join(import.meta.dirname, 'fixture'))).toEqual([
      'contract-neutral: main/contract/contract.ts',
      'emulator-base: emulator/base/planted.ts',
      'emulator-devices: emulator/devices/lamp/lamp.ts',
      'emulator-portable: emulator/exec/portable.ts',
      'emulator-worker: emulator/worker/worker.ts',
      'feature-to-feature: renderer/features/two/Panel.vue',
      'main-to-emulator: main/services/service.ts',
      'no-cycle: emulator/state/cycle-first.ts',
      'only-desktop-imports-electron: main/services/service.ts',
      'renderer-to-contract-only: renderer/features/one/index.ts',
    ]);
  });
});
