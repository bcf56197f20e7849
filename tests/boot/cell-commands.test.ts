/** What is done to one cell while the others run on. */
import { expect, test } from 'vitest';
import { costsAt } from '../../emulator/boards/costs.ts';
import type { CellAct } from '../../emulator/base/cell-acts.ts';
import type { Machine } from '../../emulator/machine/machine.ts';
import type { InputRecord, MachineConfig, Script } from '../../emulator/machine/types.ts';
import { testMachine } from '../support/machine.ts';
import type { Assembler } from './support/assembler.ts';
import { call, print, program, pv, SYSTEM_OFF } from './support/cells.ts';

const MiB = 2 ** 20;
const MEMORY = 0x4000_0000;
const ms = 1e6;

/** Counts in its memory for as long as it runs, and lets equals have their turn. */
const counter = (a: Assembler): void => {
  a.mov(1, MEMORY);
  a.mov(2, 0);
  a.label('on');
  a.addi(2, 2, 1);
  a.str(2, 1);
  a.b('on');
};

/** Prints a dot each millisecond of its own time. */
const ticker = (a: Assembler): void => {
  a.label('on');
  print(a, '.');
  call(a, pv(2), 1 * ms);
  a.b('on');
};

function build(script: Partial<Script> = {}, exec: MachineConfig['exec'] = 'cold') {
  let text = '';
  const cells = [
    program('ticker', ticker, { schedule: { priority: 200 } }),
    program('counter', counter),
    program('other', counter),
  ];
  const { machine } = testMachine({
    config: { exec, cells: { cells, channels: [], budgets: [], costs: costsAt(1e9) } },
    script: { timeoutNs: 60 * ms, ...script },
    onConsole: (bytes) => {
      text += Buffer.from(bytes).toString('latin1');
    },
  });
  return { machine, text: () => text };
}

const runUntil = (machine: Machine, untilNs: number): void => {
  while (machine.runFor(1000, { untilNs }) === 'busy');
};
const stateOf = (machine: Machine, cell: string) => machine.cells!.find(({ name }) => name === cell)!;
function counted(machine: Machine, cell: string): number {
  const { parts } = machine.hardware.hosted!.hypervisor.cells.find(({ name }) => name === cell)!;
  const bytes = new Uint8Array(8);
  parts.memory.read(MEMORY, bytes);
  return Number(new DataView(bytes.buffer).getBigUint64(0, true));
}

test('a paused cell keeps its memory and its time, while the others run on', () => {
  const { machine, text } = build();
  runUntil(machine, 10 * ms);
  for (const cell of ['counter', 'ticker']) machine.commandCell({ cell, act: 'pause' });
  runUntil(machine, 11 * ms);
  const [paused, others, before] = [counted(machine, 'counter'), counted(machine, 'other'), text().length];
  expect(stateOf(machine, 'counter')).toMatchObject({ state: 'paused' });
  runUntil(machine, 30 * ms);
  expect(counted(machine, 'counter')).toBe(paused);
  expect(counted(machine, 'other')).toBeGreaterThan(others + 1000);
  expect(text().length).toBe(before);
  for (const cell of ['counter', 'ticker']) machine.commandCell({ cell, act: 'resume' });
  runUntil(machine, 40 * ms);
  expect(counted(machine, 'counter')).toBeGreaterThan(paused + 1000);
  // What it waited for is as far away as it was when it was paused: ten dots in the first ten milliseconds, ten in the last.
  expect(text().length - before).toBe(before);
});

test('cells end, begin and begin anew, and the end of the last ends the run', () => {
  const { machine } = build();
  const tell = (cell: string, act: CellAct, untilNs: number): string => {
    machine.commandCell({ cell, act });
    runUntil(machine, untilNs);
    const { state, restarts } = stateOf(machine, cell);
    return `${state} ${restarts}`;
  };
  expect(tell('counter', 'stop', 5 * ms)).toBe('off 0');
  expect(tell('counter', 'resume', 6 * ms)).toBe('off 0');
  expect(tell('counter', 'start', 6.1 * ms)).toBe('restarting 1');
  runUntil(machine, 20 * ms);
  expect(stateOf(machine, 'counter').state).toBe('running');
  expect(tell('counter', 'restart', 40 * ms)).toBe('running 2');
  for (const cell of ['counter', 'other']) machine.commandCell({ cell, act: 'stop' });
  expect(tell('ticker', 'stop', 50 * ms)).toBe('off 0');
  expect(machine.outcome).toBe('poweroff');
});

test('other images take the place of a cell, in a replay as well', () => {
  const images = program('new', (a) => {
    print(a, '!');
    ticker(a);
  }).boot;
  const live = build();
  runUntil(live.machine, 5 * ms);
  live.machine.commandCell({ cell: 'ticker', act: 'replace', images });
  expect(() => live.machine.commandCell({ cell: 'ticker', act: 'replace', images: { loads: [] } })).toThrow('nothing to run');
  runUntil(live.machine, Infinity);
  const { input, stateHash } = live.machine.result(0);
  expect(live.text()).toMatch(/^\.+!\.+$/);
  const again = build({ replay: input }, 'hot');
  runUntil(again.machine, Infinity);
  expect(again.machine.result(0).stateHash).toBe(stateHash);
  const bad = [{ atNs: 0, bytes: new Uint8Array(), cell: { cell: 'ticker', act: 'replace', images: { loads: [] } } }] as const;
  expect(() => build({ replay: [...bad] })).toThrow('nothing to run');
});

test('there must be such a cell', () => {
  expect(() => build().machine.commandCell({ cell: 'linux', act: 'pause' })).toThrow('there is no cell "linux"');
  expect(() =>
    testMachine({
      config: { boot: { loads: [{ bytes: new Uint8Array(4), address: MEMORY, name: '' }], entry: MEMORY } },
    }).machine.commandCell({ cell: 'linux', act: 'pause' }),
  ).toThrow('there is no cell "linux"');
});

test('a replay of the log does the same at the same times, in both tiers', () => {
  const acts: [untilNs: number, cell: string, act: CellAct][] = [
    [3 * ms, 'counter', 'pause'],
    [7 * ms, 'other', 'restart'],
    [12 * ms, 'counter', 'resume'],
    [20 * ms, 'ticker', 'stop'],
  ];
  const live = build();
  for (const [atNs, cell, act] of acts) {
    runUntil(live.machine, atNs);
    live.machine.commandCell({ cell, act });
  }
  runUntil(live.machine, Infinity);
  const { stateHash, input } = live.machine.result(0);
  expect(input.map(({ cell }) => cell)).toEqual(acts.map(([, cell, act]) => ({ cell, act })));
  const again = (exec: MachineConfig['exec'], replay: InputRecord[] = input): string => {
    const { machine } = build({ replay }, exec);
    runUntil(machine, Infinity);
    return machine.result(0).stateHash;
  };
  expect(again('cold')).toBe(stateHash);
  expect(again('hot')).toBe(stateHash);
  expect(again('cold', [])).not.toBe(stateHash);
});

test('asking how cells do changes nothing', () => {
  const run = (everyNs: number): string => {
    const { machine } = build();
    for (let ns = everyNs; ns < 20 * ms; ns += everyNs) {
      runUntil(machine, ns);
      expect(machine.cells).toHaveLength(3);
    }
    runUntil(machine, 20 * ms);
    return machine.result(0).stateHash;
  };
  expect(run(0.3 * ms)).toBe(run(20 * ms));
});

test('all cells may be off', () => {
  const { machine } = testMachine({
    config: {
      exec: 'cold',
      cells: {
        cells: [program('one', (a) => call(a, SYSTEM_OFF), { memoryBytes: 4 * MiB })],
        channels: [],
        budgets: [],
        costs: costsAt(1e9),
      },
    },
  });
  runUntil(machine, 10 * ms);
  expect(machine.outcome).toBe('poweroff');
});
