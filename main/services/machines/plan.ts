/** A machine before its files are read: what the command line, QEMU's options and a handset file are all translated to. */
import { UserError } from '../../../emulator/base/user-error.ts';
import type { MachineConfig, PciPlace } from '../../../emulator/machine/types.ts';
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

export type MachineSettings = Omit<MachineConfig, 'boot' | 'drives' | 'symbols' | 'serial' | 'sound'>;

export interface MachinePlan {
  /** Of the handset, and of its one cell. */
  name: string;
  cell: string;
  settings: MachineSettings;
  kernel?: FileRef;
  initrd?: FileRef;
  append?: string;
  dtb?: FileRef;
  /** What the first bank of flash begins with; the file is left as it is. */
  bios?: FileRef;
  /** The files of banks of flash, in order; instead of `bios`. */
  flash?: DrivePlan[];
  loads: { file: FileRef; address?: number }[];
  /** Images for the first guest of a hypervisor, which is the kernel then. */
  modules?: { kind: 'kernel' | 'ramdisk'; file: FileRef; address?: number; bootargs?: string }[];
  /** ELF files that only name addresses. */
  symbols?: FileRef[];
  entry?: number;
  drives: DrivePlan[];
  /** A sound card, and what its microphone hears. */
  sound?: { input?: FileRef; pci?: PciPlace };
  /** virtio's serial devices. */
  serial?: SerialPlan[];
}

const MiB = 2 ** 20;

/** What the machine can take. Host pages of RAM lie below 2 GiB (emulator/state/memory-map.ts), with the tables that lead to them. */
export const limits = {
  minMemory: 1 * MiB,
  maxMemory: 1920 * MiB,
  memoryStep: 4096,
  maxCpus: 8,
  maxDrives: 16,
  maxInputs: 4,
} as const;

/** 2026-01-01: a run does not depend on the day on which it is made, unless one asks for it. */
const defaultDateSeconds = Date.UTC(2026, 0, 1) / 1000;

export function defaultPlan(): MachinePlan {
  return {
    name: 'virt',
    cell: 'guest',
    settings: {
      board: 'virt',
      cpus: 1,
      memory: 512 * MiB,
      gic: 3,
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

/** Why a machine cannot have that much memory; undefined when it can. */
export function memoryProblem(bytes: number): { message: string; hint: string } | undefined {
  const range = `from ${formatSize(limits.minMemory)} to ${formatSize(limits.maxMemory)}`;
  if (bytes < limits.minMemory || bytes > limits.maxMemory) {
    return { message: `${formatSize(bytes)} of memory is out of range`, hint: `a machine can have ${range}` };
  }
  if (bytes % limits.memoryStep !== 0) {
    return { message: `${bytes} bytes of memory is not a whole number of pages`, hint: `give a multiple of 4K, ${range}` };
  }
  return undefined;
}

/** Why a machine cannot have that many cores; undefined when it can. */
export function cpusProblem(count: number): { message: string; hint: string } | undefined {
  if (Number.isInteger(count) && count >= 1 && count <= limits.maxCpus) return undefined;
  return { message: `${count} cores are out of range`, hint: `a machine can have 1 to ${limits.maxCpus}` };
}

/** Fails for a plan that has nothing to execute. `how` names the ways to give it something. */
export function requireSomethingToRun(plan: MachinePlan, how: string): void {
  if (plan.kernel || plan.bios || plan.flash || plan.loads.length > 0) return;
  throw new UserError('nothing-to-run', 'there is nothing to run', { hint: how });
}
