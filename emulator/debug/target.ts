/** What a debug server asks of a machine. Cores are numbered from 0; addresses are virtual ones, as the chosen core translates them. */
import type { DebugRegister } from './target-description.ts';

/** Accesses that a watchpoint stops at. */
export type WatchedAccess = 'read' | 'write' | 'access';

export interface Watchpoint {
  readonly address: bigint;
  /** In bytes, at least 1; the last byte is within 64 bits of address. */
  readonly length: number;
  readonly access: WatchedAccess;
}

/** Why the machine stands still. The instruction at PC of the core was not executed yet. */
export type StopReason =
  | { readonly kind: 'breakpoint' }
  | { readonly kind: 'watchpoint'; readonly address: bigint; readonly access: WatchedAccess }
  | { readonly kind: 'step' }
  /** Somebody asked for it. */
  | { readonly kind: 'interrupt' }
  /** The guest cannot go on: going on ends the run. */
  | { readonly kind: 'fault' };

export interface Stop {
  readonly core: number;
  readonly reason: StopReason;
}

/** One instruction of a core, or all that lie in a range of addresses (`end` is behind the last). The others take their turns meanwhile. */
export interface Step {
  readonly core: number;
  readonly range?: { readonly start: bigint; readonly end: bigint };
}

/** A piece of the guest-physical address space. */
export interface MemoryRegion {
  readonly name: string;
  readonly kind: 'ram' | 'rom' | 'device';
  readonly base: bigint;
  readonly size: bigint;
}

export interface DebugTarget {
  readonly cores: number;

  /** The bytes of the register, low ones first. */
  readRegister(core: number, register: DebugRegister): Uint8Array;
  /** False where it can't be written. */
  writeRegister(core: number, register: DebugRegister, bytes: Uint8Array): boolean;
  /** Up to the first byte that is not in memory: devices are left alone, because reading them may change them. */
  readMemory(core: number, address: bigint, length: number): Uint8Array;
  /** All or nothing; false where a byte of it is in no RAM. */
  writeMemory(core: number, address: bigint, bytes: Uint8Array): boolean;

  setBreakpoint(address: bigint): boolean;
  clearBreakpoint(address: bigint): void;
  /** False where there are too many. */
  setWatchpoint(watchpoint: Watchpoint): boolean;
  clearWatchpoint(watchpoint: Watchpoint): void;
  clearAll(): void;

  /** What the core does, for a person. */
  describe(core: number): string;
  /** Executes a line of the monitor (debug/monitor) about a core; answers what it says. */
  monitor(core: number, line: string): string;
  regions(): readonly MemoryRegion[];

  /** Lets the machine run. It tells when it stops. */
  resume(step?: Step): void;
  /** Asks a running machine to stop. */
  interrupt(): void;
  reset(): void;
  /** Ends the run. */
  kill(): void;
  /** Nobody debugs any more; the machine runs on. */
  detached(): void;
}
