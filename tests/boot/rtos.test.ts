/** Our own real-time kernel tests itself, and says the same on QEMU's board; the baseband on it keeps the frames of the radio. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../resources/build/targets.ts';
import { run } from '../support/pocketvisor.ts';
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
