/** The one display of a handset, and which cells have parts of it. */
import { keyByName } from '../../../emulator/base/keys.ts';
import { boards, type Board } from '../../../emulator/machine/boards.ts';
import { displayLayout } from '../../../emulator/machine/cells/display-layout.ts';
import type { PanelConfig } from '../../../emulator/machine/types.ts';
import { defaultDisplay, displaySizeProblem } from '../machines/displays.ts';
import type { CellDevicePlan, MachineSettings } from '../machines/plan.ts';
import type { Report } from './report.ts';
import type { Cell, Display, Handset } from './schema.ts';
import type { DisplayDevice } from './schema-devices.ts';

/** A key that no guest of ours needs, and every keyboard has. */
const usualSwitchKey = 'f12';
/** The least that a strip can show, and of the rest must be left. */
const leastRows = 16;

/** What a handset file says of its display; undefined where no cell has a screen. */
export function panelOf(report: Report, settings: MachineSettings, { cells, display }: Handset): PanelConfig | undefined {
  const withScreens = Object.keys(cells).filter((name) => hasScreen(cells[name]!));
  if (withScreens.length === 0) {
    if (display) report.errorAtKey('no-screen', 'no cell has a screen', ['display'], 'add display to the devices of a cell');
    return undefined;
  }
  const { overlay, rotation = 0, foreground }: Display = display ?? {};
  const { screen = defaultDisplay }: Board = boards[settings.board];
  const { width = screen.width, height = screen.height }: Display = display ?? {};
  const problem = displaySizeProblem(width, height);
  if (problem)
    report.error('out-of-range', problem.message, ['display', display?.width === undefined ? 'height' : 'width'], problem.hint);
  const mustHaveOne = (cell: string, ...path: string[]): void => {
    const at = ['display', ...path];
    if (!cells[cell]) report.unknown('unknown-cell', 'cell', cell, Object.keys(cells), at);
    else if (!withScreens.includes(cell))
      report.error('no-screen', `the cell "${cell}" has no screen`, at, 'add display to its devices');
  };
  if (overlay) mustHaveOne(overlay.cell, 'overlay', 'cell');
  const others = withScreens.filter((name) => name !== overlay?.cell);
  if (foreground !== undefined) mustHaveOne(foreground, 'foreground');
  if (foreground !== undefined && foreground === overlay?.cell)
    report.error(
      'conflict',
      `${foreground} has the overlay, and takes the screen by itself`,
      ['display', 'foreground'],
      'name another cell',
    );
  else if (overlay && others.length === 0)
    report.error(
      'no-screen',
      'no cell but that of the overlay has a screen',
      ['display', 'overlay', 'cell'],
      'add display to the devices of another',
    );
  const key = keyByName(display?.switch ?? usualSwitchKey);
  if (key === undefined)
    report.error(
      'unknown-key',
      `there is no key ${JSON.stringify(display!.switch)}`,
      ['display', 'switch'],
      "keys have QEMU's names, such as f12 or menu",
    );
  const panel = {
    ...{ width, height, rotation, foreground: foreground ?? others[0] ?? '', switchKey: key ?? 0 },
    ...(overlay ? { overlay: { ...overlay, edge: overlay.edge ?? 'top' } } : {}),
  };
  const rest = displayLayout(panel).rest.height;
  if (overlay && (overlay.height < leastRows || rest < leastRows)) {
    const most = rest + overlay.height - leastRows;
    report.error(
      'out-of-range',
      `a strip of ${overlay.height} rows`,
      ['display', 'overlay', 'height'],
      `${leastRows} to ${most}`,
    );
  }
  return panel;
}

const hasScreen = ({ devices = [] }: Cell): boolean =>
  devices.some((device) => device === 'display' || (typeof device === 'object' && 'display' in device));

/** The screen of a cell: without a size of its own it has that of its part of the display. */
export function screenOf(panel: PanelConfig, cell: string, { display, width, height }: DisplayDevice): CellDevicePlan {
  if (display === 'ramfb') return { kind: 'ramfb' };
  const { whole, rest } = displayLayout(panel);
  const part = cell === panel.overlay?.cell ? whole : rest;
  return { kind: 'gpu', width: width ?? part.width, height: height ?? part.height };
}
