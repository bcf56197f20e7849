/** A handset file with cells, run in this thread: what its consoles say, what is typed there, and where time went. */
import { join } from 'node:path';
import { checkHandset, readHandsetText, requirePlan } from '../../../main/services/handset/index.ts';
import { loadPlan } from '../../../main/services/machines/load.ts';
import type { MachinePlan } from '../../../main/services/machines/plan.ts';
import type { Machine } from '../../../emulator/machine/machine.ts';
import type { CellResult } from '../../../emulator/machine/types.ts';
import { root } from '../../../resources/build/targets.ts';
import { testMachine } from '../../support/machine.ts';

/** What one of `resources/handsets` describes; `edit` may change its text before. */
export function handsetPlan(name: string, edit: (text: string) => string = (text) => text): MachinePlan {
  const file = join(root, 'resources/handsets', name);
  return requirePlan(checkHandset(edit(readHandsetText(file)), file));
}

export class HandsetRun {
  readonly machine: Machine;
  private readonly names: readonly string[];
  private readonly texts = new Map<string, string>();

  constructor(plan: MachinePlan) {
    this.names = plan.cells!.cells.map(({ name }) => name);
    this.machine = testMachine({
      config: loadPlan(plan).config,
      onConsole: (bytes, stream) => {
        const name = this.names[stream]!;
        this.texts.set(name, this.console(name) + Buffer.from(bytes).toString('latin1').replaceAll('\r', ''));
      },
    }).machine;
  }

  /** What a cell has written so far. */
  console(cell: string): string {
    return this.texts.get(cell) ?? '';
  }

  type(cell: string, text: string): void {
    this.machine.type(Buffer.from(text), this.names.indexOf(cell));
  }

  /** Runs for so much virtual time, or until it is over, or until `isDone` says so; answers whether that happened. */
  async run(ns: number, isDone: () => boolean = () => false): Promise<boolean> {
    const untilNs = this.machine.nowNs + ns;
    while (!isDone()) {
      const state = this.machine.runFor(20, { untilNs });
      // Threads that translate have their turn.
      await new Promise((resolve) => setImmediate(resolve));
      if (state !== 'busy') return isDone();
    }
    return true;
  }

  /** Runs until a cell has written what is awaited, from a place in its text on. */
  wait(cell: string, pattern: RegExp, ns: number, from = 0): Promise<boolean> {
    return this.run(ns, () => pattern.test(this.console(cell).slice(from)));
  }

  /** Where a cell's time went so far. */
  account(cell: string): CellResult {
    return this.machine.hardware.hosted!.hypervisor.results().find(({ name }) => name === cell)!;
  }
}
