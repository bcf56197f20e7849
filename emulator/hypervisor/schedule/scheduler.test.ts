import { describe, expect, test } from 'vitest';
import { nobody, Scheduler, type VcpuSchedule } from './scheduler.ts';

/** Drives core 0 with guests that never sleep, without costs, and tells who had it from when. */
function drive(scheduler: Scheduler, untilNs: number, events: Record<number, () => void> = {}): [atNs: number, vcpu: number][] {
  const log: [number, number][] = [];
  const times = Object.keys(events).map(Number);
  let now = 0;
  while (now <= untilNs) {
    scheduler.ran(0, now);
    events[now]?.();
    const vcpu = scheduler.next(0, now);
    if (log.at(-1)?.[1] !== vcpu) log.push([now, vcpu]);
    now = Math.min(scheduler.until(0, now), ...times.filter((time) => time > now));
  }
  return log;
}

function scheduler(...vcpus: Omit<VcpuSchedule, 'cell' | 'core'>[]): Scheduler {
  return new Scheduler({ cores: 1, vcpus: vcpus.map((vcpu, cell) => ({ cell, core: 0, ...vcpu })), sliceNs: 10 });
}

describe('the scheduler', () => {
  test('preempts by priority', () => {
    const it = scheduler({ priority: 1 }, { priority: 2 });
    it.wake(0, 0);
    expect(drive(it, 100, { 20: () => it.wake(1, 20), 50: () => it.block(1, 50) })).toEqual([
      [0, 0],
      [20, 1],
      [50, 0],
    ]);
    expect(it.vcpuAccount(0, 50)).toMatchObject({ onCoreNs: 20, waitNs: 30, runNs: 20 });
    expect(it.vcpuAccount(1, 50)).toMatchObject({ onCoreNs: 30, blockedNs: 20, worstStartNs: 0 });
  });

  test('throttles at the end of a budget, and gives it back one period after it was begun', () => {
    const it = scheduler({ priority: 1 }, { priority: 2, periodNs: 100, budgetNs: 30 });
    it.wake(0, 0);
    const log = drive(it, 250, { 15: () => it.wake(1, 15) });
    expect(log).toEqual([[0, 0], [15, 1], [45, 0], [115, 1], [145, 0], [215, 1], [245, 0]]); // prettier-ignore
    expect(it.vcpuAccount(1, 245)).toMatchObject({ overruns: 3, runNs: 90, throttledNs: 140, waitNs: 0, blockedNs: 15 });
  });

  test('gives pieces back one by one', () => {
    const it = scheduler({ priority: 2, periodNs: 100, budgetNs: 30 });
    it.wake(0, 0);
    const log = drive(it, 140, { 10: () => it.block(0, 10), 50: () => it.wake(0, 50) });
    // 10 of 30 were used at 0: they come back at 100, and 20 that were used at 50 at 150.
    expect(log).toEqual([[0, 0], [10, nobody], [50, 0], [70, nobody], [100, 0], [110, nobody]]); // prettier-ignore
  });

  test('takes what was used beyond a budget from the next', () => {
    const it = scheduler({ priority: 2, periodNs: 100, budgetNs: 30 });
    it.wake(0, 0);
    it.next(0, 0);
    it.ran(0, 30);
    it.overhead(0, 35, 0);
    expect(it.next(0, 35)).toBe(nobody);
    expect(it.until(0, 35)).toBe(100);
    it.ran(0, 100);
    expect(it.next(0, 100)).toBe(0);
    expect(it.until(0, 100)).toBe(125);
  });

  test('looks again at once when a budget came back while the hypervisor was at work', () => {
    const it = scheduler({ priority: 1 }, { priority: 2, periodNs: 100, budgetNs: 30 });
    it.wake(0, 0);
    it.wake(1, 0);
    drive(it, 40);
    it.ran(0, 95);
    expect(it.next(0, 95)).toBe(0);
    it.overhead(0, 105, nobody);
    expect(it.until(0, 105)).toBe(105);
  });

  test('stops a cell that is to be stopped', () => {
    const stopped: number[] = [];
    const vcpu = { cell: 7, core: 0, priority: 2, periodNs: 100, budgetNs: 30, overrun: 'stop' } as const;
    const it = new Scheduler({ cores: 1, vcpus: [vcpu, vcpu], onStop: (cell) => stopped.push(cell) });
    it.wake(0, 0);
    it.wake(1, 0);
    expect(drive(it, 1000)).toEqual([
      [0, 0],
      [30, nobody],
    ]);
    expect(stopped).toEqual([7]);
    it.ran(0, 1000);
    it.release(1, 1000);
    expect(it.next(0, 1000)).toBe(1);
    expect(it.isHeld(0)).toBe(true);
  });

  test('lets a cell run on in the background', () => {
    const it = scheduler({ priority: 0 }, { priority: 2, periodNs: 100, budgetNs: 30, overrun: 'background' });
    it.wake(0, 0);
    it.wake(1, 0);
    drive(it, 100_000);
    const [linux, modem] = [it.vcpuAccount(0, 100_000), it.vcpuAccount(1, 100_000)];
    expect(modem.runNs - modem.beyondNs).toBeCloseTo(30_000, -2);
    expect(modem.beyondNs / linux.runNs).toBeCloseTo(1, 1);
  });

  test('shares by weight among equals, and sleep saves nothing up', () => {
    const it = scheduler({ priority: 1, share: 3 }, { priority: 1 });
    it.wake(0, 0);
    drive(it, 4000, { 2000: () => it.wake(1, 2000) });
    expect(it.vcpuAccount(1, 4000).runNs).toBeCloseTo(500, -1.5);
  });

  test('is at least 95 % fair between two that are busy, whatever preempts them', () => {
    const it = scheduler({ priority: 1 }, { priority: 1 }, { priority: 9, periodNs: 17, budgetNs: 5 });
    for (const vcpu of [0, 1, 2]) it.wake(vcpu, 0);
    drive(it, 10_000);
    const [a, b] = [it.vcpuAccount(0, 10_000).runNs, it.vcpuAccount(1, 10_000).runNs];
    expect(Math.min(a, b) / Math.max(a, b)).toBeGreaterThan(0.95);
  });

  test('goes on after a restore as it would have', () => {
    const make = () => scheduler({ priority: 1 }, { priority: 1, share: 2 }, { priority: 9, periodNs: 170, budgetNs: 50 });
    const first = make();
    for (const vcpu of [0, 1, 2]) first.wake(vcpu, 0);
    drive(first, 333);
    const second = make();
    second.restore(structuredClone(first.save()));
    for (const it of [first, second]) {
      let now = it.save().cores['time']![0]!;
      for (let turn = 0; turn < 50; turn++) {
        it.ran(0, now);
        it.next(0, now);
        now = it.until(0, now);
      }
    }
    expect(second.save()).toEqual(first.save());
  });
});
