import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../resources/build/targets.ts';

/** Closing line and exit code of .ci/run for files of tests with these states, when the test command ended with `status`. */
function summary(files: { status: string; tests: string[] }[] | undefined, status = 0): [line: string, exitCode: number | null] {
  const report = join(mkdtempSync(join(tmpdir(), 'pocketvisor-')), 'report.json');
  const testResults = files?.map((file) => ({
    status: file.status,
    assertionResults: file.tests.map((state) => ({ status: state })),
  }));
  if (testResults) writeFileSync(report, JSON.stringify({ testResults }));
  const ended = spawnSync(process.execPath, [join(root, '.ci/summary.mjs'), report, String(status)], { encoding: 'utf8' });
  return [ended.stdout.trimEnd(), ended.status];
}

test.each([
  ['all is well', [{ status: 'passed', tests: ['passed', 'passed'] }], 0, '2 passed, 0 failed', 0],
  ['some are skipped', [{ status: 'passed', tests: ['passed', 'skipped', 'todo'] }], 0, '1 passed, 0 failed, 2 skipped', 0],
  ['one fails', [{ status: 'failed', tests: ['passed', 'failed'] }], 1, '1 passed, 1 failed', 1],
  ['a file cannot be loaded', [{ status: 'failed', tests: [] }], 1, '0 passed, 1 failed', 1],
  ['the command fails though every test passed', [{ status: 'passed', tests: ['passed'] }], 1, '1 passed, 1 failed', 1],
  ['nothing was tested', [], 0, '0 passed, 1 failed', 1],
  ['everything was skipped', [{ status: 'passed', tests: ['skipped'] }], 0, '0 passed, 1 failed, 1 skipped', 1],
  ['there is no report', undefined, 1, '0 passed, 1 failed', 1],
])('the closing line when %s', (_name, files, status, line, exitCode) => {
  expect(summary(files, status)).toEqual([line, exitCode]);
});
