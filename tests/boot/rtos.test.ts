/** Our own real-time kernel tests itself, and says the same on QEMU's board; the baseband on it keeps the frames of the radio. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../resources/build/targets.ts';
import { run } from '../support/pocketvisor.ts';
import { testMachine } from '../support/machine.ts';
import { bootTest } from './support/boot-test.ts';

const selftest = join(root, 'resources/guests/rtos/selftest.img');
const limits = ['--memory', '4M', '--timeout', '20s', '--wall', '300s'];

async function here(...options: string[]): Promise<string> {
  const { code, console, errors } = await run('--kernel', selftest, ...limits, ...options);
  expect(code, console + errors).toBe(0);
  return console.trim();
}

/** Virtual time there too, so that a busy host makes no difference. */
function onQemu(machine: string): string {
  const options = ['-icount', 'shift=0,sleep=off', '-nographic', '-nic', 'none', '-m', '64', '-kernel', selftest];
  const { stdout } = spawnSync('qemu-system-aarch64', ['-M', machine, '-cpu', 'max', ...options], {
    encoding: 'latin1',
    timeout: 120_000,
  });
  return stdout.replaceAll('\r', '').trim();
}

test.each([
  ['GICv3', ['--gic', '3']],
  ['GICv2', ['--gic', '2']],
  ['EL2 below', ['--el', '2']],
])('the kernel keeps its promises: %s', async (_name, options) => {
  const text = await here(...options);
  expect(text).toContain('\nrtos: all passed\n');
  expect(text.match(/ ok$/gm)).toHaveLength(15);
  expect(text).not.toContain('FAILED');
  // The stack's guard page is where it was missed, and told by its place in the image.
  expect(text).toMatch(
    /\nfault in overflow: data abort \(ESR_EL1 0x96000047\), at image \+ 0x[\da-f]+, address image \+ 0x[\da-f]+fff$/,
  );
});

bootTest('it says the same on QEMU', { packages: ['qemu-system-arm'] }, async () => {
  const text = await here();
  expect(onQemu('virt,gic-version=3')).toBe(text);
  expect(onQemu('virt,gic-version=2,virtualization=on')).toBe(text);
});

const baseband = readFileSync(join(root, 'resources/guests/baseband/baseband.img'));

/** A machine with the baseband, 5 s after it was started: more than 1,000 frames. Types each line at its virtual time. */
function fiveSeconds(lines: readonly [atMs: number, line: string][]) {
  const { machine, console } = testMachine({ config: { memory: 4 << 20, radio: true, boot: { kernel: baseband, loads: [] } } });
  const runTo = (ns: number): void => {
    while (machine.runFor(1000, { untilNs: ns }) === 'busy');
  };
  for (const [atMs, line] of lines) {
    runTo(atMs * 1e6);
    machine.type(Buffer.from(`${line}\n`));
  }
  runTo(5e9 + 1);
  return { result: machine.result(0), console: console().replaceAll('\r', '') };
}

test('the baseband keeps all frames of a call, and what it hears is what it said', () => {
  const { result, console } = fiveSeconds([
    [10, 'dial 5551234'],
    [4900, 'stat'],
  ]);
  const { gsmFrame, cdmaFrame, cdmaGroup } = result.radio!.sources;
  const answered = [gsmFrame, cdmaFrame, cdmaGroup].map((source) => [source?.events, source?.missed, source?.stray]);
  expect(answered).toEqual([
    [1083, 0, 0],
    [249, 0, 0],
    [3999, 0, 0],
  ]);
  // Of the longer two the last event is at the end of the run, where nobody sees it any more.
  expect([gsmFrame?.completed, cdmaFrame?.completed, cdmaGroup?.completed]).toEqual([1083, 249, 3999]);
  // No task waits longer than for what is more urgent: a power-control group, and a frame that was begun.
  expect(cdmaGroup?.release.longestNs).toBeLessThan(5_000);
  expect(gsmFrame?.release.longestNs).toBeLessThan(30_000);
  expect(console).toContain('call: setup 5551234\nbaseband> call: alerting\ncall: connected\n');
  const [, sent, received] = /gsm blocks {3}sent (\d+), received (\d+), wrong 0; bursts unheard 0/.exec(console)!.map(Number);
  expect(sent! - received!).toBe(2);
  const [, encoded, decoded] = /voice {8}encoded (\d+), sent \d+, late 0, decoded (\d+),/.exec(console)!.map(Number);
  // From the connection on: 50 frames a second.
  expect(encoded).toBeGreaterThan(215);
  expect(encoded! - decoded!).toBeLessThanOrEqual(4);
});

test('the baseband says when there is no radio', async () => {
  const { code, console } = await run('--kernel', join(root, 'resources/guests/baseband/baseband.img'), ...limits);
  expect([code, console.trim()]).toEqual([0, 'baseband: GSM and CDMA on one radio\nbaseband: this board has no radio']);
});
