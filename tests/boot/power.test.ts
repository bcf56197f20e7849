/** Cores that go off and come back, machines that sleep, and those that start again. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Machine } from '../../emulator/machine/machine.ts';
import { guestFile } from '../support/guests.ts';
import { testMachine } from '../support/machine.ts';
import { run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';
import { bootTest } from './support/boot-test.ts';
import { atPrompt, debian, initrd, ready } from './support/debian.ts';
import { BASE, COUNT, RESUMPTIONS, suspendProgram, TICKS, treeWithIdleStates } from './support/power.ts';
import { program, runToEnd, sameRuns } from './support/same-runs.ts';

const folder = scratchFolder();
const image = (name: string) => readFileSync(guestFile(name) ?? '');
const troubles = ['--fail', 'Kernel panic|Call trace:|BUG:|rcu: INFO|Oops'];
const needs = { guests: ['Image-cloud', initrd] };
const long = { ...needs, long: true };
const longFull = { guests: ['Image-full', initrd], long: true };

describe('a core that PSCI suspends goes on by its timer', () => {
  const config = program(suspendProgram(), BASE);
  const words = (machine: Machine, count: number): number[] => {
    const bytes = new Uint8Array(8 * count);
    machine.hardware.ram.read(COUNT, bytes);
    return [...new BigUint64Array(bytes.buffer)].map(Number);
  };

  test('when it is time, and at once where it was', () => {
    const { machine, result } = runToEnd(config);
    expect(result.outcome).toBe('poweroff');
    const [count, ...times] = words(machine, RESUMPTIONS + 2);
    expect(count).toBe(RESUMPTIONS);
    // Odd ones find the interrupt of the one before.
    const waits = times.slice(1).map((time, n) => time - times[n]!);
    for (const [n, wait] of waits.entries()) {
      if (n % 2 === 0) expect(wait).toBeGreaterThanOrEqual(TICKS);
      expect(wait).toBeLessThan(n % 2 === 0 ? TICKS + 100 : 100);
    }
  });

  test('in each tier', () => {
    sameRuns(config);
  });

  test('with a thread of its own', () => {
    const { machine } = testMachine({ config: { ...config, threads: 'auto' }, script: { timeoutNs: 60e9 } });
    while (machine.runFor(1000) !== 'ended');
    expect([machine.outcome, words(machine, 1)[0]]).toEqual(['poweroff', RESUMPTIONS]);
    machine.dispose();
  });
});

/** Takes core 1 off and back. */
const hotplug = (times: number): string =>
  `i=0; while [ $i -lt ${times} ]; do i=$((i+1)); for on in 0 1; do echo $on >/sys/devices/system/cpu/cpu1/online || i=999; done; done; ` +
  'echo cycles=$i cpus=$(nproc)';

/** Sleeps until the alarm of the clock. */
const sleep = (kind: 's2idle' | 'deep'): string =>
  `echo ${kind} >/sys/power/mem_sleep; echo +5 >/sys/class/rtc/rtc0/wakealarm; echo mem >/sys/power/state && echo woke from ${kind}`;

describe.each([[1], ['auto']] as const)('with --threads %s', (threads) => {
  const options = ['--threads', String(threads), ...troubles];

  bootTest('a core goes off and comes back 100 times', long, async () => {
    const { code, console } = await run(
      ...[...debian('Image-cloud', 2), ...options, ...atPrompt(hotplug(100)), '--expect', 'cycles=100 cpus=2'],
    );
    expect(code, console.slice(-2000)).toBe(0);
  });

  bootTest(`a machine sleeps until its alarm, with Debian's full kernel`, longFull, async () => {
    const { code, console, report } = await run(
      ...[...debian('Image-full', 2), ...options, ...atPrompt('date +from=%s'), ...atPrompt(sleep('deep'))],
      ...[...atPrompt(sleep('s2idle')), ...atPrompt('date +to=%s; nproc; poweroff -f')],
      ...['--expect', 'woke from deep', '--expect', 'woke from s2idle', '--expect', '^2$', '--expect', 'Power down'],
    );
    expect(code, console.slice(-2000)).toBe(0);
    expect(report.outcome).toBe('expected');
    const [from, to] = ['from', 'to'].map((name) => Number(new RegExp(`^${name}=(\\d+)`, 'm').exec(console)?.[1]));
    // Linux sets its clock by whole seconds of the RTC at each waking.
    expect(to! - from!).toBeGreaterThanOrEqual(9);
    expect(to! - from!).toBeLessThan(20);
  });

  for (const gic of [2, 3] as const) {
    bootTest(`cores idle in what a device tree offers, GICv${gic}`, longFull, async () => {
      const dtb = join(folder, `idle${gic}.dtb`);
      writeFileSync(dtb, treeWithIdleStates(gic));
      const used = 'for s in /sys/devices/system/cpu/cpu?/cpuidle/state?; do echo "idle $(cat $s/name $s/usage | xargs)"; done';
      const { code, console } = await run(
        ...[...debian('Image-full', 2), ...options, '--dtb', dtb, '--gic', String(gic)],
        ...[...atPrompt(`sleep 3; ${used}; sleep 1; echo $((41+1)) s later`), '--expect', '^42 s later'],
      );
      expect(code, console.slice(-2000)).toBe(0);
      const counts = [...console.matchAll(/^idle (\S+) (\d+)$/gm)].map(([, name, count]) => [name, Number(count) > 0]);
      const states = ['stand-by', 'power-down'].map((name) => [name, true]);
      expect(
        counts.filter(([name]) => name !== 'WFI'),
        console.slice(-2000),
      ).toEqual([...states, ...states]);
    });
  }

  bootTest('a machine starts again 20 times', long, async () => {
    const { code, console } = await run(
      ...[...debian('Image-cloud', 2), ...options, '--timeout', '200s', '--wall', '1500s'],
      ...Array.from({ length: 20 }, () => atPrompt('reboot -f')).flat(),
      ...atPrompt('poweroff -f'),
    );
    expect(code, console.slice(-2000)).toBe(0);
    expect(console.match(new RegExp(ready(2), 'g'))).toHaveLength(21);
  });

  for (const kernel of ['Image-cloud', 'Image-full'] as const) {
    bootTest(`eight cores come up, ${kernel}`, { guests: [kernel, initrd], long: true }, async () => {
      const { code, console } = await run(...debian(kernel, 8), ...options, '--expect', ready(8));
      expect(code, console.slice(-2000)).toBe(0);
    });
  }
});

bootTest('a core that goes off and comes back is the same run in each tier', needs, async () => {
  const hashes = [];
  for (const exec of ['cold', 'auto']) {
    const { code, console, report } = await run(
      ...[...debian('Image-cloud', 2), ...troubles, '--exec', exec, ...atPrompt(hotplug(2)), '--expect', 'cycles=2 cpus=2'],
    );
    expect(code, console.slice(-2000)).toBe(0);
    hashes.push(report.stateHash);
  }
  expect(hashes[1]).toBe(hashes[0]);
});

bootTest('a key on the console wakes a machine that may be woken by it', longFull, () => {
  const boot = { kernel: image('Image-full'), initrd: image(initrd), append: 'console=ttyAMA0', loads: [] };
  const allow = 'echo enabled >/sys/class/tty/ttyAMA0/power/wakeup';
  const { machine, console } = testMachine({
    config: { memory: 512 << 20, boot },
    script: { sends: [{ pattern: '/ # ', text: `${allow}; echo mem >/sys/power/state; echo woke; poweroff -f\n` }] },
  });
  while (machine.runFor(1000) === 'busy');
  expect(machine.outcome, console().slice(-2000)).toBeUndefined();
  expect(machine.hardware.cores[0]?.suspended).toBe(true);
  machine.type(Uint8Array.of(13));
  while (machine.runFor(1000) === 'busy');
  expect(machine.outcome).toBe('poweroff');
  expect(console()).toMatch(/^woke/m);
});
