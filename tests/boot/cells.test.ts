/** Guests beside each other under our hypervisor. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { CellConfig } from '../../emulator/hypervisor/config.ts';
import type { RunResult } from '../../emulator/machine/types.ts';
import { root } from '../../resources/build/targets.ts';
import { guestFile } from '../support/guests.ts';
import type { Assembler } from './support/assembler.ts';
import { bootTest } from './support/boot-test.ts';
import { call, cell, print, program, pv, runCells, SYSTEM_OFF, SYSTEM_RESET } from './support/cells.ts';
import { initrd } from './support/debian.ts';

const MiB = 2 ** 20;
const seam = new Uint8Array(readFileSync(join(root, 'resources/guests/seam/seam.img')));
const hello = new Uint8Array(readFileSync(join(root, 'resources/guests/hello/hello.elf')));

test('two guests share a core, each with its console, and the run is the same in both tiers', () => {
  const cells = [cell('one', { kernel: hello, loads: [] }), cell('two', { kernel: hello, loads: [] })];
  const script = { sends: [{ pattern: 'hello> ', text: 'help\r' }], expects: ['hello> ', 'hello> ', 'hello> '] };
  const cold = runCells({ cells }, script);
  expect(cold.result.outcome).toBe('expected');
  expect(Object.keys(cold.consoles).toSorted()).toEqual(['one', 'two']);
  const hot = runCells({ cells }, script, { exec: 'hot' });
  expect(hot.result.tiers.hot).toBeGreaterThan(0);
  expect(hot.result.stateHash).toBe(cold.result.stateHash);
  expect(runCells({ cells }, script).result.stateHash).toBe(cold.result.stateHash);
});

test('a channel carries memory and doorbells between cells that are granted it', () => {
  const writer = program('writer', (a) => {
    call(a, pv(4), 0);
    a.mov(10, 42);
    a.str(10, 1);
    call(a, pv(1), 0, 7);
    call(a, SYSTEM_OFF);
  });
  const reader = program('reader', (a) => {
    a.label('again');
    call(a, pv(8), 0);
    a.cbz(1, 'again');
    a.addi(11, 1, 0x30);
    call(a, pv(4), 0);
    a.ldr(12, 1);
    a.movReg(1, 11);
    a.mov(0, pv(6));
    a.hvc(0);
    a.movReg(1, 12);
    a.mov(0, pv(6));
    a.hvc(0);
    call(a, SYSTEM_OFF);
  });
  const channels = [{ name: 'voice', sizeBytes: 0x1000, cells: { writer: 'rw', reader: 'ro' }, doorbell: 'writer' }] as const;
  const { result, consoles } = runCells({ cells: [reader, writer], channels });
  expect(result.outcome).toBe('poweroff');
  // Payload 7, and 42 is an asterisk.
  expect(consoles['reader']).toBe('7*');
});

test('who has no grant reaches nothing, and takes nobody with it', () => {
  const attacker = (name: string, act: (a: Assembler) => void): CellConfig => program(name, act, { schedule: { priority: 20 } });
  const cells = [
    // Its own memory ends there; the channel is not its own; there is no flash; and it may not write what it may only read.
    attacker('beyond', (a) => {
      a.mov(1, 0x4000_0000 + 8 * MiB);
      a.ldr(0, 1);
    }),
    attacker('stranger', (a) => {
      a.mov(1, 0x0d01_0000);
      a.ldr(0, 1);
    }),
    attacker('flash', (a) => {
      a.mov(1, 0);
      a.ldr(0, 1);
    }),
    attacker('reader', (a) => {
      call(a, pv(4), 0);
      a.str(0, 1);
    }),
    program('well', (a) => {
      print(a, 'ok');
      call(a, SYSTEM_OFF);
    }),
  ];
  const channels = [{ name: 'voice', sizeBytes: 0x1000, cells: { well: 'rw', reader: 'ro' }, doorbell: 'both' }] as const;
  const { result, consoles } = runCells({ cells, channels });
  expect(result.cells?.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'beyond failed',
    'stranger failed',
    'flash failed',
    'reader failed',
    'well off',
  ]);
  expect(consoles).toEqual({ well: 'ok' });
});

test('a cell that fails or resets begins anew as its policy says, while another runs on', () => {
  const spinner = program('spinner', (a) => {
    a.label('on');
    a.b('on');
  });
  const crash = program('crash', (a) => print(a, 'x'), { restart: 'on-failure' });
  const reboot = program('reboot', (a) => {
    print(a, 'r');
    call(a, SYSTEM_RESET);
  });
  const { result, consoles } = runCells({ cells: [spinner, crash, reboot] }, { timeoutNs: 30e6 });
  expect(result.outcome).toBe('timeout');
  const [spun, crashed, rebooted] = result.cells!;
  expect(spun).toMatchObject({ state: 'running', restarts: 0 });
  expect(crashed!.restarts).toBeGreaterThan(1);
  expect(consoles['crash']).toMatch(/^xx/);
  expect(rebooted!.restarts).toBeGreaterThan(1);
  expect(consoles['reboot']).toMatch(/^rr/);
});

test('a more urgent cell has the core whenever it wants it, and a budget bounds that', () => {
  const spin = (a: Assembler): void => {
    a.label('on');
    a.b('on');
  };
  const urgent = program('urgent', spin, { schedule: { priority: 200, periodNs: 1e6, budgetNs: 25e4 } });
  const rest = program('rest', spin);
  const { result } = runCells({ cells: [rest, urgent] }, { timeoutNs: 20e6 });
  const [its, urgents] = result.cells!;
  const used = urgents!.runNs + urgents!.overheadNs;
  expect(used / 20e6).toBeGreaterThan(0.24);
  expect(used / 20e6).toBeLessThan(0.26);
  expect(its!.runNs / 20e6).toBeGreaterThan(0.7);
});

test.each(['interrupt', 'timer', 'sleep'])('interrupts of its own reach a guest: %s', (operation) => {
  const boot = { kernel: seam, append: `${operation} 20`, loads: [] };
  const runs = (['cold', 'hot'] as const).map((exec) => runCells({ cells: [cell('seam', boot)] }, {}, { exec }));
  for (const { result, consoles } of runs) expect([result.outcome, consoles['seam']]).toEqual(['poweroff', 'seam: done\r\n']);
  expect(runs[1]!.result.stateHash).toBe(runs[0]!.result.stateHash);
});

test('a cell reaches a device that it was granted by itself, and nobody else does', () => {
  const kernel = new Uint8Array(readFileSync(join(root, 'resources/guests/baseband/baseband.img')));
  const modem = cell('modem', { kernel, loads: [] }, { devices: [{ kind: 'uart' }, { kind: 'board', name: 'radio0' }] });
  const stranger = program('stranger', (a) => {
    a.mov(1, 0x0c00_0000);
    a.ldr(0, 1);
  });
  const run = (exec: 'auto' | 'cold'): RunResult =>
    runCells({ cells: [modem, stranger] }, { timeoutNs: 100e6 }, { exec, radio: true }).result;
  const result = run('auto');
  const { gsmFrame, cdmaGroup } = result.radio!.sources;
  expect([gsmFrame!.events, gsmFrame!.missed, cdmaGroup!.events, cdmaGroup!.missed]).toEqual([21, 0, 79, 0]);
  const [its, strangers] = result.cells!;
  // More than 21 * 40 words were read, and as many written. What traps is the rest: the console, and the interrupt controller at first.
  expect(its!.exits['data aborts']).toBeLessThan(300);
  expect(strangers!.state).toBe('failed');
  expect(run('cold').stateHash).toBe(result.stateHash);
});

test('a budget comes back also where nobody else has the core', () => {
  const spin = program(
    'spin',
    (a) => {
      a.label('on');
      a.b('on');
    },
    { schedule: { priority: 200, periodNs: 1e6, budgetNs: 25e4 } },
  );
  const { result } = runCells({ cells: [spin] }, { timeoutNs: 20e6 });
  expect(result.cells![0]!.overruns).toBe(20);
});

bootTest("Debian's kernel runs in a cell beside a guest of ours", { guests: ['Image-cloud', initrd] }, () => {
  const read = (name: string): Uint8Array => new Uint8Array(readFileSync(guestFile(name)!));
  const image = read('Image-cloud');
  const kernel = image[0] === 0x1f ? new Uint8Array(gunzipSync(image)) : image;
  const linux = cell(
    'linux',
    { kernel, initrd: read(initrd), append: 'console=ttyAMA0', loads: [] },
    { memoryBytes: 256 * MiB, schedule: { priority: 5 } },
  );
  const cells = [cell('hello', { kernel: hello, loads: [] }, { schedule: { priority: 200 } }), linux];
  const { result } = runCells({ cells }, { expects: ['hello> ', 'GUEST READY'], timeoutNs: 20e9 }, { exec: 'auto' });
  expect(result.outcome).toBe('expected');
});
