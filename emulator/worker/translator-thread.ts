import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { FinishedTranslation, Translator } from '../machine/translating.ts';

/** What the thread of a translator is given. */
export interface TranslatorTask {
  readonly port: MessagePort;
  readonly memory: SharedArrayBuffer;
  /** Counted up when the thread is ready, and with each translation that was posted. */
  readonly finished: Int32Array;
}

/** The translator as the machine's thread sees it. That one is busy and gets no events: it polls a counter. */
export function translatorIn(memory: SharedArrayBuffer, startThread: (task: TranslatorTask) => void): Translator {
  const finished = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  port1.unref();
  startThread({ port: port2, memory, finished });
  let taken = 1;
  return {
    isReady: () => Atomics.load(finished, 0) > 0,
    post: (request) => port1.postMessage(request),
    poll: () => {
      if (Atomics.load(finished, 0) <= taken) return undefined;
      taken++;
      return (receiveMessageOnPort(port1) as { message: FinishedTranslation }).message;
    },
  };
}
