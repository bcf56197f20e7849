/**
 * A thread of Node (worker_threads): that of a machine takes MachineCommands and posts MachineEvents, that of a lab LabCommands and LabEvents; in
 * parallel mode a machine starts one for each core.
 */
import { existsSync, readFileSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { wasm, type WasmModule } from '../base/wasm.ts';
import type { MachineCommand, MachineEvent, MachineHost } from '../machine/types.ts';
import { LabSession } from '../machine/lab/lab-session.ts';
import type { LabCommand, LabEvent } from '../machine/lab/types.ts';
import { runCoreThread, type CoreTask } from '../machine/parallel/core-thread.ts';
import { MachineSession } from '../machine/session.ts';
import { threadLimits } from './limits.ts';
import { sampleTime } from './time-sampler.ts';
import { translatorIn } from './translator-thread.ts';
import './wasm-flags.ts';

/** Nanoseconds of CLOCK_MONOTONIC, or what stands for it. */
function monotonicNs(): number {
  const [seconds, ns] = process.hrtime();
  return seconds * 1e9 + ns;
}

/** The bundle of the command line has the code of the loop in a file beside this one. */
function coldLoop(): WasmModule | undefined {
  const file = new URL('./cold-loop.wasm', import.meta.url);
  return existsSync(file) ? new wasm.Module(readFileSync(file)) : undefined;
}

const host: MachineHost = {
  // The owner starts the thread: it has nothing else to do.
  startTranslator: (memory) =>
    translatorIn(memory, (task) => {
      const wanted: MachineEvent = { type: 'translator', task };
      parentPort?.postMessage(wanted, [task.port]);
    }),
  sampleTime,
  coldLoop: coldLoop(),
  // Of one clock for all threads, so that another can say how long ago something was.
  nowMs: () => performance.timeOrigin + performance.now(),
  sha256: () => {
    // Loaded at the end of the run rather than before its start: 10 ms.
    const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
  },
  threads: {
    monotonicNs,
    strongOrder: process.arch === 'x64' || process.arch === 'ia32',
    startCore(task) {
      const thread = new Worker(new URL(import.meta.url), { workerData: { coreTask: task }, resourceLimits: threadLimits });
      return { end: () => void thread.terminate() };
    },
  },
};

const { coreTask: task } = (workerData ?? {}) as { coreTask?: CoreTask };
const port = parentPort;
if (task && !isMainThread) {
  runCoreThread(task, { nowMs: host.nowMs, monotonicNs });
} else if (port) {
  const runtime = readFileSync(new URL('../runtime/dist/runtime.wasm', import.meta.url));
  const thread = {
    post: (event: MachineEvent | LabEvent) => port.postMessage(event),
    later: (delayMs: number, act: () => void) => void (delayMs > 0 ? setTimeout(act, delayMs) : setImmediate(act)),
  };
  let session: MachineSession | LabSession | undefined;
  port.on('message', (command: MachineCommand & LabCommand) => {
    // What this thread is for, it learns by the first command.
    session ??=
      (command.type as string) === 'start-lab'
        ? new LabSession(runtime, host, thread)
        : new MachineSession(runtime, host, thread);
    session.take(command);
  });
}
