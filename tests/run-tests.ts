/**
 * What `npm test` does: the programs that tests use, then whatever is built, real guests, then vitest. Arguments go to vitest.
 * POCKETVISOR_TEST_REPORT=FILE also writes vitest's JSON report there.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { buildIfStale, commandLine, renderer, root, runtime } from '../resources/build/targets.ts';
import { fetchMissingGuests } from './support/fetch-guests.ts';
import { missingPackages } from './support/packages.ts';

const missing = installMissing();
if (missing.length > 0) {
  console.log(`tests: not installed here, so the tests that use them are skipped: ${missing.join(' ')}`);
}
process.env['POCKETVISOR_MISSING_PACKAGES'] = missing.join(' ');

if (!buildIfStale(runtime) || !buildIfStale(commandLine) || !buildIfStale(renderer)) {
  console.error('tests: a build failed (see above); nothing was tested');
  process.exit(1);
}

const missingGuests = fetchMissingGuests();

const report = process.env['POCKETVISOR_TEST_REPORT'];
const reporters = report ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : [];
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
if (missing.length > 0) console.log(`tests: skipped for want of: ${missing.join(' ')}`);
if (missingGuests.length > 0) console.log(`tests: skipped for want of guests: ${missingGuests.join(' ')}`);
process.exitCode = status ?? 1;

/** Installs what is missing where that is possible (root on Debian); answers what is still missing. */
function installMissing(): string[] {
  const wanted = missingPackages();
  if (wanted.length === 0 || process.getuid?.() !== 0 || !hasAptGet()) return wanted;
  console.log(`tests: installing ${wanted.join(' ')}`);
  const apt = (...args: string[]) =>
    spawnSync('apt-get', ['-qq', '-o', 'Dpkg::Use-Pty=0', '-o', 'Acquire::Retries=3', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
  apt('update');
  const all = apt('install', '--yes', '--no-install-recommends', ...wanted);
  // One package that a release does not have must not take the others with it.
  if (all.status !== 0) for (const name of missingPackages()) apt('install', '--yes', '--no-install-recommends', name);
  const left = missingPackages();
  if (left.length > 0) console.log(`tests: apt-get could not install all: ${(all.stderr ?? '').trim().split('\n').at(-1) ?? ''}`);
  return left;
}

function hasAptGet(): boolean {
  try {
    accessSync('/usr/bin/apt-get', constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
