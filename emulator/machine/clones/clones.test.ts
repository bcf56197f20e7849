import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { costsAt } from '../../boards/costs.ts';
import { testMachine } from '../../../tests/support/machine.ts';
import type { SequentialMachine } from '../sequential-machine.ts';
import type { MachineConfig } from '../types.ts';

const hello = new Uint8Array(readFileSync(new URL('../../../resources/guests/hello/hello.elf', import.meta.url)));
const boot = { kernel: hello, loads: [] };
const cell = (name: string, priority: number) => ({
  ...{ name, boot, memoryBytes: 8 << 20, cpus: 1, schedule: { priority } },
  ...{ devices: [{ kind: 'uart' }, { kind: 'rtc' }] as const, restart: 'never' as const },
});
const configs: Record<string, Partial<MachineConfig>> = {
  'a bare machine with two cores': { cpus: 2, rng: true, boot },
  'two cells': { cells: { cells: [cell('one', 9), cell('two', 9)], channels: [], budgets: [], costs: costsAt(1e9) } },
};

const FORK_NS = 230_000_000;
const END_NS = 700_000_000;
const text = (bytes: string): Uint8Array => new TextEncoder().encode(bytes);

function runUntil(machine: SequentialMachine, ns: number): void {
  while (machine.runFor(1000, { untilNs: ns }) === 'busy');
}

describe.each(Object.entries(configs))('%s', (_name, config) => {
  describe.each(['cold', 'auto', 'hot'] as const)('%s', (exec) => {
    const create = () => testMachine({ config: { ...config, exec } }).machine as SequentialMachine;

    /** What the run with that input would have been without clones. */
    function alone(input: string): string {
      const machine = create();
      runUntil(machine, FORK_NS);
      machine.type(text(input));
      runUntil(machine, END_NS);
      return machine.stateHash();
    }

    test('clones go on as if each was alone, each with its input', () => {
      const original = create();
      runUntil(original, FORK_NS);
      const hash = original.stateHash();
      const inputs = ['help\r', 'info\r', 'mandelbrot\r', 'help\r'];
      const clones = inputs.map(() =>
        original.clone({ sends: [], expects: [] }, { onConsole: () => {}, onDriveWrite: () => {} }),
      );
      expect(clones.map((clone) => clone.stateHash())).toEqual(inputs.map(() => hash));
      clones.forEach((clone, n) => clone.type(text(inputs[n]!)));
      // In turns, so that each finds what others have left of the ground.
      for (let ns = FORK_NS; ns < END_NS; ns += 50_000_000)
        for (const clone of clones) runUntil(clone, Math.min(ns + 50_000_000, END_NS));
      expect(clones.map((clone) => clone.stateHash())).toEqual(inputs.map(alone));
      expect(original.stateHash()).toBe(hash);
    });
  });
});

test('clones have the limit of virtual time that the machine has', () => {
  const { machine } = testMachine({ config: { boot }, script: { sends: [], expects: [], timeoutNs: FORK_NS + 1_000_000 } });
  const original = machine as SequentialMachine;
  runUntil(original, FORK_NS);
  const clone = original.clone({ sends: [], expects: ['never'] }, { onConsole: () => {}, onDriveWrite: () => {} });
  runUntil(clone, END_NS);
  expect([clone.outcome, clone.nowNs]).toEqual(['timeout', FORK_NS + 1_000_000]);
  clone.dispose();
  original.dispose();
});

test('pages of clones that are disposed are used again, and the original goes on', () => {
  const create = () => testMachine({ config: { boot } }).machine as SequentialMachine;
  const original = create();
  runUntil(original, FORK_NS);
  const { runtime } = original.hardware;
  const left: number[] = [];
  for (let n = 0; n < 4; n++) {
    const clone = original.clone({ sends: [], expects: [] }, { onConsole: () => {}, onDriveWrite: () => {} });
    expect(() => original.runFor(1)).toThrow('stands still');
    clone.type(text('mandelbrot\r'));
    runUntil(clone, FORK_NS + 100_000_000);
    clone.dispose();
    left.push(runtime.poolLeft() >>> 0);
  }
  // The first one makes the lists of what is shared.
  expect(left.slice(1)).toEqual([left[1], left[1], left[1]]);
  runUntil(original, END_NS);
  const alone = create();
  runUntil(alone, FORK_NS);
  runUntil(alone, END_NS);
  expect(original.stateHash()).toBe(alone.stateHash());
});
