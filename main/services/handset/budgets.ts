/** Deadlines that are watched: from one event to another. */
import { boardOf, passable } from '../../../emulator/machine/boards.ts';
import { eventsOfCell, eventsOfDevice } from '../../../emulator/machine/cells/deadlines/events.ts';
import type { BudgetConfig } from '../../../emulator/machine/types.ts';
import type { MachineSettings } from '../machines/plan.ts';
import type { Path } from './document.ts';
import type { Report } from './report.ts';
import type { Handset } from './schema.ts';
import { parseDuration } from './units.ts';

export function budgetsOf(report: Report, settings: MachineSettings, handset: Handset): BudgetConfig[] {
  const check = (text: string, path: Path): void => checkEvent(report, settings, handset, text, path);
  return handset.budgets.map(({ from, to, max }, index) => {
    const path = ['budgets', index];
    check(from, [...path, 'from']);
    check(to, [...path, 'to']);
    const isOfCell = [from, to].some((event) => Object.hasOwn(handset.cells, sourceOf(event)));
    if (!isOfCell && !report.failed)
      report.error('bad-value', 'a deadline begins or ends in a cell', [...path, 'to'], 'CELL.EVENT, such as modem.frame-task');
    const maxNs = parseDuration(max) ?? 0;
    if (maxNs === 0) report.error('out-of-range', `${max} is no time`, [...path, 'max'], 'such as 58us');
    return { from, to, maxNs };
  });
}

const sourceOf = (event: string): string => event.split('.')[0] as string;

/** Whether there is such an event: of a cell, or of a device that a cell has. */
function checkEvent(report: Report, settings: MachineSettings, { cells }: Handset, text: string, path: Path): void {
  const [, source = '', event = ''] = /^([A-Za-z][\w-]*)\.([A-Za-z][\w-]*)$/.exec(text) ?? [];
  const ofBoard = passable(boardOf(settings));
  const has = (cell: string, device: string): boolean => cells[cell]?.devices?.includes(device as never) ?? false;
  const granted = [...ofBoard.keys()].filter((device) => Object.keys(cells).some((cell) => has(cell, device)));
  const device = ofBoard.get(source);
  if (source === '') {
    const hint = 'CELL.EVENT or DEVICE.EVENT, such as radio.frame-irq';
    return report.error('bad-value', `${JSON.stringify(text)} is no event`, path, hint);
  }
  if (device && !granted.includes(source)) {
    return report.error('unreachable-device', `no cell has the device "${source}"`, path, 'add it to the devices of a cell');
  }
  const known = device ? eventsOfDevice(device.kind) : eventsOfCell(has(source, 'radio'));
  if (!device && !Object.hasOwn(cells, source)) {
    return report.unknown('unknown-cell', 'cell or device', source, [...Object.keys(cells), ...granted], path);
  }
  if (!known.has(event)) report.unknown('unknown-event', `event of ${source}`, event, [...known.keys()], path);
}
