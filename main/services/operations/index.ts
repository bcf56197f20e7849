import { UserError } from '../../../emulator/base/user-error.ts';
import type { Progress } from '../../contract/index.ts';
import type { Hub } from '../hub.ts';

/** What long work is given: it stops soon after the signal, and says how far it is. */
export interface Work {
  signal: AbortSignal;
  report(label: string, done: number, total?: number): void;
}

const reportEveryMs = 100;

/** Long work that a screen started and may cancel. */
export class OperationsService {
  readonly #hub: Hub;
  readonly #internalError: (error: unknown) => void;
  readonly #running = new Map<number, AbortController>();
  #next = 1;

  constructor(hub: Hub, internalError: (error: unknown) => void) {
    this.#hub = hub;
    this.#internalError = internalError;
  }

  /** Starts `work` in the next turn; answers the operation's number, under which `progress` events come. */
  start(label: string, work: (context: Work) => Promise<void>): number {
    const operation = this.#next++;
    const controller = new AbortController();
    this.#running.set(operation, controller);
    const last: Progress = { operation, label, done: 0, state: 'running' };
    let reportedAt = -Infinity;
    const report: Work['report'] = (text, done, total) => {
      Object.assign(last, { label: text, done }, total === undefined ? {} : { total });
      if (performance.now() - reportedAt < reportEveryMs) return;
      reportedAt = performance.now();
      this.#hub.broadcast('progress', { ...last });
    };
    const end = (state: Progress['state'], error?: string) => {
      this.#running.delete(operation);
      this.#hub.broadcast('progress', { ...last, state, ...(error === undefined ? {} : { error }) });
    };
    setImmediate(() => {
      work({ signal: controller.signal, report }).then(
        () => end('done'),
        (error: unknown) => {
          if (controller.signal.aborted) return end('cancelled');
          if (!(error instanceof UserError)) this.#internalError(error);
          end('failed', error instanceof UserError ? error.toLine() : 'something inside of Pocketvisor failed');
        },
      );
    });
    return operation;
  }

  cancel(operation: number): void {
    this.#running.get(operation)?.abort();
  }

  close(): void {
    for (const controller of this.#running.values()) controller.abort();
  }
}
