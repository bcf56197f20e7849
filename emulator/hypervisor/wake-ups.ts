import type { CoreAccount } from './schedule/scheduler.ts';

/** What ends the sleep of a core: a virtual CPU of a cell, and why it has something to do. */
export interface WakeUp {
  readonly cell: string;
  readonly cpu: number;
  /** The source of an interrupt, such as `virtual timer` or `uart0`; or one of {@link causes}. */
  readonly cause: string;
}

export const causes = {
  start: 'its start',
  wait: 'the end of its wait',
  budget: 'its budget is back',
  timer: 'a timer',
  device: 'a device',
} as const;

/** How the board's cores sleep. */
export interface IdleReport {
  /** By core, where its time went so far. */
  readonly cores: readonly CoreAccount[];
  /** What woke cores that slept, the commonest first. */
  readonly wakeUps: readonly (WakeUp & { readonly count: number })[];
  /** What is due next, if nothing comes from outside. */
  readonly next: (WakeUp & { readonly atNs: number }) | undefined;
}

/** How often cores woke up, by owner and cause. */
export class WakeUps {
  private readonly counted = new Map<string, WakeUp & { count: number }>();

  note(wakeUp: WakeUp): void {
    const key = `${wakeUp.cell} ${wakeUp.cpu} ${wakeUp.cause}`;
    const known = this.counted.get(key);
    if (known) known.count++;
    else this.counted.set(key, { ...wakeUp, count: 1 });
  }

  list(): IdleReport['wakeUps'] {
    return [...this.counted.values()].map((each) => ({ ...each })).sort((a, b) => b.count - a.count);
  }
}
