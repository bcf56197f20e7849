import type { Machine } from '../machine.ts';
import type { MachineHost, RunResult } from '../types.ts';

/**
 * Adds what a guest died of to its result, or the fault in whose handler it stood when its time was over. What explains is loaded when it is
 * needed; `undefined` where there is nothing to explain.
 */
export function explainEnd(
  machine: Machine,
  result: RunResult,
  runtime: Uint8Array,
  host: MachineHost,
): Promise<void> | undefined {
  const died = machine.outcome === 'guest-fault';
  const isOver = machine.outcome === 'timeout' || machine.outcome === 'wall';
  const inHandler = isOver && machine.hardware.cores.some((core) => core.get32('NESTED') > 0);
  if (!died && !inHandler) return undefined;
  return import('./tools.ts').then(({ explainDeath, explainParked }) => {
    try {
      const found = (died ? explainDeath : explainParked)(machine, runtime, host);
      if (found) result.error = { message: found.headline, detail: found.detail, cause: found.cause };
    } catch (error) {
      // An explanation that fails is our fault and not the guest's: what was known before remains.
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      if (result.error) result.error.detail = `${result.error.detail ?? ''}\nthe explanation failed: ${why}`;
    }
  });
}
