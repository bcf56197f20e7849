/** Deadlines that are watched: from one event to another. */
import { boards, passable, type BoardName } from '../../../emulator/machine/boards.ts';
import type { BudgetConfig } from '../../../emulator/machine/types.ts';
import type { Path } from './document.ts';
import type { Report } from './report.ts';
import type { Handset } from './schema.ts';
import { parseDuration } from './units.ts';

export function budgetsOf(report: Report, board: BoardName, { budgets, cells }: Handset): BudgetConfig[] {
  const granted = new Set(
    Object.values(cells).flatMap(({ devices = [] }) => devices.filter((device) => typeof device === 'string')),
  );
  const ofBoard = [...passable(boards[board]).keys()];
  const check = (text: string, path: Path): void => {
    const [, source = ''] = /^([A-Za-z][\w-]*)\.[A-Za-z][\w-]*$/.exec(text) ?? [];
    const known = [...Object.keys(cells), ...ofBoard.filter((name) => granted.has(name))];
    if (source === '') {
      report.error(
        'bad-value',
        `${JSON.stringify(text)} is no event`,
        path,
        'CELL.EVENT or DEVICE.EVENT, such as radio.frame-irq',
      );
    } else if (ofBoard.includes(source) && !granted.has(source)) {
      report.error('unreachable-device', `no cell has the device "${source}"`, path, `add it to the devices of a cell`);
    } else if (!known.includes(source)) {
      report.unknown('unknown-cell', 'cell or device', source, known, path);
    }
  };
  return budgets.map(({ from, to, max }, index) => {
    check(from, ['budgets', index, 'from']);
    check(to, ['budgets', index, 'to']);
    const maxNs = parseDuration(max) ?? 0;
    if (maxNs === 0) report.error('out-of-range', `${max} is no time`, ['budgets', index, 'max'], 'such as 58us');
    return { from, to, maxNs };
  });
}
