/** `./pocketvisor` as a shell starts it, and the cache of compiled modules: with and without it, the same run. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../resources/build/targets.ts';

const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
const launcher = join(root, 'pocketvisor');
const guest = join(root, 'resources/guests/hello/hello.elf');

interface Report {
  outcome: string;
  stateHash: string;
  startupMs: number;
  totalMs: number;
}

function start(file: string, args: string[], environment: Record<string, string> = {}) {
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const { status, stdout, stderr, signal } = spawnSync(file, args, {
    cwd: folder,
    env: { ...env, ...environment },
    encoding: 'utf8',
    input: '',
    timeout: 120_000,
  });
  return { status, stdout, stderr, signal };
}

test('it starts by its path, by a link, by the search path, by a shell and by Node', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const link = join(folder, 'link');
  symlinkSync(launcher, link);
  const done = { status: 0, stdout: `${version}\n`, stderr: '', signal: null };
  expect(start(launcher, ['--version'])).toEqual(done);
  expect(start(link, ['--version'])).toEqual(done);
  expect(start('pocketvisor', ['--version'], { PATH: `${root}:${process.env['PATH']}` })).toEqual(done);
  expect(start('sh', [launcher, '--version'])).toEqual(done);
  expect(start(process.execPath, [launcher, '--version'])).toEqual(done);
});

test('arguments and exit codes pass', () => {
  expect(start(launcher, ['run', '--kernel', 'no such $file'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--kernel no such $file: there is no such file'),
  });
});

describe.skipIf(!existsSync(guest))('the cache of compiled modules', () => {
  const runHello = (cache: string): Report => {
    const args = ['run', '--kernel', guest, '--expect', 'hello> ', '--wall', '60s', '--json'];
    const { stdout, stderr } = start(launcher, args, { XDG_CACHE_HOME: cache });
    expect(stderr).toBe('');
    return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Report;
  };
  const filesOf = (cache: string): string[] =>
    readdirSync(cache, { recursive: true, encoding: 'utf8' })
      .map((name) => join(cache, name))
      .filter((path) => statSync(path).isFile());
  const cache = join(folder, 'cache');

  test('is made by the first run, and changes nothing', () => {
    const first = runHello(cache);
    expect(first.outcome).toBe('expected');
    // Files of the bundle that this thread and the machine's load.
    expect(filesOf(cache).length).toBeGreaterThan(20);
    expect(runHello(cache).stateHash).toBe(first.stateHash);
  });

  test('is made anew where it is damaged', () => {
    const { stateHash } = runHello(cache);
    for (const path of filesOf(cache)) writeFileSync(path, 'damaged');
    expect(runHello(cache).stateHash).toBe(stateHash);
    expect(filesOf(cache).filter((path) => readFileSync(path, 'latin1') === 'damaged')).toEqual([]);
  });

  test('may be missing for good', () => {
    const { stateHash } = runHello(cache);
    // No folder can be made below a file.
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(runHello(file).stateHash).toBe(stateHash);
  });
});

test.skipIf(!existsSync(guest))('--json tells when the guest began', () => {
  const { stdout } = start(launcher, ['run', '--kernel', guest, '--expect', 'hello> ', '--json']);
  const report = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Report;
  expect(report.startupMs).toBeGreaterThan(0);
  expect(report.totalMs).toBeGreaterThanOrEqual(report.startupMs);
});
