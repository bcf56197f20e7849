/** Devices that a board has once, and that can be given to one cell as they are. */
import type { Board, BoardDevice, DeviceKind } from './board.ts';
import { boards } from './index.ts';

/** They do nothing but answer accesses and drive a line: one that reads or writes memory by itself would reach other cells' with it. */
const kinds: readonly DeviceKind[] = ['pl061', 'radio'];

/** What a handset file calls a device of which the board has one. */
export const nameInFile = (device: string): string => device.replace(/\d+$/, '');

/** Those of a board by the names that a handset file has for them. */
export function passable(board: Board): ReadonlyMap<string, BoardDevice> {
  return new Map(board.devices.filter(({ kind }) => kinds.includes(kind)).map((device) => [nameInFile(device.name), device]));
}

/** Of any board. */
export const passableNames: readonly string[] = [
  ...new Set(Object.values(boards).flatMap((board) => [...passable(board).keys()])),
];
