import { join } from 'node:path';
import type { CellConfig, CellsConfig } from '../../../emulator/hypervisor/config.ts';
import type { BoardName } from '../../../emulator/machine/boards.ts';
import type { Machine } from '../../../emulator/machine/machine.ts';
import type { Script } from '../../../emulator/machine/types.ts';
import { loadPlan } from '../../../main/services/machines/load.ts';
import { readHandsetPlan } from '../../../main/services/handset/index.ts';
import type { CellsPlan } from '../../../main/services/machines/plan.ts';
import { root } from '../../../resources/build/targets.ts';
import { testMachine } from '../../support/machine.ts';

/** A handset of `resources/handsets` in this process. */
export interface RunningHandset {
  readonly machine: Machine;
  /** What its file says of cells. */
  readonly plan: CellsPlan;
  readonly board: BoardName;
  /** What each cell's console showed so far. */
  readonly consoles: Record<string, string>;
  type(cell: string, text: string): void;
  /** Runs until so much virtual time has passed, or all is over. */
  runTo(ns: number, progress?: (ns: number) => void): void;
}

export interface HandsetOptions {
  readonly script?: Partial<Script>;
  /** What is different from the file. */
  change?(cell: CellConfig): CellConfig;
}

/** Starts a handset with cells. */
export function startHandset(name: string, { script, change = (cell) => cell }: HandsetOptions = {}): RunningHandset {
  const plan = readHandsetPlan(join(root, 'resources/handsets', `${name}.yaml`));
  const { config } = loadPlan(plan);
  const cells = config.cells as CellsConfig;
  const names = cells.cells.map((cell) => cell.name);
  const consoles: Record<string, string> = Object.fromEntries(names.map((each) => [each, '']));
  const { machine } = testMachine({
    config: { ...config, cells: { ...cells, cells: cells.cells.map(change) } },
    ...(script ? { script } : {}),
    onConsole: (bytes, stream) => (consoles[names[stream] as string] += Buffer.from(bytes).toString('latin1')),
  });
  return {
    ...{ machine, plan: plan.cells as CellsPlan, board: plan.settings.board, consoles },
    type: (cell, text) => machine.type(Buffer.from(text), names.indexOf(cell)),
    runTo(ns, progress) {
      while (machine.runFor(500, { untilNs: ns }) === 'busy') progress?.(machine.nowNs);
    },
  };
}

/** A disk of zeroes. */
export function emptyDisk(name: string, bytes: number): CellConfig['devices'][number] {
  return { kind: 'block', name, image: new SharedArrayBuffer(bytes), readOnly: false };
}
