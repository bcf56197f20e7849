import { Worker } from 'node:worker_threads';
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
  const worker = new Worker(new URL(entry, import.meta.url));
  return {
    post: (command) => worker.postMessage(command, command.type === 'start' ? transferable(command.config) : []),
    onEvent: (listener) => void worker.on('message', listener),
    onFailure: (listener) =>
      void worker.on('error', (error) => listener(error instanceof Error ? error : new Error(String(error)))),
    terminate: () => void worker.terminate(),
  };
}
