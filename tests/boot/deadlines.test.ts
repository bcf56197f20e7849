/** Deadlines that a handset file watches, with our baseband and a guest that never rests on one core. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { boards } from '../../emulator/machine/boards.ts';
import type { BudgetConfig, CellConfig } from '../../emulator/machine/types.ts';
import { root } from '../../resources/build/targets.ts';
import { testMachine } from '../support/machine.ts';
import { cell, program } from './support/cells.ts';

const baseband = new Uint8Array(readFileSync(join(root, 'resources/guests/baseband/baseband.img')));
const modem = cell(
  'modem',
  { kernel: baseband, loads: [] },
  { schedule: { priority: 200 }, devices: [{ kind: 'uart' }, { kind: 'board', name: 'radio0' }] },
);
const hog = (priority: number): CellConfig =>
  program(
    'hog',
    (a) => {
      a.label('on');
      a.b('on');
    },
    { schedule: { priority } },
  );
const start: BudgetConfig = { from: 'radio.frame-irq', to: 'modem.frame-task', maxNs: 100_000 };

function run(budgets: readonly BudgetConfig[], hogPriority = 10, commands: [ms: number, act: 'pause' | 'resume'][] = []) {
  const cells = { cells: [hog(hogPriority), modem], channels: [], budgets, costs: boards.evoke.costs };
  const { machine } = testMachine({ config: { board: 'evoke', cells }, script: { timeoutNs: 200e6 } });
  for (const [ms, act] of commands) {
    while (machine.runFor(1000, { untilNs: ms * 1e6 }) === 'busy');
    machine.commandCell({ cell: 'modem', act });
  }
  while (machine.runFor(1000) === 'busy');
  return machine.result(0);
}

test('holds where the baseband comes first, from the interrupt to its end', () => {
  const { deadlines, violations } = run([
    start,
    { from: 'radio.frame-irq', to: 'modem.irq', maxNs: 50_000 },
    { from: 'modem.irq', to: 'modem.done', maxNs: 50_000 },
    { from: 'radio.irq', to: 'modem.wait', maxNs: 5e6 },
    { from: 'modem.frame-task', to: 'modem.frame-done', maxNs: 4e6 },
  ]);
  expect(violations).toEqual([]);
  for (const { met, missed, worstNs, maxNs } of deadlines!) {
    expect(met).toBeGreaterThan(35);
    expect(missed).toBe(0);
    expect(worstNs).toBeLessThanOrEqual(maxNs);
    expect(worstNs).toBeGreaterThan(0);
  }
});

test('is missed where both take turns, and says who had the core', () => {
  const { deadlines, violations, cells } = run([start], 200);
  expect(deadlines![0]!.missed).toBeGreaterThan(5);
  expect(violations).toHaveLength(deadlines![0]!.missed);
  expect(cells).toHaveLength(2);
  for (const { tookNs, cause } of violations!) {
    expect(cause.parts[0]!.who).toBe('hog');
    // All of the time has an owner, but for what the core was ahead when the radio raised its line.
    const sum = cause.parts.reduce((total, { runNs, overheadNs }) => total + runNs + overheadNs, 0);
    expect(Math.abs(tookNs! - sum)).toBeLessThan(2000);
  }
});

test('what does not come while somebody has paused the cell is not missed', () => {
  // Beyond what the baseband needs to catch up with the frames that it missed.
  const { deadlines } = run([{ ...start, maxNs: 1e6 }], 10, [
    [50, 'pause'],
    [120, 'resume'],
  ]);
  expect(deadlines).toMatchObject([{ missed: 0 }]);
  expect(deadlines![0]!.met).toBeLessThan(30);
});

test('a run that is watched is the same as one that is not', () => {
  expect(run([start]).stateHash).toBe(run([]).stateHash);
});
