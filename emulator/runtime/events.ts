/** Counting for profiles: see emulator/state/events.ts. */
import { C_EVENTS, C_EXCEPTIONS } from './dist/layout';

// @ts-ignore: decorator
@inline
export function count(cpu: usize, event: u32): void {
  const at = cpu + C_EVENTS + event * 8;
  store<u64>(at, load<u64>(at) + 1);
}

/** A synchronous exception of class `ec`. */
// @ts-ignore: decorator
@inline
export function countException(cpu: usize, ec: u32): void {
  const at = cpu + C_EXCEPTIONS + (ec & 63) * 8;
  store<u64>(at, load<u64>(at) + 1);
}
