import type { Facts } from './facts.ts';

/** Stable names of causes, for scripts and tests. */
export type CauseCode =
  | 'vector-base'
  | 'handler-fails'
  | 'unmapped-stack'
  | 'stack-overflow'
  | 'wrong-granule'
  | 'stage2-controls'
  | 'stage2-off'
  | 'stage2-unmapped'
  | 'stage2-table'
  | 'stage2-permission'
  | 'no-identity-map'
  | 'access-flag'
  | 'bad-table'
  | 'executing-data'
  | 'not-executable'
  | 'alignment-mmu-off'
  | 'alignment-device'
  | 'alignment-check'
  | 'stack-alignment'
  | 'exclusive-on-device'
  | 'fp-trapped'
  | 'jump-to-nowhere'
  | 'illegal-return'
  | 'null-pointer'
  | 'unmapped-address'
  | 'nothing-there'
  | 'read-only'
  | 'user-access'
  | 'register-of-another-level'
  | 'no-hypervisor'
  | 'undefined-instruction'
  | 'trapped'
  | 'breakpoint'
  | 'unknown';

export interface Cause {
  readonly code: CauseCode;
  /** One sentence in plain language, without a full stop. */
  readonly headline: string;
  /** The next step, where one is known. */
  readonly hint?: string;
}

/** Looks at facts; `undefined` where it has nothing to say. */
export type Rule = (facts: Facts) => Cause | undefined;

export const cause = (code: CauseCode, headline: string, hint?: string): Cause => ({
  ...{ code, headline },
  ...(hint ? { hint } : {}),
});
