import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import type { FinishedTranslation, Translator } from '../machine/translating.ts';

/** What the thread is given. */
export interface TranslatorThread {
  readonly port: MessagePort;
  readonly memory: SharedArrayBuffer;
  /** How many translations have been posted. */
  readonly finished: Int32Array;
}

/** Starts a thread that translates, with the first request. The machine's thread is busy and gets no events: it polls a counter. */
export function startTranslator(memory: SharedArrayBuffer): Translator {
  const finished = new Int32Array(new SharedArrayBuffer(4));
  let taken = 0;
  let port: MessagePort | undefined;
  const start = (): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    const workerData: TranslatorThread = { port: port2, memory, finished };
    const worker = new Worker(new URL('translator.ts', import.meta.url), { workerData, transferList: [port2] });
    worker.unref();
    port1.unref();
    return port1;
  };
  return {
    post: (request) => {
      port ??= start();
      port.postMessage(request);
    },
    poll: () => {
      if (!port || Atomics.load(finished, 0) === taken) return undefined;
      const received = receiveMessageOnPort(port) as { message: FinishedTranslation } | undefined;
      if (received) taken = (taken + 1) | 0;
      return received?.message;
    },
  };
}
