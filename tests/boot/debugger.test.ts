/** A debugger that stops and goes on leaves no trace: the run is the same, to the last bit of the state, in every tier. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../emulator/isa/derive/generator.ts';
import type { MachineConfig, Script } from '../../emulator/machine/types.ts';
import { testMachine } from '../support/machine.ts';
import { full } from '../support/packages.ts';
import { branchyProgram } from './support/branchy.ts';
import { meddle, type Places } from './support/meddle.ts';
import { program, runToEnd, visible } from './support/same-runs.ts';
import { selfModifying } from './support/self-modifying.ts';
import { ways } from './support/stress/check.ts';
import { CELLS, CODE_PAGES, DATA, MAIN, STACK, VECTORS, views, WINDOW } from './support/stress/layout.ts';
import { episodeNames, stressProgram } from './support/stress/program.ts';
import { assembled, twoCores } from './support/two-cores.ts';

const hour = 3_600_000;

/** Compares a run without a debugger with one under each way to run and a debugger each; answers the stops. */
function leavesNoTrace(config: Partial<MachineConfig>, places: Places, seed: number, script: Partial<Script> = {}) {
  const plain = visible(runToEnd({ ...config, exec: 'cold' }, script).result);
  const all: Record<string, number> = {};
  for (const [n, { name, exec, tuning }] of ways.entries()) {
    const random = seededRandom(seed * 16 + n + 1);
    const { machine } = testMachine({ config: { ...config, exec, tuning }, script });
    const { result, stops } = meddle(machine, (below) => random() % below, places);
    expect({ ...visible(result), error: result.error }, `seed ${seed}, ${name}`).toEqual({ ...plain, error: undefined });
    for (const [kind, count] of Object.entries(stops)) all[kind] = (all[kind] ?? 0) + count;
  }
  return all;
}

/** A long loop with one load, of memory and of a device by turns. */
const ramAndDevice = assembled(`
d2a00803  mov   x3, #0x400000
d2a12001  mov   x1, #0x09000000
91006021  add   x1, x1, #0x18
10000165  adr   x5, data
aa0103e4  mov   x4, x1
b9400082  ldr   w2, [x4]       // inner
ca050026  eor   x6, x1, x5
f240007f  tst   x3, #1
9a851024  csel  x4, x1, x5, ne
f1000463  subs  x3, x3, #1
54ffff61  b.ne  inner
d2b08000  mov   x0, #0x84000000
f2800100  movk  x0, #8
d4000002  hvc   #0
00000000  // data
`);

const atStart: Places = { code: [[0x4100_0000, 0x200]], data: [[0x4100_3000, 0x200]] };

describe('a debugger leaves no trace in', () => {
  test.each(Array.from({ length: full ? 20 : 2 }, (_, seed) => seed * 2))('random program %i', (seed) => {
    const stops = leavesNoTrace(program(branchyProgram(seed)), atStart, seed);
    expect(stops['breakpoint']).toBeGreaterThan(10);
    expect(stops['step']).toBeGreaterThan(10);
  });

  test('code that changes itself', () => {
    const places: Places = { code: [[0x4100_0000, 0x100]], data: [[0x4100_0000, 0x100]] };
    expect(leavesNoTrace(program(selfModifying), places, 1)['breakpoint']).toBeGreaterThan(10);
  });

  test('watchpoints stop before instructions that run outside of regions, with nothing of them done', () => {
    const data = 0x4100_0038n;
    const stopsIn = (exec: MachineConfig['exec']): unknown[] => {
      const { machine } = testMachine({ config: { ...program(ramAndDevice), exec } });
      // Until the load is known to reach a device.
      while (machine.runFor(1000, { untilNs: 5000 }) === 'busy');
      const debug = machine.debugger()!;
      debug.halt({ kind: 'interrupt' });
      debug.setWatchpoint({ address: data, length: 4, access: 'read' });
      return Array.from({ length: 40 }, () => {
        debug.resume();
        while (machine.runFor(1000) === 'busy');
        return { reason: debug.stop?.reason.kind, pc: debug.cores[0]!.pc, instructions: machine.instructions };
      });
    };
    const cold = stopsIn('cold');
    expect(cold[39]).toMatchObject({ reason: 'watchpoint', pc: 0x4100_0014n });
    expect(stopsIn('hot')).toEqual(cold);
    expect(stopsIn('auto')).toEqual(cold);
  });

  test('two cores that take turns', () => {
    const places: Places = { code: [[0x4100_0000, 0xb0]], data: [[0x4100_00c0, 0xc0]] };
    const stops = leavesNoTrace({ ...program(twoCores), cpus: 2 }, places, 1);
    expect(stops['breakpoint']).toBeGreaterThan(20);
    expect(stops['watchpoint']).toBeGreaterThan(20);
  });

  test('hello', () => {
    const kernel = readFileSync(new URL('../../resources/guests/hello/hello.elf', import.meta.url));
    const places: Places = { code: [[0x4020_0000, 0x1000]], data: [[0x4021_0000, 0x1000]] };
    leavesNoTrace({ boot: { kernel, loads: [] } }, places, 1, { expects: ['hello> '] });
  });

  const places: Places = {
    code: [
      [MAIN, 0x1000],
      [MAIN, 0x4000],
      [VECTORS, 0x1000],
      [WINDOW, CODE_PAGES * 4096],
      [WINDOW + views.user * 4096, CODE_PAGES * 4096],
    ],
    data: [
      [CELLS, 0x100],
      [DATA, 0x1000],
      [STACK - 0x100, 0x100],
      [WINDOW + views.data * 4096, 0x1000],
    ],
  };

  test.each(episodeNames)(
    'a program that does %s',
    (name) => {
      for (let seed = 1; seed <= (full ? 10 : 1); seed++) {
        leavesNoTrace(program(stressProgram(seed, [name]).bytes), places, seed, { timeoutNs: 2e9 });
      }
    },
    hour,
  );
});
