/** The guests that the bench measures: what they have, what they come to, and one run as the command does it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { emulatorsFor } from '../../main/cli/bench/emulators.ts';
import {
  kernelResults,
  metalGuest,
  parallelWorkloads,
  startWorkload,
  systemResults,
  systemWorkloads,
} from '../../main/cli/bench/own.ts';
import { readHistory } from '../../main/cli/bench/history.ts';
import { runWorkload } from '../../main/cli/bench/runner.ts';
import { bootTest } from '../boot/support/boot-test.ts';
import { pocketvisor, run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';

const folder = scratchFolder();

describe('results that other programs come to as well', () => {
  /** `fill` of the guest's kernels.h. */
  function fill(size: number, seed: number): Buffer {
    let state = seed;
    return Buffer.from(
      Uint8Array.from({ length: size }, () => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return state >>> 11;
      }),
    );
  }

  test('CRC-32', () => {
    const data = fill(64 << 10, 1);
    let value = 0;
    for (let round = 0; round < 3000; round++) value = crc32(data, value);
    expect(value.toString(16).padStart(16, '0')).toBe(kernelResults.crc);
  });

  test('SHA-256, with and without the crypto extension', () => {
    const [data, hash] = [fill(64 << 10, 9), createHash('sha256')];
    for (let round = 0; round < 1100; round++) hash.update(data);
    const digest = hash.digest('hex').slice(0, 16);
    expect([kernelResults.sha256, kernelResults['sha256-crypto']]).toEqual([digest, digest]);
  });

  test("Fibonacci's number, and the lengths of Collatz sequences", () => {
    let [number, next] = [0, 1];
    for (let n = 0; n < 38; n++) [number, next] = [next, number + next];
    expect(parseInt(kernelResults.fib, 16)).toBe(number);
    let sum = 0;
    for (let start = 1; start <= 110_000; start++) {
      for (let value = start; value !== 1; value = value % 2 === 0 ? value / 2 : (3 * value + 1) / 2) sum++;
    }
    expect(parseInt(kernelResults.bytecode, 16)).toBe(sum);
  });
});

test('the guest of the bare machine has each kernel', async () => {
  const { code, console } = await run('--kernel', metalGuest.files.kernel, '--append', 'none');
  expect(code).toBe(0);
  expect(console.trim()).toBe(`BENCH NAMES ${Object.keys(kernelResults).join(' ')}`);
});

const needs = { guests: ['Image-cloud', 'initramfs.cpio.gz'] };

bootTest("Linux's guest has each kernel and workload", needs, async () => {
  const { kernel = '', initrd = '' } = systemWorkloads()[0]?.files ?? {};
  const append = 'console=ttyAMA0 quiet rdinit=/bench -- none';
  const { code, console } = await run('--kernel', kernel, '--initrd', initrd, '--append', append);
  expect(code, console).toBe(0);
  expect(console).toContain(`BENCH NAMES ${[...Object.keys(kernelResults), ...Object.keys(systemResults)].join(' ')}\n`);
});

for (const workload of [...systemWorkloads(), ...parallelWorkloads()]) {
  bootTest(`${workload.name} comes to its result`, { ...needs, long: true }, async () => {
    const emulators = emulatorsFor(workload, {}, false);
    const { errors, pocketvisor: ours, oneThread } = await runWorkload(workload, { rounds: 1, emulators });
    expect(errors).toEqual([]);
    expect(oneThread !== undefined).toBe(workload.group.startsWith('parallel'));
    expect(ours?.own?.instructions).toBeGreaterThan(1e6);
  });
}

test('the command measures, writes JSON, keeps a history and plots it', async () => {
  const [history, json, page] = ['bench.jsonl', 'bench.json', 'bench.html'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const options = ['--history', history];
  const measured = await pocketvisor('bench', startWorkload().name, '--rounds', '1', '--no-qemu', '--json', json, ...options);
  expect(measured.code, measured.errors).toBe(0);
  expect(measured.output).toMatch(/^start +\d+\.\d\d/m);
  expect(measured.output).toMatch(/^memory over guest RAM, MB .*(reached|MISSED)/m);
  expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({ results: [{ workload: 'start', pocketvisor: { runs: 1 } }] });
  expect(readHistory(history)).toHaveLength(1);
  const report = await pocketvisor('bench', '--report', page, ...options);
  expect(report.output).toBe(`${page}: 1 runs\n`);
  expect(readFileSync(page, 'utf8')).toContain('<!doctype html>');
});

test('the command says what is wrong', async () => {
  const unknown = await pocketvisor('bench', 'metal-crx');
  expect([unknown.code, unknown.errors]).toEqual([2, expect.stringMatching(/no workload "metal-crx".*did you mean metal-crc/s)]);
  const nothing = await pocketvisor('bench', '--report', join(folder, 'x.html'), '--history', join(folder, 'none'));
  expect([nothing.code, nothing.errors]).toEqual([2, expect.stringContaining('run pocketvisor bench first')]);
});
