import { deviceNamed, INTID_OF_SPI, type Board } from '../../../boards/board.ts';
import { nameInFile } from '../../../boards/passable.ts';
import type { RadioOptions } from '../../../devices/radio/radio.ts';
import type { CellConfig, CellsConfig } from '../../../hypervisor/config.ts';
import type { Hypervisor } from '../../../hypervisor/hypervisor.ts';
import { boardOfCell } from '../granted-board.ts';
import { DeadlineMonitor } from './deadline-monitor.ts';
import { radioSourceNames, radioSources, type CellEvent } from './events.ts';

const sourceNames = new Map<string, string>(radioSourceNames.map((name) => [radioSources[name], name]));
const sourceOf = (event: string): string => event.split('.')[0] as string;

/** The interrupts of the board's devices in a cell, by the devices' names in events. */
function intidsOf(board: Board, { devices, map }: CellConfig): ReadonlyMap<string, number> {
  const own = boardOfCell(board, map);
  return new Map(
    devices.flatMap((device) => {
      const spi = device.kind === 'board' ? deviceNamed(own, device.name).spi : undefined;
      return spi === undefined || device.kind !== 'board' ? [] : [[nameInFile(device.name), INTID_OF_SPI + spi]];
    }),
  );
}

/** Brings what happens in a machine with cells to the monitor of its deadlines. */
export class DeadlineWatch {
  readonly monitor: DeadlineMonitor;
  private readonly nowNs: () => number;

  /** `hypervisor` is there once anything happens. */
  constructor(board: Board, { cells, budgets }: CellsConfig, hypervisor: () => Hypervisor, nowNs: () => number) {
    this.nowNs = nowNs;
    const intids = new Map(cells.map((cell) => [cell.name, intidsOf(board, cell)]));
    this.monitor = new DeadlineMonitor(budgets, {
      cellOf: (event) => cells.find(({ name }) => name === sourceOf(event))?.name,
      intidOf: (event, cell) => intids.get(cell)?.get(sourceOf(event)),
      timesOf: (cell, atNs) => hypervisor().timesOf(cell, atNs),
    });
  }

  /** What devices of a cell tell. */
  ofCell(cell: string): { onRaised: (device: string) => void; onRadio: NonNullable<RadioOptions['watch']> } {
    return {
      onRaised: (device) => this.monitor.happened(`${nameInFile(device)}.irq`, this.nowNs()),
      onRadio: (source, moment, atNs) => {
        const event = `${sourceNames.get(source)}-${moment}`;
        this.monitor.happened(moment === 'irq' ? `radio.${event}` : `${cell}.${event}`, atNs);
      },
    };
  }

  /** What a guest does. */
  guest(cell: string, event: CellEvent, intid?: number): void {
    this.monitor.happened(`${cell}.${event}`, this.nowNs(), intid);
  }
}
