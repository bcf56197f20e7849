import { defineStore } from 'pinia';
import { ref } from 'vue';
import { RpcError } from '../../main/contract/index.ts';

export interface Notice {
  id: number;
  kind: 'info' | 'error';
  text: string;
  /** The next step, in words. */
  hint?: string | undefined;
  /** The next step, as a button. */
  action?: { label: string; run(): unknown } | undefined;
}

const infoStaysMs = 6000;

/** Short messages at the corner of the window. Errors stay until they are dismissed. */
export const useNotices = defineStore('notices', () => {
  const list = ref<Notice[]>([]);
  let nextId = 1;

  function dismiss(id: number): void {
    list.value = list.value.filter((notice) => notice.id !== id);
  }

  function show(notice: Omit<Notice, 'id'>): void {
    // The same message again takes the place of the first.
    list.value = [...list.value.filter((other) => other.text !== notice.text), { ...notice, id: nextId }].slice(-4);
    const id = nextId++;
    if (notice.kind === 'info') setTimeout(() => dismiss(id), infoStaysMs);
  }

  function showError(error: unknown): void {
    if (error instanceof RpcError) {
      // The window says that it is disconnected; each call that fails for it need not.
      if (error.code !== 'closed') show({ kind: 'error', text: error.message, hint: error.hint });
    } else {
      console.error(error);
      show({ kind: 'error', text: error instanceof Error ? error.message : String(error) });
    }
  }

  /** What `work` answers, or undefined once its error has been shown. */
  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      showError(error);
      return undefined;
    }
  }

  return { list, show, showError, dismiss, attempt };
});
