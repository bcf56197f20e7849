import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testMachine } from '../../tests/support/machine.ts';
import type { Machine } from './machine.ts';

const hello = readFileSync(new URL('../../resources/guests/hello/hello.elf', import.meta.url));
const create = (): Machine => testMachine({ config: { cpus: 2, rng: true, boot: { kernel: hello, loads: [] } } }).machine;

function runUntil(machine: Machine, ns: number): void {
  while (machine.runFor(1000, { untilNs: ns }) === 'busy');
}

test('a machine that is restored goes on as the one that was saved', () => {
  const first = create();
  first.type(new TextEncoder().encode('info\r'));
  runUntil(first, 230_000_000);
  const snapshot = structuredClone(first.save());
  const hash = first.stateHash();
  runUntil(first, 700_000_000);

  const second = create();
  second.restore(snapshot);
  expect(second.stateHash()).toBe(hash);
  runUntil(second, 700_000_000);
  expect(second.stateHash()).toBe(first.stateHash());
  expect(second.instructions).toBe(first.instructions);
  expect(second.instructions).toBeGreaterThan(10_000);
});
