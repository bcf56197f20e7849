import { boards, type Board } from '../../../emulator/machine/boards.ts';
import { formatSize } from '../../services/handset/units.ts';
import { table } from '../../services/handset/text-table.ts';

/** `pocketvisor boards`: what a machine can be built as. */
export function boardsCommand(options: { json?: boolean }): void {
  const all: Board[] = Object.values(boards);
  const rows = all.map(({ name, about, cores, clockHz, memory, ramBase, gicVersion, screen }) => ({
    name,
    about,
    cores,
    clockHz,
    memory,
    ramBase,
    gicVersion,
    ...(screen ? { screen } : {}),
  }));
  if (options.json) {
    process.stdout.write(`${JSON.stringify(rows)}\n`);
    return;
  }
  const lines = rows.map(({ name, about, cores, clockHz, memory, ramBase, gicVersion, screen }) => [
    name,
    String(cores),
    `${clockHz / 1e6} MHz`,
    memory.usual === memory.most ? formatSize(memory.most) : `${formatSize(memory.usual)} to ${formatSize(memory.most)}`,
    `0x${ramBase.toString(16)}`,
    `v${gicVersion}`,
    screen ? `${screen.width} x ${screen.height}` : '',
    about,
  ]);
  process.stdout.write(table(['board', 'cores', 'clock', 'RAM', 'at', 'GIC', 'screen', ''], lines));
}
