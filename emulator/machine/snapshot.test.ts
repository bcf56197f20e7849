import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Machine } from './machine.ts';
import type { MachineConfig } from './types.ts';

const here = new URL('.', import.meta.url);
const runtime = readFileSync(new URL('../runtime/dist/runtime.wasm', here));
const hello = readFileSync(new URL('../../resources/guests/hello/hello.elf', here));

const config: MachineConfig = {
  board: 'virt',
  cpus: 2,
  memory: 64 << 20,
  gic: 3,
  el: 1,
  cpu: 'max',
  exec: 'cold',
  seed: 1,
  rtcSeconds: 0,
  boot: { kernel: hello, loads: [] },
  drives: [],
  rng: true,
};

function create(): Machine {
  const sha256 = () => {
    const hash = createHash('sha256');
    return { update: (bytes: Uint8Array) => void hash.update(bytes), digest: () => hash.digest('hex') };
  };
  const host = { nowMs: () => performance.now(), sha256 };
  return new Machine(config, { sends: [], expects: [] }, runtime, host, { onConsole() {}, onDriveWrite() {} });
}

function runUntil(machine: Machine, ns: number): void {
  while (machine.runFor(1000, ns) === 'busy');
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
