import type { Outcome } from '../types.ts';

/** What of a machine decides about its lab. */
export interface Judged {
  readonly outcome: Outcome | undefined;
  /** Whether its console has shown all that is expected. */
  readonly seenAll: boolean;
}

/** What ends a lab at once, whoever it happened to; the worst first. */
const fatal: readonly Outcome[] = ['internal', 'guest-fault', 'fail'];

/**
 * How a lab has ended; `undefined` while it goes on. It ends when all that is expected was seen, when one machine fails or is off before it has
 * shown what is expected, and when none is left.
 */
export function verdictOf(machines: readonly Judged[], isExpecting: boolean): Outcome | undefined {
  for (const outcome of fatal) if (machines.some((machine) => machine.outcome === outcome)) return outcome;
  if (machines.some(({ outcome, seenAll }) => outcome === 'poweroff' && !seenAll)) return 'poweroff';
  if (isExpecting && machines.every(({ seenAll }) => seenAll)) return 'expected';
  if (machines.some(({ outcome }) => outcome === undefined)) return undefined;
  return machines.some(({ outcome }) => outcome === 'timeout') ? 'timeout' : 'poweroff';
}
