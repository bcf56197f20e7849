import { join } from 'node:path';
import type { CellConfig, CellsConfig } from '../../../emulator/hypervisor/config.ts';
import type { BoardName } from '../../../emulator/machine/boards.ts';
import type { Machine } from '../../../emulator/machine/machine.ts';
import type { CellResult, MachineConfig, Script } from '../../../emulator/machine/types.ts';
import { loadPlan } from '../../../main/services/machines/load.ts';
import { checkHandset, readHandsetText, requirePlan } from '../../../main/services/handset/index.ts';
import type { CellsPlan } from '../../../main/services/machines/plan.ts';
import { root } from '../../../resources/build/targets.ts';
import { testMachine } from '../../support/machine.ts';

const STEP_NS = 5e6;

/** A handset of `resources/handsets` in this process. */
export interface RunningHandset {
  readonly machine: Machine;
  /** What its file says of cells. */
  readonly plan: CellsPlan;
  readonly board: BoardName;
  /** What each cell's console showed so far. */
  readonly consoles: Record<string, string>;
  type(cell: string, text: string): void;
  /** Runs until a cell has written what is awaited, from a place in its text on; false when so much virtual time has passed before, or all is over. */
  wait(cell: string, pattern: RegExp, ns: number, from?: number): boolean;
  /** Runs until so much virtual time has passed, or all is over. */
  runTo(ns: number, progress?: (ns: number) => void): void;
  /** Where the time of a cell went so far. */
  account(cell: string): CellResult;
}

export interface HandsetOptions {
  /** Instead of the file's. */
  readonly board?: BoardName;
  /** Cells that are there; all when absent. */
  readonly only?: readonly string[];
  readonly script?: Partial<Script>;
  readonly config?: Partial<MachineConfig>;
  /** What is different from the file. */
  change?(cell: CellConfig): CellConfig;
  /** The same of the file's text. */
  edit?(text: string): string;
}

/** Starts a handset with cells. */
export function startHandset(name: string, options: HandsetOptions = {}): RunningHandset {
  const { board, only, script, change = (cell) => cell, edit = (text) => text } = options;
  const file = join(root, 'resources/handsets', `${name}.yaml`);
  const plan = requirePlan(checkHandset(edit(readHandsetText(file)), file, board));
  const { config } = loadPlan(plan);
  const whole = config.cells as CellsConfig;
  const cells = whole.cells.filter((cell) => only?.includes(cell.name) ?? true).map(change);
  const names = cells.map((cell) => cell.name);
  const consoles: Record<string, string> = Object.fromEntries(names.map((each) => [each, '']));
  const { machine } = testMachine({
    config: { ...config, ...options.config, cells: { ...whole, cells } },
    ...(script ? { script } : {}),
    onConsole: (bytes, stream) => (consoles[names[stream] as string] += Buffer.from(bytes).toString('latin1')),
  });
  const runTo = (ns: number, progress?: (ns: number) => void): void => {
    while (machine.runFor(500, { untilNs: ns }) === 'busy') progress?.(machine.nowNs);
  };
  return {
    ...{ machine, plan: plan.cells as CellsPlan, board: plan.settings.board, consoles },
    type: (cell, text) => machine.type(Buffer.from(text), names.indexOf(cell)),
    wait(cell, pattern, ns, from = 0) {
      const endNs = machine.nowNs + ns;
      const isThere = (): boolean => pattern.test((consoles[cell] as string).slice(from));
      // Virtual time says when it is asked, so that the same happens every time.
      while (!isThere() && machine.outcome === undefined && machine.nowNs < endNs) runTo(machine.nowNs + STEP_NS);
      return isThere();
    },
    runTo,
    account: (cell) => machine.hardware.hosted!.hypervisor.results().find(({ name }) => name === cell) as CellResult,
  };
}

/** A disk of zeroes. */
export function emptyDisk(name: string, bytes: number): CellConfig['devices'][number] {
  return { kind: 'block', name, image: new SharedArrayBuffer(bytes), readOnly: false };
}
