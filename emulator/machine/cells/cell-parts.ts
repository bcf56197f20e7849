import type { Board, DeviceKind } from '../../boards/board.ts';
import type { DeviceState, Dma } from '../../devices/device.ts';
import type { GicV3 } from '../../devices/gicv3/gicv3.ts';
import type { Pl011 } from '../../devices/pl011/pl011.ts';
import type { VirtioNet } from '../../devices/virtio/net.ts';
import type { CellParts } from '../../hypervisor/cell.ts';
import type { CellConfig } from '../../hypervisor/config.ts';
import { CellMemory, type Piece } from '../../hypervisor/memory.ts';
import { planBoot } from '../boot/plan.ts';
import { Bus } from '../bus.ts';
import { idRegisters } from '../cpu-models.ts';
import { buildDevices } from '../devices.ts';
import { EventQueue } from '../events.ts';
import type { MachineConfig } from '../types.ts';

/** What a cell's devices reach outside of it. */
export interface CellUser {
  nowNs(): number;
  onConsole(byte: number): void;
  onDriveWrite(name: string, sector: number, count: number): void;
  onTransmit(nic: number, frame: Uint8Array): void;
  /** What is pending for a virtual CPU may have changed. */
  onInterrupts(cpu: number): void;
}

/** Memory of the board. */
export interface CellRam extends Dma {
  clear(pa: number, length: number): void;
}

/** A cell's parts, and what of them is reached from outside. */
export interface BuiltCell extends CellParts {
  readonly console: Pl011 | undefined;
  /** Network cards, by their number in the machine. */
  readonly nics: ReadonlyMap<number, VirtioNet>;
}

const kinds: Partial<Record<CellConfig['devices'][number]['kind'], DeviceKind>> = { uart: 'pl011', rtc: 'pl031' };

/** The board as a cell sees it: with the devices that it is granted. As on the board, the last of the virtio slots are taken first. */
function boardOf(board: Board, { devices }: CellConfig): Board {
  const granted = new Set(devices.flatMap(({ kind }) => kinds[kind] ?? []));
  const virtio = devices.filter(({ kind }) => kind === 'block' || kind === 'rng' || kind === 'net').length;
  const slots = board.devices.filter(({ kind }) => kind === 'virtio-mmio');
  const taken = new Set(slots.slice(slots.length - virtio));
  const { pcie: _, ...rest } = board;
  return { ...rest, devices: board.devices.filter((device) => granted.has(device.kind) || taken.has(device)) };
}

/** The machine that a cell looks like to its guest. */
function machineOf(machine: MachineConfig, cell: CellConfig): MachineConfig {
  const nics = nicsOf(cell).flatMap((nic) => machine.nics?.[nic] ?? []);
  return {
    ...machine,
    ...{ cpus: cell.cpus, memory: cell.memoryBytes, gic: 3, its: false, el: 1, nics },
    boot: { ...cell.boot, loads: cell.boot.loads.map((load) => ({ ...load })) },
    drives: cell.devices.flatMap((device) => (device.kind === 'block' ? [device] : [])),
    rng: cell.devices.some(({ kind }) => kind === 'rng'),
  };
}

/** The network cards of a cell, by their numbers in the machine. */
function nicsOf({ devices }: CellConfig): number[] {
  return devices.flatMap((device) => (device.kind === 'net' ? [device.nic] : []));
}

/** Builds what a cell has, of memory at `pa` and devices of its own. Throws a UserError for images that cannot be booted. */
export function buildCell(
  board: Board,
  machine: MachineConfig,
  cell: CellConfig,
  ram: CellRam,
  pa: number,
  user: CellUser,
): BuiltCell {
  const own = boardOf(board, cell);
  const config = machineOf(machine, cell);
  const plan = planBoot(config, own);
  const pieces: Piece[] = [{ ipa: board.ramBase, pa, size: cell.memoryBytes, writable: true }];
  const memory = new CellMemory(ram, pieces);
  const bus = new Bus();
  const events = new EventQueue(() => user.nowNs());
  const none = { set: () => undefined };
  const devices = buildDevices(own, config, bus, {
    ...{ clock: events, dma: memory, currentCore: () => 0, interruptInput: () => none, forFirmware: undefined },
    flashBank: () => {
      throw new Error('a cell has no flash');
    },
    onConsole: (byte) => user.onConsole(byte),
    onDriveWrite: (name, sector, count) => user.onDriveWrite(name, sector, count),
    onTransmit: (nic, frame) => user.onTransmit(nicsOf(cell)[nic] as number, frame),
    listed: (cpu) => user.onInterrupts(cpu),
  });
  return {
    ...{ config: cell, memory, bus, gic: devices.gic3 as GicV3, console: devices.console },
    nics: new Map(nicsOf(cell).map((nic, at) => [nic, devices.nics[at] as VirtioNet])),
    ...{ ids: idRegisters(machine.cpu, true, 1), entry: plan.entry, registers: plan.registers },
    nextEventNs: () => events.nextNs,
    runDue: (nowNs) => events.runDue(nowNs),
    powerOn() {
      events.clear();
      devices.reset();
      ram.clear(pa, cell.memoryBytes);
      for (const { address, bytes } of plan.pieces) memory.write(address, bytes);
    },
    saveDevices: () => Object.fromEntries(devices.save()) as DeviceState,
    restoreDevices: (state) => devices.restore(Object.entries(state) as [string, DeviceState][]),
  };
}
