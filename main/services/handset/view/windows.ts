import type { Board } from '../../../../emulator/machine/boards.ts';
import type { MemoryRow } from './types.ts';

/** Bytes of a core's redistributor (IHI 0069 12.10). */
const REDISTRIBUTOR = 0x2_0000;

export const CPU_INTERFACE = 'GIC CPU interface';

/** What is at addresses beside RAM, on a board or in the part of it that a cell sees. */
export function boardWindows(board: Board, gic: 2 | 3, cpus: number): MemoryRow[] {
  const { distributor, cpu, redistributors, its } = board.gic;
  const controller =
    gic === 2
      ? [{ ...cpu, what: CPU_INTERFACE }]
      : [
          { base: redistributors.base, size: cpus * REDISTRIBUTOR, what: 'GIC redistributors' },
          ...(its ? [{ ...its, what: 'GIC ITS' }] : []),
        ];
  return [
    { ...distributor, what: 'GIC distributor' },
    ...controller,
    ...board.devices.map(({ base, size, name }) => ({ base, size, what: name })),
    ...(board.pcie
      ? (['ecam', 'io', 'low', 'high'] as const).map((part) => ({ ...board.pcie![part], what: `PCIe ${part}` }))
      : []),
  ];
}
