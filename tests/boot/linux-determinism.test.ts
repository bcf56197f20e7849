/** Equal inputs give equal runs: a whole boot of Linux on two cores, which share memory, timers and interrupts between them. */
import { fork, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import { run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';
import { bootTest } from './support/boot-test.ts';
import { atPrompt, debian, initrd, ready } from './support/debian.ts';

const folder = scratchFolder();
const needs = { guests: ['Image-cloud', initrd], long: true };

const loads: ChildProcess[] = [];
afterEach(() => loads.splice(0).forEach((load) => load.kill()));

/** Keeps a core of the host busy until the test ends. */
function loadHost(): void {
  const script = join(folder, 'busy.mjs');
  writeFileSync(script, 'for (;;);');
  loads.push(fork(script));
}

async function hashOf(...options: string[]): Promise<string> {
  const { code, console, report } = await run(...debian('Image-cloud', 2), ...options);
  expect(code, console.slice(-2000)).toBe(0);
  return report.stateHash;
}
const boot = ['--expect', ready(2)];

bootTest('a boot has one hash, also on a loaded host, and another one with another seed', needs, async () => {
  const first = await hashOf(...boot);
  expect(await hashOf(...boot, '--seed', '2')).not.toBe(first);
  loadHost();
  expect(await hashOf(...boot)).toBe(first);
});

bootTest('a boot has one hash at any speed', needs, async () => {
  const first = await hashOf(...boot);
  expect(await hashOf(...boot, '--speed', '0.1')).toBe(first);
});

bootTest('recorded input gives the run again, over a restart', needs, async () => {
  const log = join(folder, 'input.log');
  const expectations = ['--expect', ready(2), '--expect', ready(2), '--expect', '^3 2 1$'];
  const first = await hashOf(
    ...expectations,
    ...[...atPrompt('sleep 0.1; reboot -f'), ...atPrompt('echo $((1+2)) 2 1'), '--record', log],
  );
  loadHost();
  expect(await hashOf(...expectations, '--replay', log)).toBe(first);
});
