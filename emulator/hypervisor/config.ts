import type { HidKind } from '../base/hid.ts';

/** What a machine with cells is built from: plain data, made of a handset file, that crosses worker boundaries. */

import type { Overlay } from '../devices/virtio/sectors.ts';

/** One guest and all that it is granted. To itself it looks like a whole board. */
export interface CellConfig {
  /** Unique in the handset. */
  readonly name: string;
  readonly boot: CellImages;
  /** The name of a board whose addresses the cell has, in place of its own board's. */
  readonly map?: string;
  /** A multiple of 2 MiB costs the fewest stage-2 tables; 4 KiB is the unit. */
  readonly memoryBytes: number;
  /** Virtual CPUs. Number n runs on core n modulo the board's cores, unless `cores` names others. */
  readonly cpus: number;
  /** By virtual CPU, the core that runs it. */
  readonly cores?: readonly number[];
  readonly schedule: CellSchedule;
  readonly devices: readonly CellDevice[];
  readonly restart: 'never' | 'on-failure' | 'always';
}

/** What starts in a cell: as `BootImages` of a machine (emulator/machine/types.ts), but for a hypervisor's own guests. */
export interface CellImages {
  /** Linux Image (uncompressed) or ELF. */
  readonly kernel?: Uint8Array;
  readonly initrd?: Uint8Array;
  readonly append?: string;
  /** A device tree blob that replaces the derived one. */
  readonly dtb?: Uint8Array;
  /** Raw bytes at an address, or ELF (address from its headers). */
  readonly loads: readonly { readonly bytes: Uint8Array; readonly address?: number; readonly name: string }[];
  readonly entry?: number;
}

/** When a cell's virtual CPUs run. Times are virtual ns. */
export interface CellSchedule {
  /** Larger is more urgent; equal ones take turns. 0 to 255. */
  readonly priority: number;
  /** With both, the cell has at most `budgetNs` of every `periodNs`, on each core. */
  readonly periodNs?: number;
  readonly budgetNs?: number;
  /**
   * What happens to a cell whose budget is used up: it waits until some is back (default), it is stopped, or it takes turns with cells of
   * priority 0 until then.
   */
  readonly overrun?: 'throttle' | 'stop' | 'background';
  /** Of what cells with budgets leave, this cell's part beside others of its priority; 1 when absent. */
  readonly share?: number;
}

export type CellDevice =
  /** PL011 at the board's address: the cell's console. */
  | { readonly kind: 'uart' }
  /** PL031: the date. */
  | { readonly kind: 'rtc' }
  /** A virtio disk; its bytes are shared with the host side, as those of a machine's drives. */
  | {
      readonly kind: 'block';
      readonly name: string;
      readonly image: SharedArrayBuffer;
      readonly readOnly: boolean;
      /** Of a clone: what was written, instead of into the image. */
      readonly overlay?: Overlay;
    }
  | { readonly kind: 'rng' }
  /** The network card of that number of the machine. */
  | { readonly kind: 'net'; readonly nic: number }
  /** A virtio graphics card, with a monitor of that size: the cell's part of the display. */
  | { readonly kind: 'gpu'; readonly width: number; readonly height: number }
  /** A framebuffer in the cell's RAM, of which it tells by the firmware configuration. */
  | { readonly kind: 'ramfb' }
  /** A virtio keyboard or pointer, which works while the cell has the screen. */
  | { readonly kind: 'input'; readonly input: HidKind }
  /** By which the overlay's cell takes the screen (display/screen-control.ts). */
  | { readonly kind: 'screen-control' }
  /** A disk that the cell `by` serves. */
  | { readonly kind: 'served-disk'; readonly by: string }
  /** By which a cell serves its first disk to another one. */
  | { readonly kind: 'disk-server' }
  /** A device of the board that no other cell has, by its name there. */
  | { readonly kind: 'board'; readonly name: string };

/** Memory that several cells see, and how one tells the other to look. */
export interface ChannelConfig {
  readonly name: string;
  /** A multiple of 4 KiB. */
  readonly sizeBytes: number;
  /** By cell: what it may do with the memory. A cell that is not named has no part in it. */
  readonly cells: Readonly<Record<string, 'rw' | 'ro'>>;
  /** Who may ring: either side, one cell, or nobody. */
  readonly doorbell: 'both' | 'none' | (string & {});
  /** The shortest time from one doorbell that a side hears to the next: what is rung before is heard then. 0 when absent. */
  readonly distanceNs?: number;
}

/** A deadline that is watched: from one named event to another at most so much virtual time. */
export interface BudgetConfig {
  /** `CELL.EVENT` or `DEVICE.EVENT`, such as `radio.frame-irq`. */
  readonly from: string;
  readonly to: string;
  readonly maxNs: number;
}

/**
 * What the hypervisor's own work costs, in virtual ns: data of the board, with sources there. An exit that is emulated and returned from costs
 * `enterNs + emulateNs + returnNs`.
 */
export interface CostModel {
  /** From a guest's instruction to the hypervisor's handler: exception and saving of registers. */
  readonly enterNs: number;
  /** Back to the same guest. */
  readonly returnNs: number;
  /** To another virtual CPU, beside entry and return: system registers, FP, interrupt interface, stage 2. */
  readonly switchNs: number;
  /** An interrupt is put into a list register. */
  readonly injectNs: number;
  /** One access to an emulated device or register. */
  readonly emulateNs: number;
  /** One hypercall or PSCI call, beside entry and return. */
  readonly hypercallNs: number;
  /** One look at who shall run. */
  readonly scheduleNs: number;
  /** Clearing a MiB before a cell begins anew. The board's DMA does it: it takes time, but no core's. */
  readonly clearNsPerMiB: number;
}

/** The one display of a board whose cells have screens, and how it is divided among them. */
export interface PanelConfig {
  /** Pixels, as it is built. */
  readonly width: number;
  readonly height: number;
  /** Degrees clockwise by which what cells draw is turned on it. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** The cell that has the screen at first. */
  readonly foreground: string;
  /** The key that gives it to the next, by Linux's number. */
  readonly switchKey: number;
  /** A strip that shows what this cell draws there, whoever has the screen. Pixels of the picture before it is turned. */
  readonly overlay?: { readonly cell: string; readonly edge: 'top' | 'bottom'; readonly height: number };
}

/** A machine with cells. */
export interface CellsConfig {
  readonly cells: readonly CellConfig[];
  readonly channels: readonly ChannelConfig[];
  readonly budgets: readonly BudgetConfig[];
  readonly costs: CostModel;
  /** Where cells have screens. */
  readonly panel?: PanelConfig;
}
