/** What is known of a guest that cannot go on, before anybody has thought about it. */
import type { CoreView, PhysicalView, SymbolView } from '../views.ts';

/** An exception as it was taken. */
export interface Taken {
  /** ESR_ELx; for an interrupt bit 32 is set, and bits 1:0 have its kind (IRQ, FIQ, SError). */
  readonly esr: bigint;
  /** Only of aborts and PC alignment faults. */
  readonly far: bigint;
  readonly elr: bigint;
  readonly spsr: bigint;
}

/** A change of the flow: a branch that was taken, an exception, an interrupt. */
export interface Branch {
  readonly from: bigint;
  readonly to: bigint;
  readonly kind: 'branch' | 'exception' | 'interrupt';
  /** The exception level that it led to. */
  readonly el: number;
  /** Of exception returns: SPSR as it was. */
  readonly spsr?: bigint;
  /** How often in a row. */
  readonly times: number;
}

export interface Death {
  /** The core, right after the cause was taken (`exact`), or else when the guest was given up. */
  readonly core: CoreView;
  readonly exact: boolean;
  readonly memory: PhysicalView;
  readonly paBits: number;
  readonly symbols: SymbolView;
  readonly cause: Taken;
  /** The guest cannot go on: `last` repeats itself since then. */
  readonly hopeless: boolean;
  readonly last: Taken;
  /** The newest last; absent where the run could not be repeated. */
  readonly branches?: readonly Branch[];
  /** Why there are none. */
  readonly noBranches?: string;
}
