/** What a thread that translates beside a machine does. */
import { wasm } from '../base/wasm.ts';
import { translate, type TranslationRequest } from '../exec/hot/translate.ts';
import type { FinishedTranslation } from '../exec/hot/translator.ts';

export type { TranslationRequest } from '../exec/hot/translate.ts';
export type { FinishedTranslation, Translator } from '../exec/hot/translator.ts';

/** Does what a request asks, in the memory of the machine; `nowMs` is a clock in milliseconds. The answer can be posted. */
export function finishTranslation(view: DataView, request: TranslationRequest, nowMs: () => number): FinishedTranslation {
  const start = nowMs();
  const { code, ...translation } = translate(view, request);
  const module = code && new wasm.Module(code);
  return { translation: { ...translation, code: undefined }, module, ms: nowMs() - start };
}
