import { describe, expect, test } from 'vitest';
import { choose, workloads } from './catalog.ts';
import { pocketvisor, qemu, type Emulator } from './emulators.ts';
import { measure } from './measure.ts';
import { runWorkload } from './runner.ts';
import { means, resultOf, summarise, type Result } from './summary.ts';
import { heading, meansText, row } from './table.ts';
import { markedSteps, type Workload } from './workload.ts';

const sample = (wallMs: number, cpuMs?: number) => ({ wallMs, wholeMs: wallMs + 5, ...(cpuMs === undefined ? {} : { cpuMs }) });
const own = (mips: number) => ({ instructions: 1, mips, compileMs: 2, modules: 3 });

const workload: Workload = {
  ...{ name: 'w', group: 'compute', cpus: 1, memoryMiB: 1, files: {} },
  steps: [{ pattern: 'a', type: 'x' }, { pattern: 'b' }],
};
const marked: Workload = { ...workload, steps: markedSteps('k'), result: '0123456789abcdef' };
const saying = (name: Emulator['name'], script: string): Emulator => ({
  name,
  command: () => [process.execPath, '-e', script],
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
    expect(resultOf(workload, [sample(4, 2), sample(9, 9)], [sample(3, 8), sample(2, 4)], [])).toMatchObject({
      wallRatio: 0.5,
      cpuRatio: 2,
    });
    expect(resultOf(workload, [sample(1)], [sample(2, 3)], []).cpuRatio).toBeUndefined();
    expect(resultOf(workload, [sample(1)], [], []).wallRatio).toBeUndefined();
  });

  test('have a geometric mean, of what came to its result', () => {
    const result = (wallRatio: number, errors: string[] = []) => ({ wallRatio, errors }) as Result;
    expect(means([result(4), result(1), result(0.001, ['wrong'])])).toEqual({ wallRatio: 2 });
    expect(means([])).toEqual({});
  });

  test('are a line of the table each', () => {
    const result = resultOf(workload, [{ ...sample(1000, 1000), own: own(321.4) }], [sample(2000, 500)], ['wrong']);
    const [line, error] = row(result).split('\n');
    expect(line).toMatch(/^w +1\.00 +1\.00 +321 +2\.00 +2\.00 +2\.00 +0\.50$/);
    expect(error).toBe('  ERROR wrong');
    expect(meansText([{ ...result, errors: [] }])).toMatch(/^geometric mean compute +2\.00 +0\.50$/);
    expect(heading.split('\n')[1]).toHaveLength(line?.length ?? 0);
  });
});

describe('workloads', () => {
  const names = (words: string[]) => choose(workloads(), words).map(({ name }) => name);

  test('are chosen by name, group, and part of the name', () => {
    expect(names(['boot-rt', 'boot-cloud-2'])).toEqual(['boot-cloud-2', 'boot-rt']);
    expect(names(['boots'])).toContain('boot-installer');
    expect(names(['crc'])).toContain('metal-crc');
    expect(names(['metal'])).not.toContain('boot-rt');
    expect(names([])).toHaveLength(workloads().length);
    expect(() => names(['boot-rc'])).toThrow('there is no workload "boot-rc"');
  });

  test('have names of their own', () => {
    expect(new Set(names([])).size).toBe(names([]).length);
  });

  test('give both emulators the same machine', () => {
    const [cloud] = choose(workloads(), ['boot-cloud-2']) as [Workload];
    const [ours, theirs] = [pocketvisor().command(cloud).join(' '), qemu.command(cloud).join(' ')];
    expect(ours).toMatch(/--cpus 2 --memory 512M --kernel \S+ --initrd \S+ --append console=ttyAMA0 --expect GUEST READY/);
    expect(theirs).toMatch(/-smp 2 -m 512 -kernel \S+ -initrd \S+ -append console=ttyAMA0$/);
  });
});

describe('a measurement', () => {
  test('types to QEMU, and ends it when the last pattern was seen', async () => {
    const script = "console.log('a'); process.stdin.on('data', () => console.log('b')); setTimeout(() => {}, 1e6)";
    const { wallMs, wholeMs, own } = await measure(saying('qemu', script), workload);
    expect([wallMs > 0, wholeMs === wallMs, own]).toEqual([true, true, undefined]);
  });

  test('is of what lies between the marks', async () => {
    const script = `setTimeout(() => console.log('BENCH START k\\r'), 200);
      setTimeout(() => process.stdout.write('BENCH END k 01'), 250); setTimeout(() => console.log('23456789abcdef\\r'), 270)`;
    const { wallMs, wholeMs, result } = await measure(saying('qemu', script), marked);
    expect(wholeMs).toBeGreaterThan(wallMs);
    expect(result).toBe('0123456789abcdef');
  });

  test('reads what we say of ourselves', async () => {
    const json = JSON.stringify({ instructions: 5, mips: 7, tiers: { compileMs: 8, modules: 9 } });
    const script = `console.log('a\\nb'); setTimeout(() => console.log('${json}'), 50)`;
    const expected = { instructions: 5, mips: 7, compileMs: 8, modules: 9 };
    expect((await measure(saying('pocketvisor', script), workload)).own).toEqual(expected);
  });

  test('says why there is none', async () => {
    const failing = measure(saying('qemu', "console.error('no such machine'); process.exit(1)"), workload);
    await expect(failing).rejects.toThrow('qemu ended before "a": no such machine');
  });
});

describe('a workload', () => {
  const good = "console.log('BENCH START k\\nBENCH END k 0123456789abcdef')";

  test('runs on both in turns', async () => {
    const told: string[] = [];
    const result = await runWorkload(marked, {
      rounds: 2,
      emulators: [saying('pocketvisor', good), saying('qemu', good)],
      progress: (emulator, round) => told.push(`${emulator} ${round}`),
    });
    expect(told).toEqual(['pocketvisor 1', 'qemu 1', 'pocketvisor 2', 'qemu 2']);
    expect(result).toMatchObject({ workload: 'w', errors: [], pocketvisor: { runs: 2 }, qemu: { runs: 2 } });
  });

  test('with a wrong result has no figures, and is not tried again', async () => {
    const told: string[] = [];
    const result = await runWorkload(marked, {
      rounds: 2,
      emulators: [saying('pocketvisor', good.replace('cdef', 'cdee')), saying('qemu', good)],
      progress: (emulator, round) => told.push(`${emulator} ${round}`),
    });
    expect(told).toEqual(['pocketvisor 1', 'qemu 1', 'qemu 2']);
    expect(result.errors).toEqual(['pocketvisor came to 0123456789abcdee, not to 0123456789abcdef']);
    expect([result.pocketvisor, result.wallRatio]).toEqual([undefined, undefined]);
  });

  test('that is interrupted keeps what was measured', async () => {
    const interruption = new AbortController();
    const result = await runWorkload(marked, {
      rounds: 3,
      emulators: [saying('pocketvisor', good), saying('qemu', 'setTimeout(() => {}, 1e6)')],
      progress: (emulator) => emulator === 'qemu' && setTimeout(() => interruption.abort(), 50),
      signal: interruption.signal,
    });
    expect(result).toMatchObject({ errors: [], pocketvisor: { runs: 1 } });
  });
});
