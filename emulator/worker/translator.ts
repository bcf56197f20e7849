/** A thread of Node that translates beside a machine; it is given a TranslatorTask. */
import { parentPort } from 'node:worker_threads';
import { finishTranslation, type TranslationRequest } from '../machine/translating.ts';
import type { TranslatorTask } from './translator-thread.ts';
import './wasm-flags.ts';

/** What the thread does: takes TranslationRequests by its port, posts FinishedTranslations. */
function runTranslator({ port, memory, finished }: TranslatorTask): void {
  const view = new DataView(memory);
  port.on('message', (request: TranslationRequest) => {
    port.postMessage(finishTranslation(view, request, () => performance.now()));
    Atomics.add(finished, 0, 1);
  });
  Atomics.add(finished, 0, 1);
}

parentPort?.once('message', runTranslator);
