import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Emulator } from './emulators.ts';
import { measure } from './measure.ts';
import { runWorkload } from './runner.ts';
import { stage } from './stage.ts';
import { markedSteps, type Workload } from './workload.ts';

const workload: Workload = {
  ...{ name: 'w', group: 'compute', cpus: 1, memoryMiB: 1, files: {} },
  steps: [{ pattern: 'a', type: 'x' }, { pattern: 'b' }],
};
const marked: Workload = { ...workload, steps: markedSteps('k'), result: '0123456789abcdef' };
const saying = (name: Emulator['name'], script: string): Emulator => ({
  name,
  command: () => [process.execPath, '-e', script],
});
const forever = 'setTimeout(() => {}, 1e6)';

describe('a measurement', () => {
  test('types to QEMU, and ends it when the last pattern was seen', async () => {
    const script = `console.log('a'); process.stdin.on('data', () => console.log('b')); ${forever}`;
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

  test('has the results of all that ran at once, however they arrive', async () => {
    const steps = markedSteps('k', 'k');
    const [one, two] = ['0123456789abcdef', '1123456789abcdef'];
    const script = `console.log('BENCH START k k'); process.stdout.write('BENCH END k k ${one}');
      setTimeout(() => console.log(' ${two}'), 20)`;
    expect((await measure(saying('qemu', script), { ...marked, steps })).result).toBe(`${one} ${two}`);
  });

  test('reads what we say of ourselves', async () => {
    const json = JSON.stringify({ startupMs: 4, instructions: 5, mips: 7, tiers: { compileMs: 8, modules: 9 } });
    const script = `console.log('a\\nb'); setTimeout(() => console.log('${json}'), 50)`;
    const expected = { startupMs: 4, instructions: 5, mips: 7, compileMs: 8, modules: 9 };
    expect((await measure(saying('pocketvisor', script), workload)).own).toEqual(expected);
  });

  test('says why there is none', async () => {
    const failing = measure(saying('qemu', "console.error('no such machine'); process.exit(1)"), workload);
    await expect(failing).rejects.toThrow('qemu ended before "a": no such machine');
    const lost = measure(saying('qemu', `console.log('BENCH FAILED pipe2: error 24'); ${forever}`), marked);
    await expect(lost).rejects.toThrow('qemu said "BENCH FAILED pipe2: error 24" before "^BENCH START k$"');
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
      emulators: [saying('pocketvisor', good), saying('qemu', forever)],
      progress: (emulator) => emulator === 'qemu' && setTimeout(() => interruption.abort(), 50),
      signal: interruption.signal,
    });
    expect(result).toMatchObject({ errors: [], pocketvisor: { runs: 1 } });
    expect(result.qemu).toBeUndefined();
  });
});

describe('before a run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('archives are joined, each at a multiple of 4 bytes, and a drive is made', () => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    writeFileSync(first, 'abcde');
    writeFileSync(second, 'fgh');
    const staged = stage({ ...workload, files: { initrd: first }, moreInitrd: second, driveMiB: 2 }, folder);
    expect(readFileSync(staged.files.initrd ?? '', 'latin1')).toBe('abcde\0\0\0fgh\0');
    expect(statSync(staged.drive ?? '').size).toBe(2 << 20);
    expect(stage(workload, folder)).toBe(workload);
  });
});
