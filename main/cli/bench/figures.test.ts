import { describe, expect, test } from 'vitest';
import { goals, verdict, type Goal } from './goals.ts';
import type { Sample } from './measure.ts';
import { means, overheadMB, resultOf, summarise, type Result } from './summary.ts';
import { costsTable, gainsTable, goalsTable, heading, meansTable, row, stagesTable } from './table.ts';
import type { Workload } from './workload.ts';

const sample = (wallMs: number, cpuMs?: number) => ({ wallMs, wholeMs: wallMs + 5, ...(cpuMs === undefined ? {} : { cpuMs }) });
const own = (mips: number) => ({ startupMs: 300, instructions: 1, mips, compileMs: 42, modules: 3 });
const workload: Workload = { name: 'w', group: 'compute', cpus: 1, memoryMiB: 100, files: {}, steps: [] };
const compared = (pocketvisor: Sample[], qemu: Sample[] = []) => resultOf(workload, { pocketvisor, qemu }, []);
const result = (group: Result['group'], wallRatio: number, errors: string[] = []): Result => ({
  ...{ workload: `${group} ${wallRatio}`, group, memoryMiB: 100, errors, wallRatio, cpuRatio: wallRatio * 2 },
});

describe('figures', () => {
  test('have minimum and median, the highest peak, and what the fastest run says of itself', () => {
    const samples = [
      { ...sample(3, 30), peakMiB: 7.4, own: own(30) },
      { ...sample(1, 10), peakMiB: 9.6, own: own(10) },
      { ...sample(8, 20), peakMiB: 8, own: own(20) },
    ];
    expect(summarise(samples)).toEqual({
      ...{ runs: 3, wallMs: { min: 1, median: 3 }, cpuMs: { min: 10, median: 20 }, wholeMs: { min: 6, median: 8 } },
      ...{ peakMiB: 10, own: own(10) },
    });
    expect(summarise([sample(1), sample(3)])).toMatchObject({ runs: 2, wallMs: { min: 1, median: 2 } });
  });

  test('compare by minima: above 1 we are faster', () => {
    expect(compared([sample(4, 2), sample(9, 9)], [sample(3, 8), sample(2, 4)])).toMatchObject({
      wallRatio: 0.5,
      cpuRatio: 2,
    });
    expect(compared([sample(1)], [sample(2, 3)]).cpuRatio).toBeUndefined();
    expect(compared([sample(1)]).wallRatio).toBeUndefined();
  });

  test('have the gain of a thread for each core, with QEMU and without', () => {
    const ours = { pocketvisor: [sample(20), sample(10)], oneThread: [sample(17), sample(19)] };
    expect(resultOf(workload, { ...ours, qemu: [sample(5)] }, [])).toMatchObject({ gain: 1.7, wallRatio: 0.5 });
    expect(resultOf(workload, ours, []).gain).toBe(1.7);
    expect(resultOf(workload, { oneThread: [sample(1)] }, []).gain).toBeUndefined();
    expect(compared([sample(1)], [sample(1)]).gain).toBeUndefined();
  });

  test('have what a second stage of translation leaves, without QEMU', () => {
    const ours = { pocketvisor: [sample(20), sample(10)], oneStage: [sample(9), sample(12)] };
    const { kept, wallRatio } = resultOf(workload, ours, []);
    expect([kept, wallRatio]).toEqual([0.9, undefined]);
    expect(stagesTable([resultOf(workload, ours, [])])).toMatch(
      /without, s +with, s[^]* 0\.01 +0\.01 +0\.90\ngeometric mean +0\.90$/,
    );
    expect(stagesTable([compared([sample(1)])])).toBe('');
  });

  test('have a geometric mean, of what came to its result', () => {
    const wrong = result('compute', 0.001, ['wrong']);
    expect(means([result('compute', 4), result('compute', 1), wrong])).toEqual({ wallRatio: 2, cpuRatio: 4 });
    expect(means([])).toEqual({});
  });

  test('say how much memory the guest does not have', () => {
    expect(overheadMB(compared([{ ...sample(1), peakMiB: 350 }]))).toBe(262);
    expect(overheadMB(compared([sample(1)]))).toBeUndefined();
  });
});

describe('goals', () => {
  const measured = (name: RegExp, results: Result[]) => (goals.find((goal) => name.test(goal.name)) as Goal).measured(results);

  test('are held against the means of their groups, and against the slowest', () => {
    const results = [result('compute', 4), result('compute', 1), result('boots', 0.5), result('costs', 0.1)];
    expect(measured(/compute/, results)).toEqual({ value: 2, cpu: 4 });
    expect(measured(/boots/, results)).toEqual({ value: 0.5, cpu: 1 });
    expect(measured(/system/, results)).toEqual({});
    expect(measured(/gain/, results)).toEqual({});
    const loads = [1, 4].map((gain): Result => ({ ...result('parallel', 0.6), gain }));
    const wrong: Result = { ...result('parallel', 0.6, ['wrong']), gain: 9 };
    const inKernel: Result = { ...result('parallel-kernel', 0.6), gain: 0.1 };
    expect(measured(/gain/, [...results, ...loads, wrong, inKernel])).toEqual({ value: 2 });
    expect(measured(/slowest/, results)).toEqual({ value: 0.5, cpu: 1, where: 'boots 0.5' });
  });

  test('have three verdicts', () => {
    const [least, most] = [goals.find(({ unit }) => !unit) as Goal, goals.find(({ unit }) => unit) as Goal];
    expect([1.2, 1.3, 2.5].map((value) => verdict(least, value))).toEqual(['missed', 'must', 'aim']);
    expect([700, 600, 300].map((value) => verdict(most, value))).toEqual(['missed', 'must', 'aim']);
  });
});

describe('tables', () => {
  const full = resultOf(
    workload,
    {
      pocketvisor: [{ ...sample(1000, 1000), peakMiB: 350, own: own(321.4) }],
      qemu: [{ ...sample(2000, 500), peakMiB: 200 }],
    },
    ['qemu came to 1, not to 2'],
  );

  test('have a line for each workload, and its errors', () => {
    const [line, error] = row(full).split('\n');
    expect(line).toMatch(/^w +1\.00 +1\.00 +321 +2\.00 +2\.00 +2\.00 +0\.50$/);
    expect(error).toBe('  ERROR qemu came to 1, not to 2');
    expect(heading.split('\n')[1]).toHaveLength(line?.length ?? 0);
  });

  test('have the means below the ratios', () => {
    expect(meansTable([full])).toBe('');
    const line = meansTable([{ ...full, errors: [] }]);
    expect(line).toMatch(/^geometric mean, compute +2\.00 +0\.50$/);
    expect(line).toHaveLength(heading.split('\n')[1]?.length ?? 0);
  });

  test('have the gain on parallel loads, where there were any', () => {
    expect(gainsTable([full])).toBe('');
    const load = resultOf(
      { ...workload, group: 'parallel' },
      { pocketvisor: [sample(1000)], oneThread: [sample(1600)], qemu: [sample(500)] },
      [],
    );
    const inKernel: Result = { ...load, workload: 'k', group: 'parallel-kernel', gain: 0.5 };
    const lines = gainsTable([full, load, { ...load, workload: 'v', gain: 2.5 }, inKernel], 1.75).split('\n');
    expect(lines[1]).toMatch(/^w +1\.60 +1\.00 +0\.50 +1\.60 +0\.50$/);
    expect(lines.at(-2)).toMatch(/^geometric mean +2\.00 +0\.50$/);
    expect(lines.at(-1)).toMatch(/^the host by itself +1\.75 *$/);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  });

  test('have our own costs', () => {
    expect(costsTable([full]).split('\n')[1]).toMatch(/^w +300 +42 +3 +367 +210 +262$/);
  });

  test('have the goals with must, aim and what was measured', () => {
    const lines = goalsTable([result('compute', 1.5), result('boots', 0.1)]).split('\n');
    expect(lines[1]).toMatch(/^compute.* >= +1\.30 +2\.50 +1\.50 +3\.00 +must reached$/);
    expect(lines[2]).toMatch(/^boots.* >= +0\.60 +1\.00 +0\.10 +0\.20 +MISSED$/);
    expect(lines[3]).toMatch(/^system.* - +- +not measured$/);
    expect(lines[4]).toMatch(/^gain of two cores.* >= +1\.60 +1\.80 +- +- +not measured$/);
    expect(lines[5]).toMatch(/^speed that a second stage leaves +>= +0\.95 +0\.98 +-.* not measured$/);
    expect(lines[6]).toMatch(/MISSED \(boots 0\.1\)$/);
  });
});
