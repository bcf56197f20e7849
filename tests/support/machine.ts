import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Host, HostThreads } from '../../emulator/base/host.ts';
import type { PlantedFault } from '../../emulator/isa/derive/memory-order.ts';
import type { Machine, MachineListener } from '../../emulator/machine/machine.ts';
import { ParallelMachine } from '../../emulator/machine/parallel/parallel-machine.ts';
import { SequentialMachine } from '../../emulator/machine/sequential-machine.ts';
import type { MachineConfig, Script } from '../../emulator/machine/types.ts';

const runtime = readFileSync(new URL('../../emulator/runtime/dist/runtime.wasm', import.meta.url));

export const host: Host = {
  nowMs: () => performance.now(),
  sha256: () => {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
  },
};

/** Where core threads of parallel mode begin: the same entry as in the product. */
const workerEntry = new URL('../../emulator/worker/node.ts', import.meta.url);

const threads: HostThreads = {
  monotonicNs() {
    const [seconds, ns] = process.hrtime();
    return seconds * 1e9 + ns;
  },
  strongOrder: process.arch === 'x64',
  startCore(task) {
    const thread = new Worker(workerEntry, { workerData: { coreTask: task } });
    return { end: () => void thread.terminate() };
  },
};

export interface MachineOptions {
  config?: Partial<MachineConfig>;
  script?: Partial<Script>;
  host?: Host;
  /** Parallel mode: a fault that the translator makes. */
  planted?: PlantedFault;
  onFrame?: MachineListener['onFrame'];
  /** Instead of the text that `console()` answers. */
  onConsole?: MachineListener['onConsole'];
}

/** A machine in this thread, without a worker, with 64 MiB; `console()` is what it wrote so far. Cores have threads if the configuration says so. */
export function testMachine(options: MachineOptions): { machine: Machine; console: () => string } {
  const { config, script, host: given = host, planted, onFrame } = options;
  let text = '';
  const whole: MachineConfig = {
    ...{ board: 'virt', cpus: 1, memory: 64 << 20, gic: 3, el: 1, cpu: 'max', exec: 'auto' },
    ...{ seed: 1, rtcSeconds: 1_767_225_600, boot: { loads: [] }, drives: [], rng: false },
    ...config,
  };
  const listener = {
    onConsole: options.onConsole ?? ((bytes: Uint8Array) => (text += Buffer.from(bytes).toString('latin1'))),
    onDriveWrite: () => undefined,
    ...(onFrame ? { onFrame } : {}),
  };
  const conditions = { sends: [], expects: [], ...script };
  const machine =
    whole.threads === 'auto'
      ? new ParallelMachine(whole, conditions, runtime, { ...given, threads }, listener, planted)
      : new SequentialMachine(whole, conditions, runtime, given, listener);
  return { machine, console: () => text };
}
