import type { Entry } from '../entry.ts';

/** The call has no such number. */
const NOT_SUPPORTED = -1n;

/** Serves a call of the vendor-specific hypervisor range: its number is in the low bits of its identifier. */
export function hypercall({ processor }: Entry, _id: number): void {
  processor.setX(0, NOT_SUPPORTED);
}
