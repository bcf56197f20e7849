import type { MachineConfig } from '../../../emulator/machine/types.ts';
import { openDrive, type DriveFile } from './drives.ts';
import { openFlash, type FlashFile } from './flash.ts';
import { readDeviceTree, readInitrd, readKernel, readLoad, readSymbols } from './images.ts';
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
  return { config: { ...plan.settings, boot, ...symbols, drives: drives.map((drive) => drive.config) }, drives, flash };
}

function flashOf({ bios, flash }: MachinePlan): DrivePlan[] {
  return flash ?? (bios ? [{ file: bios, readOnly: false, snapshot: true }] : []);
}

/** The buffers of a configuration that can go to the worker without being copied. */
export function transferable(config: MachineConfig): ArrayBuffer[] {
  const { kernel, initrd, dtb, flash = [], loads, modules = [] } = config.boot;
  return [kernel, initrd, dtb, ...[...flash, ...loads, ...modules].map(({ bytes }) => bytes)]
    .map((bytes) => bytes?.buffer)
    .filter((buffer) => buffer instanceof ArrayBuffer);
}
