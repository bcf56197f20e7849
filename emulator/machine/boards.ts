/** The boards that a machine can have, for whoever stands outside. */
import { equipped, type Board } from '../boards/board.ts';
import { boards } from '../boards/index.ts';
import type { MachineConfig } from './types.ts';

export type { Board, BoardDevice, AddressRange } from '../boards/board.ts';
export { INTID_OF_PPI, INTID_OF_SPI } from '../boards/board.ts';
export { boardNames, boards, type BoardName } from '../boards/index.ts';
export { passable, passableNames } from '../boards/passable.ts';

/** The board of a machine with those of its options that the machine has. */
export const boardOf = (config: Pick<MachineConfig, 'board' | 'radio'>): Board => equipped(boards[config.board], config);
