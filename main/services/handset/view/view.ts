/** From a plan to what the machine will be: who has which memory, device and interrupt. */
import { basename } from 'node:path';
import { boardOf, INTID_OF_PPI, INTID_OF_SPI, type Board } from '../../../../emulator/machine/boards.ts';
import { keyName } from '../../../../emulator/base/keys.ts';
import { channelPlaces } from '../../../../emulator/machine/cells/channel-places.ts';
import { displayLayout } from '../../../../emulator/machine/cells/display-layout.ts';
import { boardOfCell, grantedBoard, inSlots } from '../../../../emulator/machine/cells/granted-board.ts';
import { planRam } from '../../../../emulator/machine/cells/ram-plan.ts';
import type { PanelConfig } from '../../../../emulator/machine/types.ts';
import type { CellPlan, CellsPlan, MachinePlan } from '../../machines/plan.ts';
import { admissionOf } from '../admission.ts';
import { mayRing } from '../channels.ts';
import { coresOf } from '../schedule.ts';
import { accessOf } from './access.ts';
import type { CellMemoryRow, CellView, DisplayView, InterruptRow, MachineView, MemoryRow } from './types.ts';
import { boardWindows, CPU_INTERFACE } from './windows.ts';

export function viewOf(plan: MachinePlan): MachineView {
  const { settings, cells } = plan;
  const board = boardOf(settings);
  const common = { handset: plan.name, board: board.name, cores: settings.cpus, clockHz: board.clockHz, gic: settings.gic };
  return { ...common, ...(cells ? hosted(plan, cells, board) : alone(plan, board)), access: accessOf(plan) };
}

type Rest = Pick<MachineView, 'hypervisor' | 'memory' | 'interrupts' | 'cells' | 'schedule' | 'display'>;

/** One guest has all that there is. */
function alone({ cell, settings }: MachinePlan, board: Board): Rest {
  const ram = { base: board.ramBase, size: settings.memory, what: 'RAM' };
  const memory = inOrder([ram, ...boardWindows(board, settings.gic, settings.cpus)]);
  const interrupts = interruptsOf(board).map(({ intid, what }) => ({ intid, what, to: cell }));
  const own: CellView = {
    name: cell,
    cpus: settings.cpus,
    cores: Array.from({ length: settings.cpus }, (_, core) => core),
    memory: memory.map(({ base, size, what }) => ({ base, size, what, rights: what === 'RAM' ? 'rwx' : 'rw', physical: base })),
    interrupts: interrupts.map(({ intid, what }) => ({ intid, what, from: 'the board' })),
  };
  return { hypervisor: false, memory: memory.map((row) => ({ ...row, owner: cell })), interrupts, cells: [own] };
}

function hosted({ settings }: MachinePlan, plan: CellsPlan, board: Board): Rest {
  const { cells, channels } = plan;
  const ram = planRam(plan, board.ramBase);
  const ownerOf = (device: string): string =>
    cells.find(({ devices }) => devices.some((one) => one.kind === 'board' && one.name === device))?.name ?? 'hypervisor';
  const end = board.ramBase + settings.memory;
  const used: MemoryRow[] = [
    ...cells.map(({ name, memoryBytes }, n) => ({ base: ram.cells[n]!, size: memoryBytes, what: `RAM of ${name}`, owner: name })),
    ...channels.map(({ name, sizeBytes }, n) => ({
      base: ram.channels[n]!,
      size: sizeBytes,
      what: `channel ${name}`,
      owner: 'hypervisor',
    })),
    { ...ram.tables, what: 'stage 2 tables', owner: 'hypervisor' },
  ];
  const windows = boardWindows(board, settings.gic, settings.cpus).map((row) => ({ ...row, owner: ownerOf(row.what) }));
  return {
    hypervisor: true,
    memory: inOrder([...windows, ...withGaps(used, board.ramBase, end)]),
    interrupts: interruptsOf(board).map(({ intid, what, device }) => ({
      ...{ intid, what },
      to: device && ownerOf(device) !== 'hypervisor' ? `hypervisor, for ${ownerOf(device)}` : 'hypervisor',
    })),
    cells: cells.map((cell, n) => cellView(cell, { board, gic: settings.gic }, plan, ram.cells[n]!, ram.channels)),
    schedule: admissionOf(plan, settings),
    ...(plan.panel ? { display: displayView(plan.panel) } : {}),
  };
}

function displayView(panel: PanelConfig): DisplayView {
  const { width, height, rotation, foreground, overlay, switchKey } = panel;
  const { rest, strip } = displayLayout(panel);
  const shows = `the cell that has the screen: ${foreground} at first, the next by ${keyName(switchKey)}`;
  const parts = [...(strip && overlay ? [{ ...strip, shows: `${overlay.cell}, always` }] : []), { ...rest, shows }];
  return { width, height, rotation, parts: parts.toSorted((a, b) => a.y - b.y) };
}

function cellView(
  cell: CellPlan,
  { board, gic }: { board: Board; gic: 2 | 3 },
  { channels }: CellsPlan,
  pa: number,
  channelPas: readonly number[],
): CellView {
  const own = grantedBoard(boardOfCell(board, cell.map), cell.devices);
  const slots = inSlots(cell.devices);
  const transports = own.devices.filter(({ kind }) => kind === 'virtio-mmio').toReversed();
  const titles = new Map(transports.map(({ name }, n) => [name, `${name}: ${titleOf(slots[n]!)}`]));
  const passed = new Set(cell.devices.flatMap((device) => (device.kind === 'board' ? [device.name] : [])));
  const physical = new Map(board.devices.flatMap(({ name, base }) => (passed.has(name) ? [[name, base]] : [])));
  if (gic === 2) physical.set(CPU_INTERFACE, board.gic.virtualCpu.base);
  const places = channelPlaces(cell.name, channels).map((place) => ({ ...place, name: channels[place.channel]!.name }));
  const memory: CellMemoryRow[] = [
    { base: own.ramBase, size: cell.memoryBytes, what: 'RAM', rights: 'rwx', physical: pa },
    ...boardWindows(own, gic, cell.cpus).map(({ base, size, what }): CellMemoryRow => ({
      ...{ base, size, what: titles.get(what) ?? what, rights: 'rw' },
      ...(physical.has(what) ? { physical: physical.get(what)! } : {}),
    })),
    ...places.flatMap(({ name, rights, doorbell, memory: base, size, channel }): CellMemoryRow[] => [
      { base: doorbell, size: 0x1000, what: `doorbell of ${name}`, rights: 'rw' },
      { base, size, what: `channel ${name}`, rights: rights === 'ro' ? 'r' : 'rw', physical: channelPas[channel]! },
    ]),
  ];
  const ppi = (number: number, what: string) => ({ intid: INTID_OF_PPI + number, what, from: 'hypervisor' });
  const interrupts = [
    ppi(board.ppis.virtualTimer, 'virtual timer'),
    ppi(board.ppis.physicalTimer, 'physical timer'),
    ...own.devices.flatMap(({ name, spi }) => {
      const from = passed.has(name) ? 'the board' : 'hypervisor';
      return spi === undefined ? [] : [{ intid: INTID_OF_SPI + spi, what: titles.get(name) ?? name, from }];
    }),
    ...places.map(({ name, spi, channel }) => {
      const others = Object.keys(channels[channel]!.cells).filter(
        (side) => side !== cell.name && mayRing(channels[channel]!.doorbell, side),
      );
      return { intid: INTID_OF_SPI + spi, what: `doorbell of ${name}`, from: others.join(', ') || 'nobody' };
    }),
  ];
  const { name, cpus, map } = cell;
  return { name, cpus, cores: coresOf(cell), ...(map ? { map } : {}), memory: inOrder(memory), interrupts };
}

function titleOf(device: CellPlan['devices'][number]): string {
  if (device.kind === 'block') return `disk ${basename(device.drive.file.path)}`;
  if (device.kind === 'served-disk') return `disk of ${device.by}`;
  if (device.kind === 'net') return `network card ${device.nic}`;
  if (device.kind === 'gpu') return `screen of ${device.width} x ${device.height}`;
  if (device.kind === 'input') return device.input;
  return device.kind === 'board' ? device.name : device.kind;
}

function interruptsOf(board: Board): (Omit<InterruptRow, 'to'> & { device?: string })[] {
  const { virtualTimer, physicalTimer, hypervisorTimer, gicMaintenance, pmu } = board.ppis;
  const ppi = (number: number, what: string) => ({ intid: INTID_OF_PPI + number, what });
  const slots = board.devices.filter(({ kind }) => kind === 'virtio-mmio');
  const own = board.devices.filter(({ kind }) => kind !== 'virtio-mmio');
  return [
    ...[ppi(pmu, 'PMU'), ppi(gicMaintenance, 'GIC maintenance'), ppi(hypervisorTimer, 'hypervisor timer')],
    ...[ppi(virtualTimer, 'virtual timer'), ppi(physicalTimer, 'physical timer')],
    ...own.flatMap(({ name, spi }) => (spi === undefined ? [] : [{ intid: INTID_OF_SPI + spi, what: name, device: name }])),
    ...slots.flatMap(({ name, spi }) => (spi === undefined ? [] : [{ intid: INTID_OF_SPI + spi, what: name }])),
  ].toSorted((a, b) => a.intid - b.intid);
}

const inOrder = <T extends { base: number }>(rows: readonly T[]): T[] => rows.toSorted((a, b) => a.base - b.base);

function withGaps(rows: readonly MemoryRow[], base: number, end: number): MemoryRow[] {
  const sorted = inOrder(rows.filter(({ size }) => size > 0));
  const starts = [...sorted.map((row) => row.base), end];
  const ends = [base, ...sorted.map((row) => row.base + row.size)];
  const gaps = ends.flatMap((from, n) => (starts[n]! > from ? [{ base: from, size: starts[n]! - from, what: 'free RAM' }] : []));
  return [...sorted, ...gaps];
}
