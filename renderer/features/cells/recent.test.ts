import { expect, test } from 'vitest';
import { RecentSamples } from './recent.ts';

const ms = 1e6;
const modem = { name: 'modem', budget: { budgetNs: 600e3, periodNs: 1250e3 } };
const at = (virtualNs: number, runNs: number) => ({ virtualNs, cells: [{ name: 'modem', runNs, overheadNs: 0 }] });

test('shares are those of the last second', () => {
  const samples = new RecentSamples();
  for (let now = 0; now <= 3000; now += 250) samples.add(at(now * ms, Math.max(0, now - 2000) * 0.24 * ms));
  expect(samples.sharesOf(modem, 1).cpu).toBeCloseTo(0.24);
  expect(samples.sharesOf(modem, 1).budget).toBeCloseTo(0.5);
  expect(samples.sharesOf(modem, 2).cpu).toBeCloseTo(0.12);
  expect(samples.sharesOf({ name: 'linux', budget: undefined }, 1)).toEqual({ cpu: 0, budget: undefined });
});

test('time that stands still, and a new run, are no misfortune', () => {
  const samples = new RecentSamples();
  expect(samples.sharesOf(modem, 1)).toEqual({ cpu: 0, budget: 0 });
  samples.add(at(100 * ms, 50 * ms));
  expect(samples.sharesOf(modem, 1).cpu).toBe(0.5);
  for (let n = 0; n < 9; n++) samples.add(at(1200 * ms, 600 * ms));
  expect(samples.sharesOf(modem, 1).cpu).toBe(0.5);
  samples.add(at(10 * ms, 1 * ms));
  expect(samples.sharesOf(modem, 1).cpu).toBeCloseTo(0.1);
});

test('where time flies, the last step counts', () => {
  const samples = new RecentSamples();
  for (const [now, run] of [
    [0, 0],
    [10_000, 10_000],
    [20_000, 10_000],
    [30_000, 15_000],
  ] as const)
    samples.add(at(now * ms, run * ms));
  expect(samples.sharesOf(modem, 1).cpu).toBe(0.5);
});
