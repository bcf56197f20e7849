import type { Entry } from '../entry.ts';

/** What X0 says, and values for X1 onward. */
export interface Answer {
  readonly status: number;
  readonly values: readonly number[];
}

export const result = (...values: number[]): Answer => ({ status: 0, values });
const refusal = (status: number): Answer => ({ status, values: [] });
export const NOT_SUPPORTED = refusal(-1);
export const DENIED = refusal(-2);
export const INVALID = refusal(-3);

/** A row of the interface that the hypervisor offers guests which know it. The C header and the documentation derive from it. */
export interface Hypercall {
  /** In the low bits of the SMCCC function identifier. */
  readonly number: number;
  readonly name: string;
  readonly summary: string;
  /** What X1 onward hold at the call. */
  readonly arguments: readonly string[];
  /** What they hold after it, where X0 is 0. */
  readonly results: readonly string[];
  /** Arguments of 64 bits beyond what a number holds are as good as any other that is too large. */
  serve(entry: Entry, first: number, second: number): Answer;
}

/** SMCCC: a fast call with arguments of 64 bits, of the vendor's hypervisor (DEN 0028 2.5). */
export const FUNCTION_BASE = 0xc600_0000;
