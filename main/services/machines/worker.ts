import { MessagePort, Worker } from 'node:worker_threads';
import type { LabCommand, LabEvent } from '../../../emulator/machine/lab/types.ts';
import type { MachineCommand, MachineEvent } from '../../../emulator/machine/types.ts';
import { transferable } from './load.ts';

/** A worker as its owner sees it. */
export interface CommandedWorker<Command, Event> {
  post(command: Command): void;
  onEvent(listener: (event: Event) => void): void;
  /** Called once when the worker dies of an error of ours. */
  onFailure(listener: (error: Error) => void): void;
  terminate(): void;
}

/** In a checkout the sources themselves; in the desktop's bundle a file beside this one (forge.config.ts). */
const entry = import.meta.filename.endsWith('.ts') ? '../../../emulator/worker/node.ts' : './node.cjs';

export type MachineWorker = CommandedWorker<MachineCommand, MachineEvent>;
export type SpawnMachine = () => MachineWorker;

/** Starts a thread that waits for a `start` command. Its modules load while the owner still reads files. */
export const spawnMachine: SpawnMachine = () =>
  spawn({}, (command) => (command.type === 'start' ? transferable(command.config) : []));

export type LabWorker = CommandedWorker<LabCommand, LabEvent>;
export type SpawnLab = () => LabWorker;

/** The same for a lab, which has all its machines in one thread. */
export const spawnLab: SpawnLab = () =>
  spawn({ isLab: true }, (command) =>
    command.type === 'start-lab' ? command.lab.machines.flatMap(({ config }) => transferable(config)) : [],
  );

/** `buffers`: what of a command need not be copied. */
function spawn<Command, Event extends { type: string }>(
  workerData: object,
  buffers: (command: Command) => ArrayBuffer[],
): CommandedWorker<Command, Event> {
  const url = new URL(entry, import.meta.url);
  const worker = new Worker(url, { workerData });
  const beside: Worker[] = [];
  const startBeside = (data: object): void => {
    const ports = Object.values(data).flatMap((task: object) => Object.values(task).filter((one) => one instanceof MessagePort));
    const thread = new Worker(url, { workerData: data, transferList: ports });
    thread.unref();
    beside.push(thread);
  };
  worker.on('exit', () => beside.forEach((thread) => void thread.terminate()));
  return {
    post: (command) => worker.postMessage(command, buffers(command)),
    onEvent: (listener) =>
      void worker.on('message', (event: Event | Beside) => (isBeside(event) ? startBeside(event.data) : listener(event))),
    onFailure: (listener) =>
      void worker.on('error', (error) => listener(error instanceof Error ? error : new Error(String(error)))),
    terminate: () => void worker.terminate(),
  };
}

/** A worker wants a thread beside it. */
type Beside = Extract<MachineEvent, { type: 'thread' }>;

const isBeside = (event: { type: string }): event is Beside => event.type === 'thread';
