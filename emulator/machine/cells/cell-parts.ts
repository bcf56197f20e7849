import { createRandom } from '../../base/random.ts';
import { deviceNamed, INTID_OF_SPI, type Board } from '../../boards/board.ts';
import { sourceOf } from '../../boards/interrupt-source.ts';
import type { ChannelWindow } from '../../boards/device-tree.ts';
import type { Device, DeviceState, Dma, Line } from '../../devices/device.ts';
import type { Pl011 } from '../../devices/pl011/pl011.ts';
import type { Radio, RadioOptions } from '../../devices/radio/radio.ts';
import type { VirtioInput } from '../../devices/virtio/input/input.ts';
import type { VirtioNet } from '../../devices/virtio/net.ts';
import type { CellBus, CellImage, CellParts, Passed } from '../../hypervisor/cell.ts';
import type { ServedDisk } from '../../devices/served-disk/served-disk.ts';
import { type Channel, Doorbell, type Grant } from '../../hypervisor/channel.ts';
import type { CellConfig, CellDevice, CellImages } from '../../hypervisor/config.ts';
import { CellMemory, type Piece } from '../../hypervisor/memory.ts';
import { planBoot } from '../boot/plan.ts';
import { Bus, type Window } from '../bus.ts';
import { idRegisters } from '../cpu-models.ts';
import { buildDevices } from '../devices.ts';
import { EventQueue } from '../events.ts';
import type { Screen } from '../../screen/screen.ts';
import type { DisplayConfig, MachineConfig } from '../types.ts';
import type { ChannelPlace } from './channel-places.ts';
import { boardOfCell, grantedBoard } from './granted-board.ts';

/** What a cell's devices reach outside of it. */
export interface CellUser {
  nowNs(): number;
  onConsole(bytes: Uint8Array): void;
  onDriveWrite(name: string, sector: number, count: number): void;
  onTransmit(nic: number, frame: Uint8Array): void;
  /** By which it takes the screen, if it may. */
  screenControl(irq: Line): Device;
  /** What is pending for a virtual CPU may have changed. */
  onInterrupts(cpu: number): void;
  /** Where deadlines are watched. */
  readonly onRaised?: (device: string) => void;
  readonly onRadio?: NonNullable<RadioOptions['watch']>;
}

/** Memory of the board. */
export interface CellRam extends Dma {
  clear(pa: number, length: number): void;
}

/** A cell's parts, and what of them is reached from outside. */
export interface BuiltCell extends CellParts {
  /** Devices of the board that it was granted, where the board has them. */
  readonly granted: readonly Window[];
  readonly console: Pl011 | undefined;
  readonly radio: Radio | undefined;
  /** What it would begin with, were these its images. Throws a UserError for those that cannot be booted in it. */
  imageOf(images: CellImages): CellImage;
  /** Network cards, by their number in the machine. */
  readonly nics: ReadonlyMap<number, VirtioNet>;
  /** What it draws, and its keyboards and pointers, in the order of the configuration. */
  readonly screens: readonly Screen[];
  readonly hids: readonly VirtioInput[];
}

/** Of the registers of a doorbell. */
const DOORBELL_BYTES = 0x1000;

/** The machine that a cell looks like to its guest. */
function machineOf(machine: MachineConfig, cell: CellConfig): MachineConfig {
  const nics = nicsOf(cell).flatMap((nic) => machine.nics?.[nic] ?? []);
  return {
    ...machine,
    ...{ cpus: cell.cpus, memory: cell.memoryBytes, its: false, el: 1, nics },
    // What one cell gets as random says nothing of what another gets.
    seed: createRandom(machine.seed, `cell ${cell.name}`).next(),
    boot: { ...cell.boot, loads: cell.boot.loads.map((load) => ({ ...load })) },
    drives: cell.devices.flatMap((device) => (device.kind === 'block' ? [device] : [])),
    rng: cell.devices.some(({ kind }) => kind === 'rng'),
    displays: cell.devices.flatMap(displayOf),
    inputs: cell.devices.flatMap((device) => (device.kind === 'input' ? [{ kind: device.input }] : [])),
  };
}

function displayOf(device: CellDevice): DisplayConfig[] {
  if (device.kind === 'ramfb') return [{ device: 'ramfb' }];
  return device.kind === 'gpu' ? [{ device: 'virtio-gpu', width: device.width, height: device.height, edid: true }] : [];
}

/** The network cards of a cell, by their numbers in the machine. */
function nicsOf({ devices }: CellConfig): number[] {
  return devices.flatMap((device) => (device.kind === 'net' ? [device.nic] : []));
}

/** A channel as a cell has it: where its memory is on the board, and where in the cell. */
export interface CellChannel extends ChannelPlace {
  readonly pa: number;
  readonly name: string;
  readonly mayRing: boolean;
  readonly ends: Channel;
}

/** Disks between cells: those that a cell uses, in order, and the one that it serves. */
export interface CellDisks {
  readonly used: readonly ServedDisk[];
  readonly served: ServedDisk | undefined;
}

function windowOf({ name, doorbell, memory, size, spi }: CellChannel): ChannelWindow {
  return { name, doorbell: { base: doorbell, size: DOORBELL_BYTES }, memory: { base: memory, size }, spi };
}

/** Where a cell's memory is on the board. */
export interface CellPlaces {
  readonly pa: number;
  readonly channels: readonly CellChannel[];
}

/** Builds what a cell has, of memory at `pa` and devices of its own. Throws a UserError for images that cannot be booted. */
export function buildCell(
  board: Board,
  machine: MachineConfig,
  cell: CellConfig,
  ram: CellRam,
  { pa, channels }: CellPlaces,
  { used, served }: CellDisks,
  user: CellUser,
): BuiltCell {
  const own = grantedBoard(boardOfCell(board, cell.map), cell.devices);
  const config = machineOf(machine, cell);
  const imageOf = (images: CellImages): CellImage => {
    const { pieces, entry, registers } = planBoot(machineOf(machine, { ...cell, boot: images }), own, channels.map(windowOf));
    return { pieces: pieces.map(({ address, bytes }) => ({ address, bytes })), entry, registers };
  };
  const pieces: Piece[] = [
    { ipa: own.ramBase, pa, size: cell.memoryBytes, writable: true, executable: true },
    ...channels.map(({ memory: ipa, pa, size, rights }) => ({ ipa, pa, size, writable: rights === 'rw', executable: false })),
  ];
  const memory = new CellMemory(ram, pieces);
  const bus = new Bus();
  // Registers of a GICv2 are banked by who reaches them.
  let accessing = 0;
  const cellBus: CellBus = {
    read: (cpu, ipa, size) => {
      accessing = cpu;
      return bus.read(ipa, size);
    },
    write: (cpu, ipa, size, value) => {
      accessing = cpu;
      return bus.write(ipa, size, value);
    },
  };
  const events = new EventQueue(() => user.nowNs());
  const none = { set: () => undefined };
  const devices = buildDevices(own, config, bus, {
    ...{ clock: events, dma: memory, currentCore: () => accessing, interruptInput: () => none, forFirmware: undefined },
    flashBank: () => {
      throw new Error('a cell has no flash');
    },
    peek: (ipa, into) => memory.read(ipa, into),
    pendingChanged: () => undefined,
    onOutput: (_stream, bytes) => user.onConsole(bytes),
    onTaken: () => undefined,
    onSound: () => undefined,
    onDriveWrite: (name, sector, count) => user.onDriveWrite(name, sector, count),
    onTransmit: (nic, frame) => user.onTransmit(nicsOf(cell)[nic] as number, frame),
    screenControl: (irq) => user.screenControl(irq),
    servedDisks: used.map((disk) => disk.client({ clock: events, dma: memory })),
    ...(served ? { diskServer: (line: Line) => served.server({ line, dma: memory }) } : {}),
    listed: (cpu) => user.onInterrupts(cpu),
    onRaised: user.onRaised,
    onRadio: user.onRadio,
  });
  const { gic } = devices;
  const granted = own.devices.flatMap(({ name, base }): Window[] => {
    if (!cell.devices.some((device) => device.kind === 'board' && device.name === name)) return [];
    return [{ ...deviceNamed(board, name), device: (bus.find(base) as Window).device }];
  });
  const { virtualCpu } = board.gic;
  const passed: Passed[] = granted.map(({ name, base: pa, size }) => ({ ipa: deviceNamed(own, name).base, pa, size }));
  // Where a guest has its CPU interface there is the virtual one of its core (IHI 0048 5.4).
  if (config.gic === 2) passed.push({ ipa: own.gic.cpu.base, pa: virtualCpu.base, size: virtualCpu.size });
  const grants = channels.map(({ doorbell: page, memory, size, rights, spi, name, mayRing, ends }): Grant => {
    const doorbell = new Doorbell(ends, cell.name, mayRing, gic.spi(spi), events);
    ends.ends.push(doorbell);
    bus.map(page, DOORBELL_BYTES, doorbell, name);
    return { doorbell, page, memory, size, rights, intid: INTID_OF_SPI + spi };
  });
  return {
    ...{
      config: cell,
      memory,
      bus: cellBus,
      granted,
      passed,
      gic,
      console: devices.console,
      radio: devices.radio,
      grants,
      sourceOf: (intid: number) => channels.find(({ spi }) => spi === intid - INTID_OF_SPI)?.name ?? sourceOf(intid, own),
      print: (byte: number) => user.onConsole(Uint8Array.of(byte)),
    },
    nics: new Map(nicsOf(cell).map((nic, at) => [nic, devices.nics[at] as VirtioNet])),
    ...{ screens: devices.screens, hids: devices.hids },
    ...{ ids: idRegisters(machine.cpu, machine.gic === 3, 1), image: imageOf(cell.boot), imageOf },
    nextEventNs: () => events.nextNs,
    runDue: (nowNs) => events.runDue(nowNs),
    powerOn({ pieces }) {
      events.clear();
      devices.reset();
      for (const { doorbell } of grants) doorbell.reset();
      ram.clear(pa, cell.memoryBytes);
      for (const { address, bytes } of pieces) memory.write(address, bytes);
    },
    halted() {
      served?.serverGone();
      for (const disk of used) disk.clientGone();
    },
    saveDevices: () => ({
      ...Object.fromEntries(devices.save()),
      doorbells: grants.map(({ doorbell }) => doorbell.save()),
    }),
    restoreDevices({ doorbells, ...states }) {
      devices.restore(Object.entries(states) as [string, DeviceState][]);
      grants.forEach(({ doorbell }, n) => doorbell.restore((doorbells as DeviceState[])[n] as DeviceState));
    },
  };
}
