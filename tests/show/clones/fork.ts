/** What the show `clones` measures, in a process of its own: its memory is counted. Prints one JSON object. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MachineListener } from '../../../emulator/machine/machine.ts';
import { SequentialMachine } from '../../../emulator/machine/sequential-machine.ts';
import type { Script } from '../../../emulator/machine/types.ts';
import { readMachine } from '../../../main/services/lab/index.ts';
import { loadPlan } from '../../../main/services/machines/load.ts';
import { root } from '../../../resources/build/targets.ts';
import { host } from '../../support/machine.ts';

export interface Measured {
  /** Resident bytes of the process: with one booted machine, and with its copies. */
  bytesBefore: number;
  bytesAfter: number;
  hostMs: number;
  /** Copies that looked like the original, and those that ended as a machine without copies did that was given the same input. */
  alike: number;
  asAlone: number;
  outcomes: string[];
  hashes: string[];
}

const LINUX = 1;
const runtime = readFileSync(join(root, 'emulator/runtime/dist/runtime.wasm'));
const { copies, alone, control } = JSON.parse(process.argv[2]!) as { copies: number; alone: number; control: boolean };
const { config } = loadPlan(readMachine(join(root, 'resources/handsets/pair.yaml')));

const listener = (): MachineListener => ({ onConsole: () => undefined, onDriveWrite: () => undefined });

/** Linux waits at its prompt then. */
const FORK_NS = 8e9;
const booted = ['hello> ', 'GUEST READY'];
const ownExpects = (n: number): string[] => [`COPY ${n} SAYS ${n * n}`];

/** A machine at that time, from its power-on. */
function boot(script: Omit<Script, 'sends' | 'timeoutNs'>): SequentialMachine {
  const machine = new SequentialMachine(config, { ...script, sends: [], timeoutNs: 60e9 }, runtime, host, listener());
  while (machine.runFor(1000, { untilNs: FORK_NS }) === 'busy');
  return machine;
}

const give = (machine: SequentialMachine, n: number): void => {
  machine.type(new TextEncoder().encode(`sleep 0.1; md5sum /bin/busybox; echo COPY ${n} SAYS $((${n} * ${n}))\r`), LINUX);
};

/** What a copy would end as if nobody had made any. */
function hashAlone(n: number): string {
  const machine = boot({ expects: [...booted, ...ownExpects(n)] });
  give(machine, n);
  while (machine.runFor(1000) === 'busy');
  return machine.stateHash();
}

const settle = (): number => {
  globalThis.gc?.();
  return process.memoryUsage.rss();
};

const original = boot({ expects: booted, goesOn: true });
if (!original.seenAll) throw new Error('the guests have not booted by then');
const hash = original.stateHash();
const bytesBefore = settle();
const startMs = performance.now();
const clones = Array.from({ length: copies }, (_, n) => {
  const script = { sends: [], expects: ownExpects(n) };
  if (!control) return original.clone(script, listener());
  const whole = new SequentialMachine(config, script, runtime, host, listener());
  whole.restore(original.save());
  return whole;
});
const hostMs = performance.now() - startMs;
const bytesAfter = settle();
const alike = clones.filter((clone) => clone.stateHash() === hash).length;
clones.forEach(give);
while (clones.some((clone) => !clone.outcome)) for (const clone of clones) if (!clone.outcome) clone.runFor(20);
const hashes = clones.map((clone) => clone.stateHash());
const asAlone = hashes.slice(0, alone).filter((each, n) => each === hashAlone(n)).length;
const measured: Measured = {
  ...{ bytesBefore, bytesAfter, hostMs, alike, asAlone, hashes },
  outcomes: clones.map((clone) => clone.outcome!),
};
console.log(JSON.stringify(measured));
