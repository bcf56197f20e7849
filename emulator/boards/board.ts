import { InternalError } from '../base/assert.ts';
import type { CostModel } from '../hypervisor/config.ts';

/**
 * A board is data: clocks, memory map, devices and wiring. The machine builds devices from it, and the device tree is derived from it, so
 * an address or an interrupt number appears once.
 */
export interface Board {
  readonly name: string;
  /** What it is, in a few words: for lists. */
  readonly about: string;
  /** `model` and `compatible` of the device tree's root. */
  readonly model: string;
  readonly compatible: string;
  /** Virtual clock of the cores: one instruction a cycle. At most 1 GHz. */
  readonly clockHz: number;
  /** CNTFRQ_EL0. */
  readonly counterHz: number;
  /** As many cores as it can have. */
  readonly cores: number;
  readonly ramBase: number;
  /** Bytes of RAM: what it has unless it is told otherwise, and what it can have. */
  readonly memory: { readonly usual: number; readonly most: number };
  /** What the work of a hypervisor costs on it. */
  readonly costs: CostModel;
  /** The version of the interrupt controller, unless it is told otherwise. */
  readonly gicVersion: 2 | 3;
  readonly gic: GicWindows;
  readonly ppis: PrivateInterrupts;
  readonly pcie?: PcieWindows;
  /** Pixels of its screen. */
  readonly screen?: { readonly width: number; readonly height: number } | undefined;
  readonly devices: readonly BoardDevice[];
  /** Devices that a machine has when its configuration asks for them. */
  readonly options: Readonly<Partial<Record<BoardOption, BoardDevice>>>;
  /** The device whose output is the console. */
  readonly console: string;
  /** The GPIO that reads high while the power key is held. */
  readonly powerKey: { readonly device: string; readonly pin: number };
}

export interface AddressRange {
  readonly base: number;
  readonly size: number;
}

/** Windows of the interrupt controller, which is version 2 or 3 by configuration. */
export interface GicWindows {
  readonly distributor: AddressRange;
  /** Version 3: a frame of 128 KiB for each core. */
  readonly redistributors: AddressRange;
  /** Version 3: message-signalled interrupts, where there are any. */
  readonly its?: AddressRange;
  /** Version 2: interfaces of the core, the hypervisor and its guests. */
  readonly cpu: AddressRange;
  readonly hypervisor: AddressRange;
  readonly virtualCpu: AddressRange;
  /** Version 2: message-signalled interrupts, where there are any. */
  readonly v2m?: AddressRange;
  /** The SPIs that messages raise, from the first on. */
  readonly messages: { readonly first: number; readonly count: number };
}

/** Windows of the PCIe host bridge. Addresses of memory are the same on both sides of it. */
export interface PcieWindows {
  /** Configuration spaces, 1 MiB for each bus. */
  readonly ecam: AddressRange;
  /** I/O ports, from port 0 on. */
  readonly io: AddressRange;
  /** Memory below 4 GiB, and above. */
  readonly low: AddressRange;
  readonly high: AddressRange;
  /** The first of the shared peripheral interrupts of INTA to INTD. */
  readonly spi: number;
}

/** Numbers of private peripheral interrupts; INTID is 16 more. */
export interface PrivateInterrupts {
  readonly pmu: number;
  readonly gicMaintenance: number;
  readonly hypervisorTimer: number;
  readonly virtualTimer: number;
  readonly secureTimer: number;
  readonly physicalTimer: number;
}

export type DeviceKind =
  'pl011' | 'pl031' | 'pl061' | 'fw-cfg' | 'virtio-mmio' | 'cfi-flash' | 'screen-control' | 'disk-server' | BoardOption;
export type BoardOption = 'radio';

export interface BoardDevice extends AddressRange {
  readonly kind: DeviceKind;
  /** Unique on the board: `uart0`. */
  readonly name: string;
  /** Number of the shared peripheral interrupt that the device drives; INTID is 32 more. */
  readonly spi?: number;
}

export const INTID_OF_PPI = 16;
export const INTID_OF_SPI = 32;

/** The board with some of its options among its devices. */
export function equipped(board: Board, wanted: Partial<Record<BoardOption, boolean>>): Board {
  const options = Object.entries(board.options).flatMap(([name, device]) => (wanted[name as BoardOption] ? [device] : []));
  return options.length === 0 ? board : { ...board, devices: [...board.devices, ...options] };
}

/** The device of that name; the name is the board's own, so it is there. */
export function deviceNamed(board: Board, name: string): BoardDevice {
  const device = board.devices.find((device) => device.name === name);
  if (!device) throw new InternalError(`${board.name} has no device ${name}`);
  return device;
}
