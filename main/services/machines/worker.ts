import { MessagePort, Worker } from 'node:worker_threads';
import type { MachineCommand, MachineEvent } from '../../../emulator/machine/types.ts';
import { transferable } from './load.ts';

/** A machine's worker as its owner sees it. */
export interface MachineWorker {
  post(command: MachineCommand): void;
  onEvent(listener: (event: MachineEvent) => void): void;
  /** Called once when the worker dies of an error of ours. */
  onFailure(listener: (error: Error) => void): void;
  terminate(): void;
}

/** In a checkout the sources themselves; in the desktop's bundle a file beside this one (forge.config.ts). */
const entry = import.meta.filename.endsWith('.ts') ? '../../../emulator/worker/node.ts' : './node.cjs';

export type SpawnMachine = () => MachineWorker;

/** Starts a thread that waits for a `start` command. Its modules load while the owner still reads files. */
export function spawnMachine(): MachineWorker {
  const url = new URL(entry, import.meta.url);
  const worker = new Worker(url);
  const beside: Worker[] = [];
  const startBeside = (data: object): void => {
    const ports = Object.values(data).flatMap((task: object) => Object.values(task).filter((one) => one instanceof MessagePort));
    const thread = new Worker(url, { workerData: data, transferList: ports });
    thread.unref();
    beside.push(thread);
  };
  worker.on('exit', () => beside.forEach((thread) => void thread.terminate()));
  return {
    post: (command) => worker.postMessage(command, command.type === 'start' ? transferable(command.config) : []),
    onEvent: (listener) =>
      void worker.on('message', (event: MachineEvent) => (event.type === 'thread' ? startBeside(event.data) : listener(event))),
    onFailure: (listener) =>
      void worker.on('error', (error) => listener(error instanceof Error ? error : new Error(String(error)))),
    terminate: () => void worker.terminate(),
  };
}
