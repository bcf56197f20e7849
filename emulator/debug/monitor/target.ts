/** What the monitor looks at. It only looks: what changes the machine is an action that the caller carries out. */
import type { CellAct, CellState } from '../../base/cell-acts.ts';
import type { HidKind, TimedHidAction } from '../../base/hid.ts';
import type { Explanation } from '../explain/explain.ts';
import type { Picture } from '../../screen/reader.ts';
import type { CoreView, PhysicalView, SymbolView } from '../views.ts';

export interface MonitorTarget {
  readonly cores: readonly CoreView[];
  readonly memory: PhysicalView;
  readonly symbols: SymbolView;
  /** Bits of physical addresses that are implemented. */
  readonly paBits: number;
  readonly devices: readonly DeviceRow[];
  /** Network cards. */
  readonly nics: number;
  readonly screens: readonly ScreenView[];
  /** Who may have the screen, where several cells share one. */
  readonly focus: FocusView | undefined;
  /** Keyboards and pointers, in order. */
  readonly inputs: readonly HidKind[];
  /** Guests beside each other; none where one has the machine to itself. */
  readonly cells: readonly CellRow[];
  /** Deadlines that are watched. */
  readonly deadlines: readonly DeadlineRow[];
  interrupts(): InterruptRows;
  /** How well the guest keeps up with the radio; `undefined` without one. */
  radio(): RadioRows | undefined;
  /** How cores sleep; `undefined` where there are no cells. */
  idle(): IdleRows | undefined;
  status(): { readonly state: string; readonly virtualNs: number; readonly instructions: number };
  /** Of the last exception that a core took; `undefined` before the first. It may take as long as the run did. */
  explain(core: number): Explanation | undefined;
}

/** What a screen shows. */
export interface ScreenView {
  readonly name: string;
  /** 0: nothing. */
  readonly width: number;
  readonly height: number;
  /** As it is now; `undefined` when nothing is shown. */
  picture(): Picture | undefined;
}

/** Cells and the screen that they share. */
export interface FocusView {
  /** Of all cells, by number. */
  readonly names: readonly string[];
  readonly foreground: number;
  /** The cell that has taken the screen. */
  readonly taken: number | undefined;
  /** Whether a cell can have it. */
  canHave(cell: number): boolean;
}

/** A window of physical addresses. */
export interface DeviceRow {
  readonly name: string;
  readonly kind: string;
  readonly base: number;
  readonly size: number;
  /** INTID of its interrupt. */
  readonly intid?: number;
  /** The state that the guest can see, a line each; long data is cut. */
  state(): string[];
}

export interface InterruptRow {
  readonly intid: number;
  /** The core of an SGI or PPI. */
  readonly core?: number;
  /** `uart0`, `virtual timer`. */
  readonly source: string;
  readonly group: number;
  readonly priority: number;
  readonly enabled: boolean;
  readonly pending: boolean;
  readonly active: boolean;
  /** The input line. */
  readonly level: boolean;
  readonly edge: boolean;
}

export interface InterruptRows {
  readonly controller: string;
  /** Groups that the distributor forwards. */
  readonly groups: number;
  readonly rows: readonly InterruptRow[];
  /** For each core: priority mask, groups that its interface lets through. */
  readonly interfaces: readonly { readonly priorityMask: number; readonly groups: number }[];
}

export interface IdleRows {
  readonly cores: readonly { readonly runNs: number; readonly overheadNs: number; readonly idleNs: number }[];
  readonly wakeUps: readonly (WakeUpRow & { readonly count: number })[];
  readonly next: (WakeUpRow & { readonly atNs: number }) | undefined;
}

/** A virtual CPU of a cell that ends the sleep of a core, and why. */
export interface WakeUpRow {
  readonly cell: string;
  readonly cpu: number;
  readonly cause: string;
}

/** How a deadline of the handset file was kept; the last violation as a text. */
export interface DeadlineRow {
  readonly from: string;
  readonly to: string;
  readonly maxNs: number;
  readonly met: number;
  readonly missed: number;
  readonly worstNs: number;
  readonly last?: string;
}

/** How a cell does, since the machine started: times are virtual ns on all cores together. */
export interface CellRow {
  readonly name: string;
  readonly state: CellState;
  /** Why it failed. */
  readonly failure?: string;
  readonly restarts: number;
  /** In its guest, and in the hypervisor on its account. */
  readonly runNs: number;
  readonly overheadNs: number;
  /** Of each period it has so much; on all its cores together. */
  readonly budget?: { readonly budgetNs: number; readonly periodNs: number };
  /** How often its budget was used up. */
  readonly overruns: number;
  /** Deadlines that it missed: those that the handset file watches, and its radio's. */
  readonly missed: number;
  /** How often it came to the hypervisor. */
  readonly exits: number;
}

export interface RadioRows {
  /** Upper bounds of the columns of histograms; one column more has the rest. */
  readonly histogramBoundsNs: readonly number[];
  readonly sources: Readonly<Record<string, RadioSourceRow>>;
}

/** Events of one source, and how long the guest took to begin with them (release) and to be done (response). */
export interface RadioSourceRow {
  readonly events: number;
  readonly completed: number;
  readonly missed: number;
  readonly late: number;
  readonly stray: number;
  readonly release: DurationRow;
  readonly response: DurationRow;
}

export interface DurationRow {
  readonly shortestNs: number;
  readonly longestNs: number;
  readonly histogram: readonly number[];
}

/** What is to be done to the machine after a command. */
export type MonitorAction = 'stop' | 'cont' | 'reset' | 'power' | 'quit' | CableAction | HandsAction | ScreenAction | CellAction;

/** The cable of a network card, plugged in or out. */
export interface CableAction {
  readonly nic: number;
  readonly up: boolean;
}

/** Something is done to a cell. Files that take the place of its images are named: who may read them does so. */
export type CellAction =
  | { readonly cell: string; readonly act: CellAct }
  | { readonly cell: string; readonly act: 'replace'; readonly images: CellFiles };

export interface CellFiles {
  readonly kernel: string;
  readonly initrd?: string;
  readonly append?: string;
}

/** Keys and pointers. */
export interface HandsAction {
  readonly actions: readonly TimedHidAction[];
}

/** A cell has the screen from now on, by its number. */
export interface ScreenAction {
  readonly foreground: number;
}

export interface MonitorAnswer {
  /** Lines, each ended. */
  readonly text: string;
  readonly action?: MonitorAction;
  /** A picture to be put into a file, which is the affair of whoever may write files. */
  readonly picture?: NamedPicture;
}

export interface NamedPicture {
  readonly file: string;
  readonly picture: Picture;
}
