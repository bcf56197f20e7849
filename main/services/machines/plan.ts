/** A machine before its files are read: what the command line, QEMU's options and a handset file are all translated to. */
import { UserError } from '../../../emulator/base/user-error.ts';
import { boards, type Board, type BoardName } from '../../../emulator/machine/boards.ts';
import type {
  BudgetConfig,
  CellConfig,
  CellDevice,
  ChannelConfig,
  CostModel,
  MachineConfig,
  PanelConfig,
  PciPlace,
} from '../../../emulator/machine/types.ts';
import { formatSize } from '../handset/units.ts';
import type { SerialPlan } from '../serial/backend.ts';
import type { FileRef } from './file-ref.ts';

export type { FileRef };

export interface DrivePlan {
  file: FileRef;
  readOnly: boolean;
  /** What the guest writes is thrown away at the end. */
  snapshot?: boolean;
  /** On PCI; else it is in a slot of virtio-mmio. */
  pci?: PciPlace;
}

export type MachineSettings = Omit<MachineConfig, 'boot' | 'drives' | 'symbols' | 'serial' | 'sound' | 'cells'>;

/** What starts in a machine, or in a cell of one. */
export interface ImagesPlan {
  kernel?: FileRef;
  /** Archives behind each other. */
  initrd?: readonly FileRef[];
  append?: string;
  dtb?: FileRef;
  /** What the first bank of flash begins with; the file is left as it is. */
  bios?: FileRef;
  loads: { file: FileRef; address?: number }[];
  entry?: number;
}

/** A cell before its files are read. */
export interface CellPlan extends Omit<CellConfig, 'boot' | 'devices'> {
  readonly images: ImagesPlan;
  readonly devices: readonly CellDevicePlan[];
}

export type CellDevicePlan = Exclude<CellDevice, { kind: 'block' }> | { readonly kind: 'block'; readonly drive: DrivePlan };

/** Guests beside each other. */
export interface CellsPlan {
  readonly cells: readonly CellPlan[];
  readonly channels: readonly ChannelConfig[];
  readonly budgets: readonly BudgetConfig[];
  readonly costs: CostModel;
  readonly panel?: PanelConfig;
}

export interface MachinePlan extends ImagesPlan {
  /** Of the handset, and of the one guest that has the machine to itself. */
  name: string;
  cell: string;
  settings: MachineSettings;
  /** Instead of the images and drives here. */
  cells?: CellsPlan;
  /** The files of banks of flash, in order; instead of `bios`. */
  flash?: DrivePlan[];
  /** Images for the first guest of a hypervisor, which is the kernel then. */
  modules?: { kind: 'kernel' | 'ramdisk'; file: FileRef; address?: number; bootargs?: string }[];
  /** ELF files that only name addresses. */
  symbols?: FileRef[];
  drives: DrivePlan[];
  /** A sound card, and what its microphone hears. */
  sound?: { input?: FileRef; pci?: PciPlace };
  /** virtio's serial devices. */
  serial?: SerialPlan[];
}

const MiB = 2 ** 20;

/** What every machine can take; a board says more. */
export const limits = { minMemory: 1 * MiB, memoryStep: 4096, maxDrives: 16, maxInputs: 4 } as const;

/** 2026-01-01: a run does not depend on the day on which it is made, unless one asks for it. */
const defaultDateSeconds = Date.UTC(2026, 0, 1) / 1000;

/** A machine of that board with nothing to run. */
export function defaultPlan(board: BoardName = 'virt'): MachinePlan {
  return {
    name: board,
    cell: 'guest',
    settings: {
      board,
      cpus: 1,
      memory: boards[board].memory.usual,
      gic: boards[board].gicVersion,
      el: 1,
      cpu: 'max',
      exec: 'auto',
      seed: 1,
      rtcSeconds: defaultDateSeconds,
      rng: true,
    },
    loads: [],
    drives: [],
  };
}

/** Why a machine of that board cannot have that much memory; undefined when it can. */
export function memoryProblem(bytes: number, board: BoardName): { message: string; hint: string } | undefined {
  const { most } = boards[board].memory;
  const range = `from ${formatSize(limits.minMemory)} to ${formatSize(most)}`;
  if (bytes < limits.minMemory || bytes > most) {
    return { message: `${formatSize(bytes)} of memory is out of range`, hint: `${subject(board)} can have ${range}` };
  }
  if (bytes % limits.memoryStep !== 0) {
    return { message: `${bytes} bytes of memory is not a whole number of pages`, hint: `give a multiple of 4K, ${range}` };
  }
  return undefined;
}

/** Why a machine of that board cannot have that many cores; undefined when it can. */
export function cpusProblem(count: number, board: BoardName): { message: string; hint: string } | undefined {
  const { cores }: Board = boards[board];
  if (Number.isInteger(count) && count >= 1 && count <= cores) return undefined;
  return {
    message: `${count} cores are out of range`,
    hint: `${subject(board)} can have ${cores === 1 ? 'one' : `1 to ${cores}`}`,
  };
}

const subject = (board: BoardName): string => (board === 'virt' ? 'a machine' : `the board ${board}`);

/** Fails for a plan that has nothing to execute. `how` names the ways to give it something. */
export function requireSomethingToRun(plan: MachinePlan, how: string): void {
  if (plan.cells || plan.kernel || plan.bios || plan.flash || plan.loads.length > 0) return;
  throw new UserError('nothing-to-run', 'there is nothing to run', { hint: how });
}
