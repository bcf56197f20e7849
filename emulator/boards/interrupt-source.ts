import { INTID_OF_PPI, INTID_OF_SPI, type Board } from './board.ts';

const privateNames: Readonly<Record<keyof Board['ppis'], string>> = {
  pmu: 'PMU',
  gicMaintenance: 'GIC maintenance',
  hypervisorTimer: 'EL2 timer',
  virtualTimer: 'virtual timer',
  secureTimer: 'secure timer',
  physicalTimer: 'EL1 timer',
};

/** What an interrupt of a board comes from, for people: `uart0`, `virtual timer`, `SGI 3`. */
export function sourceOf(intid: number, board: Board): string {
  if (intid < INTID_OF_PPI) return `SGI ${intid}`;
  if (intid < INTID_OF_SPI) {
    const found = Object.entries(board.ppis).find(([, n]) => n === intid - INTID_OF_PPI)?.[0] as keyof Board['ppis'] | undefined;
    return found ? privateNames[found] : `PPI ${intid - INTID_OF_PPI}`;
  }
  return board.devices.find(({ spi }) => spi === intid - INTID_OF_SPI)?.name ?? `SPI ${intid - INTID_OF_SPI}`;
}
