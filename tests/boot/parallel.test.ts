/** Parallel mode: kernels come up on cores that run at the same time, and what one does with a machine works as in one thread. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { guestFile } from '../../resources/guests/build.ts';
import { testMachine } from '../support/machine.ts';
import { full } from '../support/packages.ts';
import { run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';
import { bootTest } from './support/boot-test.ts';
import { atPrompt, debian, initrd, ready } from './support/debian.ts';
import { assembled, twoCores } from './support/two-cores.ts';

const folder = scratchFolder();
const auto = ['--threads', 'auto'];
const troubles = ['--fail', 'Kernel panic|Call trace:|BUG:|rcu: INFO|Unexpected interrupt'];

const boots = full ? 20 : 1;
bootTest(`Debian's cloud kernel with 4 cores, ${boots} times`, { guests: ['Image-cloud', initrd] }, async () => {
  for (let boot = 1; boot <= boots; boot++) {
    const { code, console, report } = await run(...debian('Image-cloud', 4), ...auto, ...troubles, '--expect', ready(4));
    expect(code, `boot ${boot}: ${console.slice(-2000)}`).toBe(0);
    expect(report).toMatchObject({ outcome: 'expected', deterministic: false });
  }
});

const long = { guests: ['Image-rt', initrd], long: true };
bootTest('the real-time kernel with 2 cores, GICv2, in the cold tier', long, async () => {
  const { code, console } = await run(
    ...[...debian('Image-rt', 2), ...auto, ...troubles, '--gic', '2', '--exec', 'cold'],
    ...[...atPrompt('poweroff -f'), '--expect', ready(2), '--expect', 'Power down|# poweroff -f'],
  );
  expect(code, console.slice(-2000)).toBe(0);
});

describe('hello, on a core with a thread of its own', () => {
  const hello = ['--kernel', guestFile('hello'), ...auto, '--wall', '100s', '--timeout', '50s'];

  test('powers off', async () => {
    const { code, report } = await run(...hello, '--send', 'hello> $=>poweroff\\n');
    expect([code, report.outcome]).toEqual([0, 'poweroff']);
  });

  test('restarts, and goes on', async () => {
    const { code, console } = await run(
      ...[...hello, '--send', 'hello> $=>reboot\\n', '--send', 'hello> $=>uptime\\n'],
      ...['--expect', 'Hello from', '--expect', 'Hello from', '--expect', 'uptime\\n.*\\d'],
    );
    expect(code, console).toBe(0);
  });
});

describe('a run ends', () => {
  test('at --timeout, without waiting where nothing is due', async () => {
    const { code, report } = await bare('d503207f wfi\n17ffffff b .-4', '--timeout', '1000s', '--wall', '100s');
    expect([code, report.outcome]).toEqual([3, 'timeout']);
    expect(report.virtualNs).toBeGreaterThanOrEqual(1000e9);
  });

  test('at --wall, while a core spins', async () => {
    const { code, report } = await bare('14000000 b .', '--wall', '500ms');
    expect([code, report.outcome]).toEqual([3, 'wall']);
    expect(report.instructions).toBeGreaterThan(0);
  });

  test('where the guest cannot go on', async () => {
    const { code, report, errors } = await bare('d2a1e000 mov x0, #0xf000000\nd61f0000 br x0', '--wall', '60s');
    expect([code, report.outcome]).toEqual([4, 'guest-fault']);
    expect(errors).toContain('the guest cannot go on');
  });
});

describe('a machine', () => {
  const boot = { loads: [{ name: 'two cores', bytes: twoCores, address: 0x4100_0000 }], entry: 0x4100_0000 };

  test('runs two cores that share a word, to the end', () => {
    const { machine } = testMachine({ config: { boot, cpus: 2, threads: 'auto' } });
    while (machine.runFor(1000) !== 'ended');
    expect(machine.result(0)).toMatchObject({ outcome: 'poweroff' });
    machine.dispose();
  });

  test('stands still while it is paused: instructions, and time', () => {
    const spin = { name: 'spin', bytes: assembled('14000000 b .'), address: 0x4100_0000 };
    const { machine } = testMachine({ config: { boot: { loads: [spin], entry: 0x4100_0000 }, threads: 'auto' } });
    const now = () => [machine.instructions, machine.nowNs] as const;
    while (machine.instructions === 0) machine.runFor(10);
    machine.pause();
    const [instructions, ns] = now();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    expect(now()).toEqual([instructions, ns]);
    while (machine.instructions === instructions) machine.runFor(10);
    expect(machine.nowNs).toBeGreaterThan(ns);
    machine.dispose();
  });

  test('has no snapshots', () => {
    const { machine } = testMachine({
      config: { boot: { kernel: readFileSync(guestFile('hello')), loads: [] }, threads: 'auto' },
    });
    expect(() => machine.save()).toThrow('snapshots are not available with --threads auto');
    machine.dispose();
  });
});

/** Runs words of machine code at 0x40200000, with threads. */
function bare(program: string, ...options: string[]) {
  const path = join(folder, 'program.bin');
  writeFileSync(path, assembled(program));
  return run('--load', `${path}@0x40200000`, '--entry', '0x40200000', ...auto, ...options);
}
