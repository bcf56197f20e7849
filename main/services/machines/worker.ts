import type { Worker } from 'node:worker_threads';
import type { LabCommand, LabEvent } from '../../../emulator/machine/lab/types.ts';
import type { MachineCommand, MachineEvent } from '../../../emulator/machine/types.ts';
import type { TranslatorTask } from '../../../emulator/worker/translator-thread.ts';
import { transferable } from './load.ts';
import { startAhead, startThread } from './threads.ts';

/** A worker as its owner sees it. */
export interface CommandedWorker<Command, Event> {
  post(command: Command): void;
  onEvent(listener: (event: Event) => void): void;
  /** Called once when the worker dies of an error of ours. */
  onFailure(listener: (error: Error) => void): void;
  terminate(): void;
}

export type MachineWorker = CommandedWorker<MachineCommand, MachineEvent>;
export type SpawnMachine = () => MachineWorker;

/** Starts a thread that waits for a `start` command. Its modules load while the owner still reads files. */
export const spawnMachine: SpawnMachine = () =>
  spawn((command) => {
    if (command.type !== 'start') return [];
    const { config } = command;
    // While the machine is built, this thread has nothing else to do.
    if (config.exec === 'auto' && config.threads !== 'auto') startAhead('translator');
    return transferable(config);
  });

export type LabWorker = CommandedWorker<LabCommand, LabEvent>;
export type SpawnLab = () => LabWorker;

/** The same for a lab, which has all its machines in one thread. */
export const spawnLab: SpawnLab = () =>
  spawn((command) => (command.type === 'start-lab' ? command.lab.machines.flatMap(({ config }) => transferable(config)) : []));

/** `given` is told of every command that is posted, and answers which buffers of it need not be copied. */
function spawn<Command, Event extends { type: string }>(
  given: (command: Command) => ArrayBuffer[],
): CommandedWorker<Command, Event> {
  const worker = startThread('node');
  const beside: Worker[] = [];
  const startTranslator = (task: TranslatorTask): void => {
    const thread = startThread('translator');
    thread.postMessage(task, [task.port]);
    thread.unref();
    beside.push(thread);
  };
  worker.on('exit', () => beside.forEach((thread) => void thread.terminate()));
  return {
    post: (command) => worker.postMessage(command, given(command)),
    onEvent: (listener) =>
      void worker.on('message', (event: Event | ForTranslator) =>
        isForTranslator(event) ? startTranslator(event.task as TranslatorTask) : listener(event),
      ),
    onFailure: (listener) =>
      void worker.on('error', (error) => listener(error instanceof Error ? error : new Error(String(error)))),
    terminate: () => void worker.terminate(),
  };
}

/** A worker wants a thread that translates beside it. */
type ForTranslator = Extract<MachineEvent, { type: 'translator' }>;

const isForTranslator = (event: { type: string }): event is ForTranslator => event.type === 'translator';
