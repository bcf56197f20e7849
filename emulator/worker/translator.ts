/** Translates regions in a thread of Node, beside the machine's: takes TranslationRequests by a port, posts FinishedTranslations. */
import { workerData } from 'node:worker_threads';
import { finishTranslation, type TranslationRequest } from '../machine/translating.ts';
import type { TranslatorThread } from './translator-thread.ts';

const { port, memory, finished } = workerData as TranslatorThread;
const view = new DataView(memory);

port.on('message', (request: TranslationRequest) => {
  port.postMessage(finishTranslation(view, request, () => performance.now()));
  Atomics.add(finished, 0, 1);
});
