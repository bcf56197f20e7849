/** Cells on boards with either version of the interrupt controller. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CellConfig } from '../../emulator/hypervisor/config.ts';
import { boards } from '../../emulator/machine/boards.ts';
import { replaceCell } from '../../emulator/machine/cells/build.ts';
import type { Machine } from '../../emulator/machine/machine.ts';
import type { MachineConfig } from '../../emulator/machine/types.ts';
import { root } from '../../resources/build/targets.ts';
import { testMachine } from '../support/machine.ts';
import { cell, runCells } from './support/cells.ts';

const image = (file: string): Uint8Array => new Uint8Array(readFileSync(join(root, 'resources/guests', file)));
const hello = { kernel: image('hello/hello.img'), loads: [] };
const selftest = { kernel: image('rtos/selftest.img'), loads: [] };
const baseband = { kernel: image('baseband/baseband.img'), loads: [] };

const places = [
  { board: 'evoke', gic: 3 },
  { board: 'evoke', gic: 2 },
  { board: 'soc2', gic: 2 },
] as const satisfies Partial<MachineConfig>[];

describe.each(places)('on $board with a GICv$gic', ({ board, gic }) => {
  test('the real-time kernel passes its test, the same in both tiers', () => {
    const run = (exec: 'cold' | 'hot') => runCells({ cells: [cell('rtos', selftest)] }, { timeoutNs: 1e9 }, { board, gic, exec });
    const { result, consoles } = run('hot');
    expect(result.outcome).toBe('poweroff');
    expect(consoles['rtos']).toContain('rtos: all passed');
    expect(run('cold').result.stateHash).toBe(result.stateHash);
  });

  test('a snapshot goes on as the machine that it was taken of, also of what was replaced', () => {
    const radio: CellConfig['devices'] = [{ kind: 'uart' }, { kind: 'board', name: 'radio0' }];
    const cells = [
      cell('modem', baseband, { devices: radio, schedule: { priority: 200, periodNs: 1.25e6, budgetNs: 6e5 } }),
      cell('rtos', selftest, { schedule: { priority: 30 } }),
      cell('other', selftest, { schedule: { priority: 10 }, restart: 'always' }),
    ];
    const costs = boards[board].costs;
    const make = (): Machine =>
      testMachine({ config: { board, gic, cells: { cells, channels: [], budgets: [], costs } } }).machine;
    const runTo = (machine: Machine, untilNs: number): void => {
      while (machine.runFor(1000, { untilNs }) === 'busy');
    };
    const first = make();
    runTo(first, 50e6);
    replaceCell(first.hardware.hosted!, 'rtos', hello);
    runTo(first, 81.234e6);
    const second = make();
    second.restore(structuredClone(first.save()));
    expect(second.stateHash()).toBe(first.stateHash());
    for (const machine of [first, second]) runTo(machine, 1200e6);
    expect(second.stateHash()).toBe(first.stateHash());
    const states = second.hardware.hosted!.hypervisor.results().map(({ name, state }) => `${name} ${state}`);
    expect(states).toEqual(['modem running', 'rtos running', expect.stringMatching(/^other (running|restarting)$/)]);
    expect(second.hardware.hosted!.hypervisor.results()[2]!.restarts).toBeGreaterThan(1);
  });
});
