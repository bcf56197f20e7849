import type { Board } from '../../boards/board.ts';
import { assert } from '../../base/assert.ts';
import { UserError } from '../../base/user-error.ts';
import type { VirtualInterface } from '../../devices/gic/virtual-interface.ts';
import { SECTOR } from '../../devices/virtio/sectors.ts';
import { ServedDisk } from '../../devices/served-disk/served-disk.ts';
import { Channel } from '../../hypervisor/channel.ts';
import type { Cell } from '../../hypervisor/cell.ts';
import type { CellConfig, CellImages, CellsConfig, ChannelConfig } from '../../hypervisor/config.ts';
import { Hypervisor } from '../../hypervisor/hypervisor.ts';
import { PAGE, type TableMemory } from '../../hypervisor/stage2.ts';
import type { Bus } from '../bus.ts';
import type { Core } from '../core.ts';
import type { Devices } from '../devices.ts';
import type { PhysicalMemory } from '../physical-memory.ts';
import type { Runtime } from '../runtime.ts';
import type { MachineConfig } from '../types.ts';
import { buildCell, type BuiltCell, type CellChannel, type CellDisks } from './cell-parts.ts';
import type { DeadlineMonitor } from './deadlines/deadline-monitor.ts';
import { DeadlineWatch } from './deadlines/watch.ts';
import { channelPlaces } from './channel-places.ts';
import { CoreProcessor, type CoreUser } from './core-processor.ts';
import { divideDisplay, type HostedDisplay } from './display.ts';
import { planRam } from './ram-plan.ts';

/** What a hypervisor is built on. */
export interface Ground {
  readonly board: Board;
  readonly cores: readonly Core[];
  readonly runtime: Runtime & Record<string, unknown>;
  readonly ram: PhysicalMemory;
  /** Where cores find devices that cells reach by themselves. */
  readonly bus: Bus;
  /** With virtualization. */
  readonly gic: Pick<Devices['gic'], 'virtualInterface'>;
  /** A core's state as a reset leaves it at EL1. */
  readonly resetState: Uint8Array;
  /** Whether memory has everything already, tables of stage 2 among it. */
  readonly isClone: boolean;
  flushTlbs(): void;
}

/** What it and its cells reach outside. */
export interface HypervisorUser extends CoreUser {
  nowNs(): number;
  /** Cell number n has stream n for its console. */
  onOutput(stream: number, bytes: Uint8Array): void;
  onDriveWrite(name: string, sector: number, count: number): void;
  onTransmit(nic: number, frame: Uint8Array): void;
}

/** The hypervisor with its cells, and what of them is reached from outside. */
export interface Hosted {
  readonly hypervisor: Hypervisor;
  readonly processors: readonly CoreProcessor[];
  readonly cells: readonly BuiltCell[];
  /** Where cells have screens. */
  readonly display: HostedDisplay | undefined;
  /** Where deadlines are watched. */
  readonly deadlines: DeadlineMonitor | undefined;
}

/** Puts a hypervisor at EL2 of a machine's cores. Throws a UserError for images that cannot be booted. */
export function buildHypervisor(config: MachineConfig, cellsConfig: CellsConfig, ground: Ground, user: HypervisorUser): Hosted {
  const { board, ram, runtime, gic } = ground;
  const made: { hypervisor?: Hypervisor } = {};
  const watch =
    cellsConfig.budgets.length > 0
      ? new DeadlineWatch(
          board,
          cellsConfig,
          () => made.hypervisor as Hypervisor,
          () => user.nowNs(),
        )
      : undefined;
  const plan = planRam(cellsConfig, board.ramBase);
  const ends = cellsConfig.channels.map(({ distanceNs = 0 }) => new Channel(distanceNs));
  const channelsOf = (cell: string): CellChannel[] =>
    channelPlaces(cell, cellsConfig.channels).map((place) => {
      const { name, doorbell: who } = cellsConfig.channels[place.channel] as ChannelConfig;
      const pa = plan.channels[place.channel] as number;
      return { ...place, name, pa, mayRing: who === 'both' || who === cell, ends: ends[place.channel] as Channel };
    });
  const disksOf = joinDisks(cellsConfig.cells);
  const divided = divideDisplay(cellsConfig);
  const cells = cellsConfig.cells.map((cell, n) =>
    buildCell(board, config, cell, ram, { pa: plan.cells[n] as number, channels: channelsOf(cell.name) }, disksOf(cell), {
      nowNs: () => user.nowNs(),
      onConsole: (bytes) => user.onOutput(n, bytes),
      onDriveWrite: (name, sector, count) => user.onDriveWrite(name, sector, count),
      onTransmit: (nic, frame) => user.onTransmit(nic, frame),
      screenControl: (irq) => divided.control(irq),
      // Devices drive their lines while they are built.
      onInterrupts: (cpu) => made.hypervisor?.interruptsChanged(n + 1, cpu),
      ...watch?.ofCell(cell.name),
    }),
  );
  for (const { granted } of cells) {
    for (const { base, size, device, name } of granted) ground.bus.map(base, size, device, name);
  }
  const processors = ground.cores.map(
    (core) => new CoreProcessor(core, runtime, gic.virtualInterface(core.index) as VirtualInterface, user),
  );
  const hypervisor = (made.hypervisor = new Hypervisor({
    ...{
      processors,
      cells,
      costs: cellsConfig.costs,
      tables: tableMemory(ground.isClone ? scratch() : ram, plan.tables),
      resetState: ground.resetState,
    },
    ...{ counterHz: board.counterHz, ppis: board.ppis, rebootEnds: config.noReboot ?? false },
    nowNs: () => user.nowNs(),
    flushTlbs: () => ground.flushTlbs(),
    onWait: watch && ((cell) => watch.guest(cell, 'wait')),
  }));
  if (watch) {
    for (const { index } of processors) {
      const lists = gic.virtualInterface(index)?.lists;
      if (!lists) continue;
      lists.watch = (intid, isEnd) => {
        const cell = hypervisor.cellOn(index);
        if (cell !== undefined) watch.guest(cell, isEnd ? 'done' : 'irq', intid);
      };
    }
  }
  return { hypervisor, processors, cells, display: divided.hosted(cells), deadlines: watch?.monitor };
}

/** The disks between cells: what each uses and serves. */
function joinDisks(cells: readonly CellConfig[]): (cell: CellConfig) => CellDisks {
  const disks = new Map<string, ServedDisk>();
  for (const { name, devices } of cells) {
    const disk = devices.find((device) => device.kind === 'block');
    if (!disk || !devices.some(({ kind }) => kind === 'disk-server')) continue;
    disks.set(name, new ServedDisk(Math.floor(disk.image.byteLength / SECTOR), `of ${name}`));
  }
  return ({ name, devices }) => ({
    used: devices.flatMap((device) => (device.kind === 'served-disk' ? (disks.get(device.by) ?? []) : [])),
    served: disks.get(name),
  });
}

/** Where a clone makes the tables that its memory has already, to find them at the same places. */
function scratch(): Pick<PhysicalMemory, 'read' | 'write'> {
  const words = new Map<number, Uint8Array>();
  return {
    read: (pa, into) => (into.set(words.get(pa) ?? new Uint8Array(into.length)), true),
    write: (pa, from) => (words.set(pa, from.slice()), true),
  };
}

/**
 * Puts other images into a cell, whatever it does, while the others run on. Throws a UserError, and changes nothing, where there is no such cell
 * or they cannot be booted in it.
 */
export function replaceCell({ hypervisor, cells }: Hosted, name: string, images: CellImages): void {
  const number = cells.findIndex(({ config }) => config.name === name);
  if (number < 0) {
    const names = cells.map(({ config }) => config.name).join(', ');
    throw new UserError('no-such-cell', `there is no cell ${JSON.stringify(name)}`, { hint: `there are: ${names}` });
  }
  const image = (cells[number] as BuiltCell).imageOf(images);
  hypervisor.replace(hypervisor.cells[number] as Cell, image);
}

function tableMemory(ram: Pick<PhysicalMemory, 'read' | 'write'>, { base, size }: { base: number; size: number }): TableMemory {
  let used = 0;
  const word = new Uint8Array(8);
  const view = new DataView(word.buffer);
  return {
    allocate() {
      assert(used < size, 'the hypervisor has no more memory for tables');
      used += PAGE;
      return base + used - PAGE;
    },
    read64(pa) {
      ram.read(pa, word);
      return view.getBigUint64(0, true);
    },
    write64(pa, value) {
      view.setBigUint64(0, value, true);
      ram.write(pa, word);
    },
  };
}
