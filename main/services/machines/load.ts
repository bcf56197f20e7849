import type { MachineConfig, SerialConfig, SoundConfig } from '../../../emulator/machine/types.ts';
import type { SerialPlan } from '../serial/backend.ts';
import { openDrive, type DriveFile } from './drives.ts';
import { readImage } from './files.ts';
import { openFlash, type FlashFile } from './flash.ts';
import { readDeviceTree, readInitrd, readKernel, readLoad, readSound, readSymbols } from './images.ts';
import type { DrivePlan, MachinePlan } from './plan.ts';

export interface LoadedMachine {
  config: MachineConfig;
  drives: DriveFile[];
  /** By bank. */
  flash: FlashFile[];
}

/** Reads and checks every file of the plan; throws a `UserError` for the first that is wrong. */
export function loadPlan(plan: MachinePlan): LoadedMachine {
  const boot: MachineConfig['boot'] = {
    loads: plan.loads.map(({ file, address }) => ({
      bytes: readLoad(file, address),
      name: file.path,
      ...(address === undefined ? {} : { address }),
    })),
  };
  if (plan.kernel) boot.kernel = readKernel(plan.kernel);
  if (plan.initrd) boot.initrd = readInitrd(plan.initrd);
  if (plan.append !== undefined) boot.append = plan.append;
  if (plan.dtb) boot.dtb = readDeviceTree(plan.dtb);
  if (plan.modules) {
    boot.modules = plan.modules.map(({ kind, file, ...rest }) => ({
      ...rest,
      kind,
      bytes: kind === 'kernel' ? readKernel(file) : readInitrd(file),
    }));
  }
  if (plan.entry !== undefined) boot.entry = plan.entry;

  // Before drives are opened: what fails from here on has nothing to close.
  const symbols = plan.symbols ? { symbols: plan.symbols.map(readSymbols) } : {};
  const serial = plan.serial ? { serial: plan.serial.map(readSerial) } : {};
  const sound = plan.sound ? { sound: readSoundCard(plan.sound) } : {};
  const drives: DriveFile[] = [];
  const flash: FlashFile[] = [];
  try {
    for (const [index, drive] of plan.drives.entries()) drives.push(openDrive(drive, `drive${index}`));
    for (const bank of flashOf(plan)) flash.push(openFlash(bank));
  } catch (error) {
    for (const file of [...drives, ...flash]) file.close();
    throw error;
  }
  if (flash.length > 0) boot.flash = flash.map(({ image }) => image);
  const devices = { ...serial, ...sound, drives: drives.map((drive) => drive.config) };
  return { config: { ...plan.settings, boot, ...symbols, ...devices }, drives, flash };
}

function flashOf({ bios, flash }: MachinePlan): DrivePlan[] {
  return flash ?? (bios ? [{ file: bios, readOnly: false, snapshot: true }] : []);
}

function readSoundCard({ input, pci }: NonNullable<MachinePlan['sound']>): SoundConfig {
  return { ...(input ? { input: readSound(input) } : {}), ...(pci ? { pci } : {}) };
}

function readSerial({ ports, ...device }: SerialPlan): SerialConfig {
  return {
    ...device,
    ports: ports.map(({ backend, ...port }) => ({
      ...port,
      ...(backend.kind === 'socket' ? { isClosed: true } : {}),
      ...(backend.kind === 'file' && backend.input ? { input: readImage(backend.input) } : {}),
    })),
  };
}

/** The buffers of a configuration that can go to the worker without being copied. */
export function transferable(config: MachineConfig): ArrayBuffer[] {
  const { kernel, initrd, dtb, flash = [], loads, modules = [] } = config.boot;
  return [kernel, initrd, dtb, ...[...flash, ...loads, ...modules].map(({ bytes }) => bytes)]
    .map((bytes) => bytes?.buffer)
    .filter((buffer) => buffer instanceof ArrayBuffer);
}
