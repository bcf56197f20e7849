/** What becomes of cells, and what somebody outside may do to one while the others run on. */

/** `off`: it powered itself off or was stopped. `failed`: it cannot go on. `restarting`: its memory is being cleared. */
export type CellState = 'running' | 'paused' | 'off' | 'failed' | 'restarting';
export const cellStates = ['running', 'paused', 'off', 'failed', 'restarting'] as const satisfies readonly CellState[];

/** What is done to a cell beside giving it other images: for a person, and in which states there is something to do. */
export const cellActs = {
  pause: { summary: 'it runs no more, and time stands still in it', from: ['running'] },
  resume: { summary: 'it goes on', from: ['paused'] },
  stop: { summary: 'it ends, whatever its restart policy', from: ['running', 'paused', 'restarting'] },
  start: { summary: 'it begins anew once it has ended', from: ['off', 'failed'] },
  restart: { summary: 'it begins anew, whatever it does', from: cellStates },
} as const satisfies Record<string, { summary: string; from: readonly CellState[] }>;
export type CellAct = keyof typeof cellActs;
export const cellActNames = Object.keys(cellActs) as CellAct[];

/** Why there is nothing to do; undefined where there is. */
export function actProblem(name: string, state: CellState, act: CellAct): string | undefined {
  const from: readonly CellState[] = cellActs[act].from;
  return from.includes(state) ? undefined : `${name} is ${state}`;
}
