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
  /** Where cells have screens. */
  readonly display?: DisplayView;
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
  /** The board whose addresses it has, where that is not its own. */
  readonly map?: string;
  readonly memory: readonly CellMemoryRow[];
  /** Interrupts that its guest sees. */
  readonly interrupts: readonly { readonly intid: number; readonly what: string; readonly from: string }[];
}

/** `x` execute, `r` read, `w` write, in that order as in a listing of files: `rwx`, `rw`, `r`. */
export type Rights = 'rwx' | 'rw' | 'r' | 'w';

/** Parts of the display, in pixels of the picture before it is turned. */
export interface DisplayView {
  readonly width: number;
  readonly height: number;
  readonly rotation: 0 | 90 | 180 | 270;
  readonly parts: readonly DisplayPart[];
}

export interface DisplayPart {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Who draws there, and when. */
  readonly shows: string;
}

/** Who may touch one thing: rights by cell; a cell that is not named may not. */
export interface AccessRow {
  readonly what: string;
  readonly kind: 'memory' | 'channel' | 'doorbell' | 'device' | 'console' | 'disk' | 'network' | 'screen';
  readonly rights: Readonly<Record<string, Rights>>;
}
