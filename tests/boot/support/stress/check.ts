/** Runs a stress program in every tier, with several tunings, and compares. */
import { expect } from 'vitest';
import type { Tuning } from '../../../../emulator/exec/tuning.ts';
import type { Machine } from '../../../../emulator/machine/machine.ts';
import type { MachineConfig } from '../../../../emulator/machine/types.ts';
import { program, runToEnd, visible } from '../same-runs.ts';
import { CELLS, cells } from './layout.ts';

/** Programs take some ms: what runs longer has lost its way. */
const TIMEOUT_NS = 2e9;

/** Ways to run: each must give the same run as the first. */
export const ways: readonly { name: string; exec: MachineConfig['exec']; tuning: Partial<Tuning> }[] = [
  { name: 'cold', exec: 'cold', tuning: {} },
  { name: 'cold, with room for 3 pages of code', exec: 'cold', tuning: { codePages: 3 } },
  { name: 'hot, in wide regions', exec: 'hot', tuning: { wideWhenForced: true, mostWhenForced: 64 } },
  {
    name: 'auto, early',
    exec: 'auto',
    tuning: { interval: 150, longestInterval: 300, hotSamples: 2, wideSamples: 4, batch: 2, patience: 4, leastInstructions: 1 },
  },
  {
    name: 'auto, with regions and pages that come and go',
    exec: 'auto',
    tuning: {
      interval: 161,
      longestInterval: 161,
      hotSamples: 2,
      wideSamples: 2,
      batch: 1,
      patience: 1,
      leastInstructions: 1,
      maxEntries: 6,
      codePages: 8,
    },
  },
];

export interface Outcome {
  /** Share of the instructions that ran hot, by way. */
  readonly hot: Readonly<Record<string, number>>;
  readonly errors: number;
  readonly interrupts: number;
  /** Exceptions by class. */
  readonly classes: ReadonlyMap<number, number>;
  readonly machine: Machine;
}

export function readMemory(machine: Machine, pa: number, bytes: number): DataView {
  const to = new Uint8Array(bytes);
  machine.hardware.ram.read(pa, to);
  return new DataView(to.buffer);
}

/** What a program found wrong itself. */
export const errorsOf = (machine: Machine): number => Number(readMemory(machine, CELLS + cells.errors, 8).getBigUint64(0, true));

/** Runs it in every way; all must be alike, end, and have found nothing wrong themselves. */
export function checkProgram(bytes: Uint8Array, what: string): Outcome {
  const hot: Record<string, number> = {};
  let first: ReturnType<typeof runToEnd> | undefined;
  for (const { name, exec, tuning } of ways) {
    const run = runToEnd({ ...program(bytes), exec, tuning }, { timeoutNs: TIMEOUT_NS });
    first ??= run;
    expect({ ...visible(run.result), error: run.result.error }, `${what}, ${name}`).toEqual({
      ...visible(first.result),
      outcome: 'poweroff',
    });
    hot[name] = run.result.tiers.hot / run.result.instructions;
  }
  const { machine } = first as ReturnType<typeof runToEnd>;
  const view = readMemory(machine, CELLS, 0x400);
  const cell = (offset: number): number => Number(view.getBigUint64(offset, true));
  const classes = new Map<number, number>();
  for (let ec = 0; ec < 64; ec++) if (cell(cells.classes + ec * 8) > 0) classes.set(ec, cell(cells.classes + ec * 8));
  return { hot, errors: cell(cells.errors), interrupts: cell(cells.interrupts), classes, machine };
}
