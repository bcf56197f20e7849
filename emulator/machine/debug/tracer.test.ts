import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { host, testMachine } from '../../../tests/support/machine.ts';
import type { Core } from '../core.ts';
import type { ColdEngine } from '../../exec/cold/engine.ts';
import type { Machine } from '../machine.ts';
import { SequentialMachine } from '../sequential-machine.ts';
import type { MachineConfig } from '../types.ts';
import { replay } from './replay.ts';
import { Tracer } from './tracer.ts';

const hello = readFileSync(new URL('../../../resources/guests/hello/hello.elf', import.meta.url));
const config = { cpus: 2, rng: true, boot: { kernel: hello, loads: [] } };
const runtime = readFileSync(new URL('../../runtime/dist/runtime.wasm', import.meta.url));

class Traced extends SequentialMachine {
  readonly branches: bigint[] = [];
  private tracer: Tracer | undefined;

  protected override runLoop(engine: ColdEngine, core: Core): number {
    this.tracer ??= new Tracer(engine, this.hardware.runtime, this.hardware.memory.buffer, {
      branch: (_core, _from, to) => void this.branches.push(to),
      exception: () => false,
    });
    return this.tracer.run(core);
  }
}

/** A machine that is traced from its first instruction. */
function traced(given: Partial<MachineConfig>): { machine: Machine; branches: readonly bigint[] } {
  const whole: MachineConfig = {
    ...{ board: 'virt', cpus: 1, memory: 64 << 20, gic: 3, el: 1, cpu: 'max', exec: 'cold' },
    ...{ seed: 1, rtcSeconds: 1_767_225_600, boot: { loads: [] }, drives: [], rng: false },
    ...given,
  };
  const machine = new Traced(whole, { sends: [], expects: [] }, runtime, host, { onConsole() {}, onDriveWrite() {} });
  return { machine, branches: machine.branches };
}

function runUntil(machine: Machine, ns: number): void {
  while (machine.runFor(1000, { untilNs: ns }) === 'busy');
}

test('a run that is traced from its start is the same run', () => {
  const input = new TextEncoder().encode('info\rtimer\r');
  const { machine } = testMachine({ config: { ...config, exec: 'cold' } });
  machine.type(input);
  runUntil(machine, 400_000_000);
  const { machine: other, branches } = traced(config);
  other.type(input);
  runUntil(other, 400_000_000);
  expect(other.instructions).toBe(machine.instructions);
  expect(other.stateHash()).toBe(machine.stateHash());
  expect(branches.length).toBeGreaterThan(1000);
});

test('a repetition that does not get there says so', () => {
  const { machine } = testMachine({ config, script: { timeoutNs: 1e6 } });
  while (machine.runFor(1000) === 'busy');
  const target = { core: 0, exception: 1n << 40n, ns: 0, elr: 0n, esr: 0n };
  expect(replay(machine.repetition, machine.instructions, target, runtime, host)).toMatch(/another way/);
  expect(replay(undefined, 0, target, runtime, host)).toMatch(/cannot be repeated/);
});
