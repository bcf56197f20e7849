import { UserError } from '../../../emulator/base/user-error.ts';
import type { CellImages, CellsConfig, MachineConfig, SerialConfig, SoundConfig } from '../../../emulator/machine/types.ts';
import { joinArchives } from '../guests/cpio.ts';
import type { SerialPlan } from '../serial/backend.ts';
import { openDrive, type DriveFile } from './drives.ts';
import { readImage } from './files.ts';
import { openFlash, type FlashFile } from './flash.ts';
import { readDeviceTree, readInitrd, readKernel, readLoad, readSound, readSymbols } from './images.ts';
import type { CellsPlan, DrivePlan, ImagesPlan, MachinePlan } from './plan.ts';

export interface LoadedMachine {
  config: MachineConfig;
  drives: DriveFile[];
  /** By bank. */
  flash: FlashFile[];
}

/** Reads and checks every file of the plan; throws a `UserError` for the first that is wrong. */
export function loadPlan(plan: MachinePlan): LoadedMachine {
  const boot: MachineConfig['boot'] = readImages(plan);
  if (plan.modules) {
    boot.modules = plan.modules.map(({ kind, file, ...rest }) => ({
      ...rest,
      kind,
      bytes: kind === 'kernel' ? readKernel(file) : readInitrd(file),
    }));
  }
  const images = plan.cells?.cells.map((cell) => readImages(cell.images));

  // Before drives are opened: what fails from here on has nothing to close.
  const symbols = plan.symbols ? { symbols: plan.symbols.map(readSymbols) } : {};
  const serial = plan.serial ? { serial: plan.serial.map(readSerial) } : {};
  const sound = plan.sound ? { sound: readSoundCard(plan.sound) } : {};
  const drives: DriveFile[] = [];
  const flash: FlashFile[] = [];
  let cells: CellsConfig | undefined;
  try {
    if (plan.cells && images) cells = openCells(plan.cells, images, drives);
    for (const [index, drive] of plan.drives.entries()) drives.push(openDrive(drive, `drive${index}`));
    for (const bank of flashOf(plan)) flash.push(openFlash(bank));
  } catch (error) {
    for (const file of [...drives, ...flash]) file.close();
    throw error;
  }
  if (flash.length > 0) boot.flash = flash.map(({ image }) => image);
  const config = { ...plan.settings, boot, ...symbols, ...serial, ...sound };
  if (cells) return { config: { ...config, drives: [], cells }, drives, flash };
  return { config: { ...config, drives: drives.map((drive) => drive.config) }, drives, flash };
}

/** Reads and checks what starts in a machine or a cell; throws a `UserError` for the first that is wrong. */
export function readImages({
  loads,
  kernel,
  initrd,
  append,
  dtb,
  entry,
}: ImagesPlan): CellImages & { loads: MachineConfig['boot']['loads'] } {
  return {
    loads: loads.map(({ file, address }) => ({
      bytes: readLoad(file, address),
      name: file.path,
      ...(address === undefined ? {} : { address }),
    })),
    ...(kernel ? { kernel: readKernel(kernel) } : {}),
    ...(initrd ? { initrd: joinArchives(initrd.map(readInitrd)) } : {}),
    ...(append === undefined ? {} : { append }),
    ...(dtb ? { dtb: readDeviceTree(dtb) } : {}),
    ...(entry === undefined ? {} : { entry }),
  };
}

/** What is wrong with the images of a plan, one message for each guest; drives are left alone. */
export function imageErrors({ cells, ...plan }: MachinePlan): UserError[] {
  const guests: readonly ImagesPlan[] = cells ? cells.cells.map(({ images }) => images) : [plan];
  return guests.flatMap((images) => {
    try {
      readImages(images);
      return [];
    } catch (error) {
      if (error instanceof UserError) return [error];
      throw error;
    }
  });
}

/** The cells with their images; the drives of all of them are added to `drives`. */
function openCells({ cells, ...rest }: CellsPlan, images: readonly CellImages[], drives: DriveFile[]): CellsConfig {
  return {
    ...rest,
    cells: cells.map((plan, index) => {
      const { images: _, devices, ...cell } = plan;
      return {
        ...cell,
        boot: images[index] as CellImages,
        devices: devices.map((device) => {
          if (device.kind !== 'block') return device;
          const drive = openDrive(device.drive, `drive${drives.length}`);
          drives.push(drive);
          const { name, image, readOnly } = drive.config;
          return { kind: 'block' as const, name, image, readOnly };
        }),
      };
    }),
  };
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
  const { flash = [], modules = [] } = config.boot;
  const images: CellImages[] = [config.boot, ...(config.cells?.cells ?? []).map(({ boot }) => boot)];
  const alone = images.flatMap(({ kernel, initrd, dtb }) => [kernel, initrd, dtb]);
  return [...alone, ...[...flash, ...images.flatMap(({ loads }) => loads), ...modules].map(({ bytes }) => bytes)]
    .map((bytes) => bytes?.buffer)
    .filter((buffer) => buffer instanceof ArrayBuffer);
}
