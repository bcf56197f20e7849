/** The boards, by name. */
import type { Board } from './board.ts';
import { budget, evoke, evokeQvga } from './handsets.ts';
import { soc2 } from './soc2.ts';
import { virt } from './virt.ts';

export const boards = { virt, evoke, 'evoke-qvga': evokeQvga, budget, soc2 } as const satisfies Record<string, Board>;
export type BoardName = keyof typeof boards;
export const boardNames = Object.keys(boards) as BoardName[];
