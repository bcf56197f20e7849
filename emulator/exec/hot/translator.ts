import type { WasmModule } from '../../base/wasm.ts';
import type { Translation, TranslationRequest } from './translate.ts';

/** Translates beside the guest, in a thread of its own. */
export interface Translator {
  /** Until then nothing is answered. */
  isReady(): boolean;
  post(request: TranslationRequest): void;
  /** What is done, one at a time. Cheap when nothing is. */
  poll(): FinishedTranslation | undefined;
}

export interface FinishedTranslation {
  readonly translation: Translation;
  readonly module: WasmModule | undefined;
  /** Milliseconds that it took. */
  readonly ms: number;
}
