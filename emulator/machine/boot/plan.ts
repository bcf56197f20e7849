import { UserError } from '../../base/user-error.ts';
import { type Board } from '../../boards/board.ts';
import { adaptDeviceTree, deviceTree, type ChannelWindow, type Chosen } from '../../boards/device-tree.ts';
import { readFdt, writeFdt, type TreeNode } from '../../boards/fdt.ts';
import { hasIts } from '../message-interrupts.ts';
import type { BootImages, BootModule, FlashImage, MachineConfig } from '../types.ts';
import { parseElf } from './elf.ts';
import { parseLinuxImage } from './linux-image.ts';
import { alignUp, checkPlacement, endOf, hex, KiB, MiB, type Piece, type Ram } from './piece.ts';
import { recognise, type Format } from './recognise.ts';

/** Everything that must be in place before the first instruction. Zeroed RAM is assumed elsewhere. */
export interface BootPlan {
  /** What lies in RAM, the device tree included. */
  pieces: Piece[];
  /** What banks of flash hold, in order. */
  flash: readonly FlashImage[];
  /** What firmware fetches through fw_cfg. */
  forFirmware: Pick<BootImages, 'kernel' | 'initrd' | 'append'> | undefined;
  entry: number;
  dtbAddress: number;
  /** The exception level of the first core; below 3 it is non-secure. */
  el: 1 | 2 | 3;
  /** X0 to X3 of the first core; all other registers are 0. */
  registers: readonly [number, number, number, number];
  /** How PSCI answers. Absent when the guest's own EL3 must provide it; then all cores start at once. */
  psci: 'hvc' | 'smc' | undefined;
}

/** What one way of booting decides; the rest is common. */
interface Start {
  pieces: Piece[];
  entry: number | undefined;
  el: 1 | 2 | 3;
  initrd?: Piece | undefined;
  /** Where the device tree goes; absent: the start of RAM where there is room, as QEMU does for whatever is not Linux. */
  dtbAddress?: number;
}

/** Linux maps 2 MiB from the device tree on (booting.rst). */
const MAX_DTB_BYTES = 2 * MiB;

/** Decides where everything goes, as QEMU does (hw/arm/boot.c by its behaviour). Throws a UserError for files that cannot be booted. */
export function planBoot(config: MachineConfig, board: Board, channels: readonly ChannelWindow[] = []): BootPlan {
  const { boot } = config;
  const ram: Ram = { base: board.ramBase, size: config.memory };
  const loads = boot.loads.map(load);
  const { flash = [] } = boot;
  const [firmware] = flash;
  const start = firmware
    ? startFirmware(flash, config.el, board)
    : boot.kernel
      ? startKernel(boot.kernel, config, ram)
      : startBare(config);

  const entry = boot.entry ?? start.entry ?? loads.find((image) => image.entry !== undefined)?.entry;
  if (entry === undefined) throw nothingToRun(boot);

  const pieces = [...start.pieces, ...loads.flatMap((image) => image.segments)];
  const psci = start.el === 3 ? undefined : config.el === 1 ? 'hvc' : 'smc';
  const modules = placeModules(boot.modules ?? [], pieces, start.dtbAddress, ram);
  pieces.push(...modules.map(({ piece }) => piece));
  const chosen: Chosen = {
    bootargs: boot.append,
    initrd: start.initrd && { base: start.initrd.address, size: start.initrd.size },
    modules: modules.map(({ piece, kind, bootargs }) => ({ base: piece.address, size: piece.size, kind, bootargs })),
  };
  const dtb = writeFdt(
    boot.dtb
      ? adapted(boot.dtb, board, config.memory, chosen)
      : deviceTree(board, { ...config, ...chosen, its: hasIts(config), psci, channels }),
  );
  if (dtb.length > MAX_DTB_BYTES) throw new UserError('dtb-too-large', 'the device tree is larger than 2 MiB');
  const dtbAddress = start.dtbAddress ?? roomForTree(pieces, dtb.length, ram);
  pieces.push({ name: 'the device tree', address: dtbAddress, bytes: dtb, size: dtb.length });
  checkPlacement(pieces, ram);

  return {
    pieces,
    flash,
    forFirmware: firmware && boot.kernel ? boot : undefined,
    entry,
    dtbAddress,
    el: start.el,
    registers: [firmware ? 0 : dtbAddress, 0, 0, 0],
    psci,
  };
}

function startFirmware(flash: readonly FlashImage[], el: MachineConfig['el'], board: Board): Start {
  const banks = board.devices.filter(({ kind }) => kind === 'cfi-flash');
  const [first] = banks;
  if (!first) throw new UserError('board-without-flash', `the board ${board.name} has no flash`);
  if (flash[0]?.bytes.length === 0) throw new UserError('bios-empty', 'the flash image is empty');
  flash.forEach(({ bytes }, n) => {
    const bank = banks[n];
    if (!bank) throw new UserError('flash-banks', `the board ${board.name} has ${banks.length} banks of flash`);
    if (bytes.length <= bank.size) return;
    throw new UserError('bios-too-large', `the flash image has ${bytes.length} bytes, a bank of flash ${bank.size}`);
  });
  return { pieces: [], entry: first.base, el };
}

function startKernel(kernel: Uint8Array, config: MachineConfig, ram: Ram): Start {
  const format = recognise(kernel);
  if (format === 'linux-image') return startLinux(kernel, config, ram);
  if (format !== 'elf') throw notAKernel(format);
  const { entry, segments } = parseElf(kernel, 'the kernel');
  const initrd = placeInitrd(config.boot.initrd, Math.max(...segments.map(endOf)), ram);
  return { pieces: [...segments, ...list(initrd)], entry, el: config.el, initrd };
}

function startLinux(kernel: Uint8Array, config: MachineConfig, ram: Ram): Start {
  const { textOffset, size } = parseLinuxImage(kernel);
  // QEMU keeps the first 4 KiB for a stub of its own, so that kernels with offset 0 begin 2 MiB on. We have no stub, but the same place.
  const address = ram.base + textOffset + (textOffset < 4 * KiB ? 2 * MiB : 0);
  const piece = { name: 'the kernel', address, bytes: kernel, size };
  // Asked here, where there is a better answer than that the device tree finds no room.
  checkPlacement([piece], ram);
  const initrd = placeInitrd(config.boot.initrd, endOf(piece), ram);
  // The kernel maps the 2 MiB around the device tree early, so it begins a block of its own.
  const free = initrd ? endOf(initrd) : initrdAddress(endOf(piece), ram);
  const el = config.el === 1 ? 1 : 2;
  return { pieces: [piece, ...list(initrd)], entry: address, el, initrd, dtbAddress: alignUp(free, 2 * MiB) };
}

const startBare = ({ el }: MachineConfig): Start => ({ pieces: [], entry: undefined, el });

function load({ bytes, address, name }: BootImages['loads'][number]): { entry?: number; segments: Piece[] } {
  if (address !== undefined) return { segments: [{ name, address, bytes, size: bytes.length }] };
  if (recognise(bytes) === 'elf') return parseElf(bytes, name);
  throw new UserError('load-without-address', `${name} is not an ELF file, so it needs an address`, {
    hint: `${name}@0x40200000`,
  });
}

/** Far enough up that the kernel can decompress itself below, low enough for small boards: QEMU's rule. */
function initrdAddress(kernelEnd: number, ram: Ram): number {
  return alignUp(Math.max(ram.base + Math.min(ram.size / 2, 128 * MiB), kernelEnd), 4 * KiB);
}

function placeInitrd(bytes: Uint8Array | undefined, kernelEnd: number, ram: Ram): Piece | undefined {
  return bytes && { name: 'the initial RAM disk', address: initrdAddress(kernelEnd, ram), bytes, size: bytes.length };
}

/** Modules whose place the user does not name go behind all else, each from a block of 2 MiB on. */
function placeModules(
  modules: readonly BootModule[],
  others: readonly Piece[],
  dtbAddress: number | undefined,
  ram: Ram,
): { piece: Piece; kind: BootModule['kind']; bootargs: string | undefined }[] {
  const taken = [...others.filter((piece) => endOf(piece) > ram.base).map(endOf), (dtbAddress ?? ram.base) + MAX_DTB_BYTES];
  let free = Math.max(...taken, ...modules.map(({ address = 0, bytes }) => address + bytes.length));
  return modules.map(({ kind, bytes, address, bootargs }) => {
    const at = address ?? alignUp(free, 2 * MiB);
    if (address === undefined) free = at + bytes.length;
    return { piece: { name: `the first guest's ${kind}`, address: at, bytes, size: bytes.length }, kind, bootargs };
  });
}

function roomForTree(pieces: Piece[], size: number, ram: Ram): number {
  const inRam = pieces.filter((piece) => endOf(piece) > ram.base);
  const lowest = Math.min(...inRam.map(({ address }) => address));
  return ram.base + size <= lowest ? ram.base : alignUp(Math.max(...inRam.map(endOf)), 2 * MiB);
}

function adapted(blob: Uint8Array, board: Board, memory: number, chosen: Chosen): TreeNode {
  const root = readFdt(blob);
  if (typeof root === 'string') throw new UserError('dtb-damaged', `the device tree cannot be used: ${root}`);
  adaptDeviceTree(root, board, memory, chosen);
  return root;
}

function nothingToRun({ loads }: BootImages): UserError {
  if (loads.length === 0)
    return new UserError('boot-nothing', 'there is nothing to run', { hint: 'give a kernel, a flash image or a file to load' });
  return new UserError('boot-no-entry', 'raw bytes have no entry point', {
    hint: `give one, such as ${hex(loads[0]!.address ?? 0)}`,
  });
}

const wrongKernels: Record<Exclude<Format, 'elf' | 'linux-image'>, [what: string, hint?: string]> = {
  empty: ['is empty'],
  text: ['is a text file', 'an arm64 Image or an ELF file is needed'],
  compressed: ['is compressed in a way that cannot be unpacked here', 'decompress it first'],
  'efi-zboot': ['is a compressed EFI image (zboot)', 'take the Image inside of it'],
  arm32: ['is for 32-bit Arm', 'an arm64 Image is needed'],
  'u-boot': ['is wrapped for U-Boot (uImage)', 'unwrap it with dumpimage'],
  'device-tree': ['is a device tree or a FIT image', 'a device tree is given apart; take the kernel out of a FIT image'],
  unknown: ['is neither an arm64 Image nor an ELF file', 'raw code can be loaded at an address, with an entry point'],
};

function notAKernel(format: Exclude<Format, 'elf' | 'linux-image'>): UserError {
  const [what, hint] = wrongKernels[format];
  return new UserError('kernel-format', `the kernel ${what}`, hint ? { hint } : {});
}

const list = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);
