/**
 * Threads of Node (worker_threads): that of a machine takes MachineCommands and posts MachineEvents, that of a lab LabCommands and LabEvents; in
 * parallel mode a machine starts one for each core. One more translates beside it.
 */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { MachineCommand, MachineEvent, MachineHost } from '../machine/types.ts';
import { LabSession } from '../machine/lab/lab-session.ts';
import type { LabCommand, LabEvent } from '../machine/lab/types.ts';
import { runCoreThread, type CoreTask } from '../machine/parallel/core-thread.ts';
import { MachineSession } from '../machine/session.ts';
import { sampleTime } from './time-sampler.ts';
import { runTranslator, translatorIn, type TranslatorTask } from './translator-thread.ts';

// Regions say which branches are hardly ever taken; V8 listens on demand only, and before the first module. 1.5 times on loops with
// memory accesses. An experiment of V8's, hence the switch.
if (process.env['POCKETVISOR_BRANCH_HINTS'] !== 'off') setFlagsFromString('--experimental-wasm-branch-hinting');

/** Nanoseconds of CLOCK_MONOTONIC, or what stands for it. */
function monotonicNs(): number {
  const [seconds, ns] = process.hrtime();
  return seconds * 1e9 + ns;
}

const host: MachineHost = {
  // The owner starts the thread: it has nothing else to do, and it takes 200 ms.
  startTranslator: (memory) =>
    translatorIn(memory, (data) => {
      const wanted: MachineEvent = { type: 'thread', data: { translator: data } };
      parentPort?.postMessage(wanted, [data.port]);
    }),
  sampleTime,
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
      const thread = new Worker(new URL(import.meta.url), { workerData: { coreTask: task } });
      return { end: () => void thread.terminate() };
    },
  },
};

const {
  coreTask: task,
  translator,
  isLab,
} = (workerData ?? {}) as { coreTask?: CoreTask; translator?: TranslatorTask; isLab?: boolean };
const port = parentPort;
if (task && !isMainThread) {
  runCoreThread(task, { nowMs: host.nowMs, monotonicNs });
} else if (translator) {
  runTranslator(translator);
} else if (port) {
  const runtime = readFileSync(new URL('../runtime/dist/runtime.wasm', import.meta.url));
  const thread = {
    post: (event: MachineEvent | LabEvent) => port.postMessage(event),
    later: (delayMs: number, act: () => void) => void (delayMs > 0 ? setTimeout(act, delayMs) : setImmediate(act)),
  };
  const session = isLab ? new LabSession(runtime, host, thread) : new MachineSession(runtime, host, thread);
  port.on('message', (command: MachineCommand & LabCommand) => session.take(command));
}
