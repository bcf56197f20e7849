import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { addToHistory, historyRecord, readHistory, type HistoryRecord } from './history.ts';
import { parallelWorkloads } from './own.ts';
import { plot } from './plot.ts';
import { reportPage } from './report.ts';
import type { Result } from './summary.ts';

const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const date = new Date('2026-03-04T05:06:07Z');
const file = join(folder, 'below/bench.jsonl');
beforeEach(() => rmSync(file, { force: true }));

const spread = (ms: number) => ({ min: ms, median: ms });
const result: Result = {
  ...{ workload: 'metal-crc', group: 'compute', memoryMiB: 128, errors: [], wallRatio: 1.23456, cpuRatio: 2 },
  pocketvisor: { runs: 3, wallMs: spread(1000), wholeMs: spread(1300), peakMiB: 228 },
  qemu: { runs: 3, wallMs: spread(1235), wholeMs: spread(1500) },
};

describe('the history', () => {
  test('keeps ratios, times and memory, with machine and options', () => {
    const whole: Result = { ...result, workload: 'start', group: 'costs', wallRatio: 0.5 };
    addToHistory(file, historyRecord([result, whole], ['--exec', 'hot'], date));
    addToHistory(file, historyRecord([{ ...result, errors: ['wrong'] }], [], date));
    const [first, second] = readHistory(file);
    expect(first).toMatchObject({
      ...{ date: '2026-03-04T05:06:07.000Z', options: ['--exec', 'hot'], memoryMB: 105 },
      // Of the computing ones there was but one.
      means: { costs: { wall: 0.5, cpu: 2 } },
      workloads: { 'metal-crc': { wall: 1.235, cpu: 2, oursMs: 1000, qemuMs: 1235 } },
    });
    expect(Object.keys(first?.means ?? {})).toEqual(['costs']);
    expect(first?.machine.cores).toBeGreaterThan(0);
    expect([second?.workloads, second?.means]).toEqual([{}, {}]);
  });

  test('keeps the gain of parallel loads, also without QEMU', () => {
    const loads = parallelWorkloads().map(({ name }): Result => {
      const ours = { runs: 1, wallMs: spread(1000), wholeMs: spread(2000) };
      return {
        ...{ workload: name, group: 'parallel', memoryMiB: 256, errors: [] },
        pocketvisor: ours,
        oneThread: ours,
        gain: 1.7,
      };
    });
    addToHistory(file, historyRecord(loads, [], date));
    const [kept] = readHistory(file);
    expect(kept?.means).toEqual({ parallel: { gain: 1.7 } });
    expect(kept?.workloads[loads[0]!.workload]).toEqual({ gain: 1.7, oursMs: 1000, oneThreadMs: 1000 });
  });

  test('leaves out lines that are not whole', () => {
    addToHistory(file, historyRecord([result], [], date));
    appendFileSync(file, '{"date":"2026\n{"results":[]}\n');
    expect(readHistory(file)).toHaveLength(1);
    expect(readHistory(join(folder, 'nowhere'))).toEqual([]);
  });
});

describe('the page', () => {
  const record = (wall: number, more: Partial<HistoryRecord> = {}): HistoryRecord => ({
    ...{ date: date.toISOString(), version: '1', commit: 'abc', machine: { processor: 'P<1>', cores: 2 }, options: [] },
    ...{ means: { compute: { wall, cpu: wall } }, workloads: { 'metal-crc': { wall, oursMs: 10, qemuMs: 20 } } },
    ...more,
  });

  test('has a plot for each group and workload, with the goals, and needs nothing else', () => {
    const page = reportPage([record(1), record(2)]);
    expect(page.match(/<svg /g)).toHaveLength(2);
    expect(page).toContain('must 1.3');
    expect(page).toContain('wall 2.00, 2026-03-04 05:06 abc');
    expect(page).toContain('P&#60;1&#62;, 2 cores');
    expect(page).not.toMatch(/https?:|<script|<link|@import/);
  });

  test('plots the gain of parallel loads with its goal', () => {
    const page = reportPage([record(1, { means: { parallel: { wall: 0.5, gain: 1.75 } } })]);
    expect(page).toContain('gain 1.75, 2026');
    expect(page).toContain('must 1.6');
  });

  test('tells machines and options apart', () => {
    const page = reportPage([record(1), record(2, { options: ['--exec', 'cold'] })]);
    expect(page.match(/<h2>P&#60;1&#62;[^<]*/g)).toEqual(['<h2>P&#60;1&#62;, 2 cores', '<h2>P&#60;1&#62;, 2 cores --exec cold']);
  });

  test('plots on a logarithmic axis, and leaves gaps out', () => {
    const svg = plot([{ label: 'wall', style: 'wall', values: [0.5, undefined, 2] }], {
      width: 296,
      height: 124,
      runs: ['a', 'b', 'c'],
    });
    const [first, last] = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);
    const one = Number(/class="one"[^>]*y1="([\d.]+)"/.exec(svg)?.[1]);
    expect([first?.[0], last?.[0]]).toEqual([40, 240]);
    expect(one - (last?.[1] ?? 0)).toBeCloseTo((first?.[1] ?? 0) - one, 5);
  });
});
