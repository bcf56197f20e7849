import { expect, test } from 'vitest';
import { causeText } from './cause.ts';
import { DeadlineMonitor } from './deadline-monitor.ts';

const us = 1000;
/** Cells a and b; a has the core until 100us, b from then on. */
const timesOf = (_cell: string, atNs: number) => ({
  cells: [
    { cell: 'a', runNs: Math.min(atNs, 100 * us), overheadNs: 0, throttledNs: 0 },
    { cell: 'b', runNs: Math.max(0, atNs - 100 * us), overheadNs: 0, throttledNs: 0 },
  ],
  hypervisorNs: 0,
  idleNs: 0,
});
const watched = {
  cellOf: (event: string) => /^[ab](?=\.)/.exec(event)?.[0],
  intidOf: (event: string, cell: string) => (event.startsWith('radio.') && cell === 'a' ? 144 : undefined),
  timesOf,
};
const watch = (from: string, to: string) => new DeadlineMonitor([{ from, to, maxNs: 50 * us }], watched);

test('is kept, or missed with its cause', () => {
  const monitor = watch('radio.frame-irq', 'a.frame-task');
  monitor.happened('radio.frame-irq', 10 * us);
  monitor.happened('a.frame-task', 60 * us);
  expect(monitor.status()).toMatchObject([{ met: 1, missed: 0, worstNs: 50 * us }]);
  monitor.happened('radio.frame-irq', 80 * us);
  monitor.happened('a.frame-task', 180 * us);
  expect(monitor.violations).toMatchObject([{ atNs: 80 * us, tookNs: 100 * us }]);
  expect(monitor.missedBy('a')).toBe(1);
  expect(causeText(monitor.violations[0]!.cause, 'a')).toBe('b had the core for 80.0us, a 20.0us');
});

test('an end without a beginning is none, and of several beginnings the first counts', () => {
  const monitor = watch('radio.frame-irq', 'a.frame-task');
  monitor.happened('a.frame-task', 5 * us);
  monitor.happened('radio.frame-irq', 10 * us);
  monitor.happened('radio.frame-irq', 40 * us);
  monitor.happened('a.frame-task', 70 * us);
  expect(monitor.status()).toMatchObject([{ met: 0, missed: 1, worstNs: 60 * us }]);
});

test('what never ends is missed: when it begins anew, or at the end of the run', () => {
  const monitor = watch('radio.frame-irq', 'a.frame-task');
  for (const at of [0, 100, 200]) monitor.happened('radio.frame-irq', at * us);
  expect(monitor.violations).toMatchObject([{ atNs: 0 }, { atNs: 100 * us }]);
  monitor.finish(240 * us);
  expect(monitor.status()).toMatchObject([{ missed: 2 }]);
  monitor.finish(251 * us);
  expect(monitor.status()).toMatchObject([{ missed: 3 }]);
  expect(monitor.violations[2]).not.toHaveProperty('tookNs');
});

test("a cell's interrupt is that of the device where it is one of its own, else any", () => {
  const [own, other] = [watch('radio.irq', 'a.irq'), watch('radio.irq', 'b.irq')];
  for (const monitor of [own, other]) {
    monitor.happened('radio.irq', 0);
    monitor.happened('a.irq', 10 * us, 27);
    monitor.happened('b.irq', 20 * us, 27);
    monitor.happened('a.irq', 30 * us, 144);
  }
  expect(own.status()).toMatchObject([{ met: 1, worstNs: 30 * us }]);
  expect(other.status()).toMatchObject([{ met: 1, worstNs: 20 * us }]);
});

test('what began before a cell was paused or stopped does not count', () => {
  const monitor = watch('radio.frame-irq', 'a.frame-task');
  monitor.happened('radio.frame-irq', 0);
  monitor.forget('a', 500 * us);
  monitor.happened('radio.frame-irq', 100 * us);
  monitor.happened('radio.frame-irq', 500 * us);
  monitor.happened('a.frame-task', 520 * us);
  expect(monitor.status()).toMatchObject([{ met: 1, missed: 0 }]);
});
