import { UserError } from '../../base/user-error.ts';
import type { Cell } from '../../hypervisor/cell.ts';
import type { CellCommand } from '../types.ts';
import { replaceCell, type Hosted } from './build.ts';

const find = ({ hypervisor }: Hosted, name: string): Cell | undefined => hypervisor.cells.find((cell) => cell.name === name);

/** Throws a UserError for what can never be done to a machine; `hosted` is absent where one guest has it to itself. */
export function checkCellCommand(hosted: Hosted | undefined, command: CellCommand): void {
  const { cell: name } = command;
  const found = hosted?.cells.find(({ config }) => config.name === name);
  if (found) {
    if (command.act === 'replace') found.imageOf(command.images);
    return;
  }
  const names = hosted?.hypervisor.cells.map((cell) => cell.name).join(', ');
  const hint = names === undefined ? 'one guest has the machine to itself' : `there are: ${names}`;
  throw new UserError('unknown-cell', `there is no cell ${JSON.stringify(name)}`, { hint });
}

/** Does to a cell what a command says, which was checked. */
export function commandCell(hosted: Hosted, command: CellCommand, nowNs: number): void {
  const cell = find(hosted, command.cell);
  if (!cell) return;
  if (command.act !== 'replace') hosted.hypervisor.act(cell, command.act);
  else replaceCell(hosted, command.cell, command.images);
  hosted.deadlines?.forget(cell.name, nowNs);
}
