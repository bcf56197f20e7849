/** Which devices cells are granted. */
import {
  boardNames,
  boardOf,
  boards,
  passable,
  passableNames,
  type Board,
  type BoardDevice,
} from '../../../emulator/machine/boards.ts';
import { inSlots } from '../../../emulator/machine/cells/granted-board.ts';
import type { PanelConfig } from '../../../emulator/machine/types.ts';
import { displaySizeProblem } from '../machines/displays.ts';
import { limits, type CellDevicePlan, type DrivePlan, type MachineSettings } from '../machines/plan.ts';
import { driveOf, nicOf } from './cell-devices.ts';
import { screenOf } from './display.ts';
import type { Path } from './document.ts';
import type { Report } from './report.ts';
import type { Cell, Handset } from './schema.ts';
import { isHid, type DisplayDevice } from './schema-devices.ts';

/** Gives cells their devices, one cell after the other, and sees to it that nobody gets what is another's. */
export class Grants {
  private readonly report: Report;
  private readonly settings: MachineSettings;
  private readonly ofBoard: ReadonlyMap<string, BoardDevice>;
  private readonly owners = new Map<string, string>();
  private readonly images = new Map<string, { cell: string; isWritten: boolean }>();

  private readonly panel: PanelConfig | undefined;
  private readonly cells: Handset['cells'];
  /** Cells that serve a disk, and to whom. */
  private readonly clients = new Map<string, string>();

  /** Network cards are the machine's, and are added to its settings. `panel`: where cells have screens. */
  constructor(report: Report, settings: MachineSettings, panel: PanelConfig | undefined, { cells }: Handset) {
    this.panel = panel;
    this.cells = cells;
    this.report = report;
    this.settings = settings;
    this.ofBoard = passable(boardOf(settings));
  }

  devicesOf(name: string, cell: Cell): CellDevicePlan[] {
    const { devices = ['uart'] } = cell;
    const { report, settings } = this;
    const path = ['cells', name, 'devices'];
    const granted = devices.flatMap((device, index) =>
      this.grant(name, device, devices.indexOf(device) < index, [...path, index]),
    );
    const most = (kinds: readonly CellDevicePlan['kind'][], limit: number, what: string): void => {
      const count = granted.filter(({ kind }) => kinds.includes(kind)).length;
      if (count > limit) report.error('out-of-range', `${count} ${what}`, path, `a cell can have ${limit}`);
    };
    most(['gpu', 'ramfb'], 1, 'screens');
    most(['input'], limits.maxInputs, 'input devices');
    const hands = granted.findIndex(({ kind }) => kind === 'input');
    if (hands >= 0 && !granted.some(({ kind }) => kind === 'gpu' || kind === 'ramfb')) {
      const message = `hands never reach the cell "${name}", for it has no screen`;
      report.error('unreachable', message, [...path, hands], 'add display, or take it out');
    }
    if (Object.values(this.cells).some((other) => (other.devices ?? []).some((device) => servedBy(device) === name)))
      granted.push({ kind: 'disk-server' });
    if (name === this.panel?.overlay?.cell) granted.push({ kind: 'screen-control' });
    const virtio = inSlots(granted).length;
    const { name: map, devices: all }: Board = boards[cell.map ?? settings.board];
    const slots = all.filter(({ kind }) => kind === 'virtio-mmio').length;
    if (virtio > slots) {
      report.error('out-of-range', `${virtio} virtio devices`, path, `the board ${map} has room for ${slots}`);
    }
    return granted;
  }

  private grant(cell: string, device: NonNullable<Cell['devices']>[number], isAgain: boolean, path: Path): CellDevicePlan[] {
    const { report, settings } = this;
    if (typeof device !== 'string') {
      if ('display' in device) return this.screen(cell, device, path);
      if ('disk-of' in device) return this.servedDisk(cell, device['disk-of'], [...path, 'disk-of']);
      if (device.bus === 'pci') report.error('conflict', 'a cell has no PCI', [...path, 'bus'], 'take it out');
      if ('block' in device) {
        const drive = driveOf(report, device, path);
        this.share(cell, drive, path);
        return [{ kind: 'block', drive }];
      }
      const nics = (settings.nics ??= []);
      nics.push(nicOf(report, device, nics.length, path));
      return [{ kind: 'net', nic: nics.length - 1 }];
    }
    if (isAgain) report.error('device-twice', `the device "${device}" stands here twice`, path, 'leave one');
    if (device === 'uart' || device === 'rtc' || device === 'rng') return [{ kind: device }];
    if (device === 'display') return this.screen(cell, { display: 'virtio-gpu' }, path);
    if (isHid(device)) return [{ kind: 'input', input: device }];
    const found = this.ofBoard.get(device);
    if (found) {
      this.own(cell, device, path);
      return [{ kind: 'board', name: found.name }];
    }
    if (!passableNames.includes(device)) return this.notInCells(device, path);
    const having = boardNames.filter((board) => passable(boardOf({ board, radio: true })).has(device));
    const hint = `it is on: ${having.join(', ')}`;
    report.error('absent-device', `the board ${settings.board} has no device "${device}"`, path, hint);
    return [];
  }

  private servedDisk(cell: string, by: string, path: Path): CellDevicePlan[] {
    const { report } = this;
    const server = this.cells[by];
    const client = this.clients.get(by);
    this.clients.set(by, cell);
    if (!server)
      report.error('unknown-cell', `there is no cell "${by}"`, path, `there are: ${Object.keys(this.cells).join(', ')}`);
    else if (by === cell) report.error('conflict', 'a cell cannot serve itself', path, 'use { block: FILE }');
    else if (client !== undefined)
      report.error('device-twice', `the disk of ${by} is ${client}'s already`, path, 'one cell can have it');
    else if (!(server.devices ?? []).some((device) => typeof device !== 'string' && 'block' in device))
      report.error('absent-device', `the cell ${by} has no disk to serve`, path, `add { block: FILE } to the devices of ${by}`);
    return [{ kind: 'served-disk', by }];
  }

  private screen(cell: string, device: DisplayDevice, path: Path): CellDevicePlan[] {
    const { report, settings, panel } = this;
    const { board } = settings;
    const { display, width, height } = device;
    if (!panel) return [];
    if (display === 'ramfb' && (width ?? height) !== undefined)
      report.error('conflict', 'the guest chooses the size of a ramfb', path, 'leave width and height out');
    if (display === 'ramfb' && !boards[board].devices.some(({ kind }) => kind === 'fw-cfg'))
      report.error('absent-device', `the board ${board} has no ramfb`, path, 'use virtio-gpu');
    const screen = screenOf(panel, cell, device);
    // What follows from the size of the display is told there.
    const isOwn = screen.kind === 'gpu' && (width ?? height) !== undefined;
    const problem = isOwn ? displaySizeProblem(screen.width, screen.height) : undefined;
    if (problem) report.error('out-of-range', problem.message, path, problem.hint);
    return [screen];
  }

  private notInCells(device: string, path: Path): [] {
    this.report.error('not-available', `the device "${device}" is not available in cells in this version`, path, 'take it out');
    return [];
  }

  private own(cell: string, device: string, path: Path): void {
    const owner = this.owners.get(device);
    this.owners.set(device, owner ?? cell);
    if (owner === undefined || owner === cell) return;
    const message = `the device "${device}" is ${owner}'s already, and the board has one`;
    this.report.error('device-twice', message, path, 'one cell can have it');
  }

  /** Two may read an image; where one writes, the other would see disks change under it. */
  private share(cell: string, { file, readOnly }: DrivePlan, path: Path): void {
    const other = this.images.get(file.path);
    this.images.set(file.path, { cell: other?.cell ?? cell, isWritten: (other?.isWritten ?? false) || !readOnly });
    if (!other || (readOnly && !other.isWritten)) return;
    const message = `this image is ${other.cell === cell ? 'here' : `${other.cell}'s`} already, and is written to`;
    this.report.error('image-twice', message, [...path, 'block'], 'make both readOnly, or copy the file');
  }
}

/** The cell whose disk a device is. */
function servedBy(device: NonNullable<Cell['devices']>[number]): string | undefined {
  return typeof device !== 'string' && 'disk-of' in device ? device['disk-of'] : undefined;
}
