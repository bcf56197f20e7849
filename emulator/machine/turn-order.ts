import type { Core } from './core.ts';

/** Whose turn it is, of cores that run one after another. Times are virtual ns. */
export class TurnOrder {
  private readonly cores: readonly Core[];
  private readonly wakeNs: number[];

  constructor(cores: readonly Core[]) {
    this.cores = cores;
    this.wakeNs = cores.map(() => 0);
  }

  /** Nobody was ever woken. */
  clear(): void {
    this.wakeNs.fill(0);
  }

  /** A core that was off or waited may go on, no earlier than then. */
  wake(core: Core, nowNs: number): void {
    core.waiting = 0;
    this.wakeNs[core.index] = nowNs;
  }

  /** When a core that can run would go on, in a slice that began at `timeNs`: at a cycle of its clock. */
  startOf(core: Core, timeNs: number): number {
    return core.clock.align(Math.max(core.nowNs, timeNs, this.wakeNs[core.index] as number));
  }

  /** Of the cores that can run in the slice from `timeNs` to `limitNs` the one that is furthest behind. */
  pick(timeNs: number, limitNs: number): Core | undefined {
    let best: Core | undefined;
    for (const core of this.cores) {
      if (!core.canRun || this.startOf(core, timeNs) >= limitNs) continue;
      if (!best || this.startOf(core, timeNs) < this.startOf(best, timeNs)) best = core;
    }
    return best;
  }
}
