/** What a machine will be, before it is: plain data, as `check --json` has it. Addresses are numbers. */
import type { AdmissionReport } from '../../../../emulator/machine/admission.ts';

export interface MachineView {
  readonly handset: string;
  readonly board: string;
  readonly cores: number;
  readonly clockHz: number;
  readonly gic: 2 | 3;
  /** Whether guests are in cells; else one has the machine to itself. */
  readonly hypervisor: boolean;
  /** Of the board: all RAM and all devices. */
  readonly memory: readonly MemoryRow[];
  /** Interrupts of the board, and who takes them. */
  readonly interrupts: readonly InterruptRow[];
  readonly cells: readonly CellView[];
  readonly access: readonly AccessRow[];
  /** The analysis of schedules. */
  readonly schedule?: AdmissionReport;
}

export interface MemoryRow {
  readonly base: number;
  readonly size: number;
  readonly what: string;
  /** Who it belongs to: a cell, `hypervisor`, or nobody. */
  readonly owner?: string;
}

/** A window in a cell's own map. */
export interface CellMemoryRow {
  readonly base: number;
  readonly size: number;
  readonly what: string;
  readonly rights: Rights;
  /** Where in the board's memory it is; absent where the hypervisor answers. */
  readonly physical?: number;
}

export interface InterruptRow {
  readonly intid: number;
  readonly what: string;
  readonly to: string;
}

export interface CellView {
  readonly name: string;
  readonly cpus: number;
  readonly cores: readonly number[];
  readonly memory: readonly CellMemoryRow[];
  /** Interrupts that its guest sees. */
  readonly interrupts: readonly { readonly intid: number; readonly what: string; readonly from: string }[];
}

/** `x` execute, `r` read, `w` write, in that order as in a listing of files: `rwx`, `rw`, `r`. */
export type Rights = 'rwx' | 'rw' | 'r' | 'w';

/** Who may touch one thing: rights by cell; a cell that is not named may not. */
export interface AccessRow {
  readonly what: string;
  readonly kind: 'memory' | 'channel' | 'doorbell' | 'device' | 'console' | 'disk' | 'network';
  readonly rights: Readonly<Record<string, Rights>>;
}
