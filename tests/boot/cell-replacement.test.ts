/** Something else takes a cell's place while the machine runs. */
import { expect, test } from 'vitest';
import { costsAt } from '../../emulator/boards/costs.ts';
import { replaceCell } from '../../emulator/machine/cells/build.ts';
import { testMachine } from '../support/machine.ts';
import type { Assembler } from './support/assembler.ts';
import { call, print, program, SYSTEM_OFF } from './support/cells.ts';

const WORD = 0x4030_0000;

const spin = (a: Assembler): void => {
  a.label('on');
  a.b('on');
};
const watch = program('watch', spin, { schedule: { priority: 200, periodNs: 1e6, budgetNs: 25e4 } });
const first = program('phone', (a) => {
  a.mov(1, WORD);
  a.str(1, 1);
  print(a, 'a');
  spin(a);
});
const second = program('phone', (a) => {
  a.mov(1, WORD);
  a.ldr(2, 1);
  a.cbz(2, 'clean');
  print(a, '!');
  a.label('clean');
  print(a, 'b');
  call(a, SYSTEM_OFF);
});

function run(replaces: boolean) {
  let text = '';
  const { machine } = testMachine({
    config: { exec: 'cold', cells: { cells: [watch, first], channels: [], budgets: [], costs: costsAt(1e9) } },
    script: { timeoutNs: 60e6 },
    onConsole: (bytes) => (text += Buffer.from(bytes).toString('latin1')),
  });
  while (machine.runFor(1000, { untilNs: 10e6 }) === 'busy');
  const hosted = machine.hardware.hosted!;
  if (replaces) replaceCell(hosted, 'phone', second.boot);
  expect(() => replaceCell(hosted, 'tablet', second.boot)).toThrow('no cell "tablet"');
  expect(() => replaceCell(hosted, 'phone', { loads: [] })).toThrow('nothing to run');
  while (machine.runFor(1000) === 'busy');
  return { ...machine.result(0), text };
}

test('nothing of what was there is left, and the other cell notices nothing', () => {
  const result = run(true);
  expect(result.text).toBe('ab');
  const states = result.cells!.map(({ name, state, restarts }) => `${name} ${state} ${restarts}`);
  expect(states).toEqual(['watch running 0', 'phone off 0']);
  // It has its budget in every period, as before.
  expect(result.cells![0]!.overruns).toBe(run(false).cells![0]!.overruns);
  expect(run(true).stateHash).toBe(result.stateHash);
});
