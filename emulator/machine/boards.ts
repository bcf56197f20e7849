/** The boards that a machine can have, for whoever stands outside. */
export type { Board, BoardDevice, AddressRange } from '../boards/board.ts';
export { INTID_OF_PPI, INTID_OF_SPI } from '../boards/board.ts';
export { boardNames, boards, type BoardName } from '../boards/index.ts';
export { passable, passableNames } from '../boards/passable.ts';
