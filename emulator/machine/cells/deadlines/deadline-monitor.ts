import type { BudgetConfig } from '../../../hypervisor/config.ts';
import type { CoreTimes } from '../../../hypervisor/accounts.ts';
import { causeOf, type Violation } from './cause.ts';

export type { Violation };

/** How a deadline of the handset file was kept. */
export interface DeadlineStatus extends BudgetConfig {
  /** How often it was kept, and missed. */
  readonly met: number;
  readonly missed: number;
  /** The longest that it took. */
  readonly worstNs: number;
  readonly last?: Violation;
}

/** What the monitor knows of the machine. */
export interface Watched {
  /** The cell of an event's name; undefined for a device. */
  cellOf(event: string): string | undefined;
  /** The interrupt that an event's device raises in a cell; undefined where it is not that cell's. */
  intidOf(event: string, cell: string): number | undefined;
  /** As of a virtual time, of the core that runs a cell. */
  timesOf(cell: string, atNs: number): CoreTimes;
}

/** Violations that are kept with their causes; what is beyond is counted. */
const MOST_KEPT = 1000;

interface Deadline {
  readonly config: BudgetConfig;
  readonly cell: string;
  /** The only interrupt that `to` is about, if that is about one. */
  readonly intid: number | undefined;
  met: number;
  missed: number;
  worstNs: number;
  last: Violation | undefined;
  /** Begun, and not ended. */
  open: { readonly atNs: number; readonly times: CoreTimes } | undefined;
  /** What began before that does not count. */
  sinceNs: number;
}

/**
 * Watches deadlines: that each event of one name is followed by one of another within a time. It only looks: what runs, and when, is the same
 * without it. Several beginnings before an end count as one, the first; one that is overdue already when the next comes was missed.
 */
export class DeadlineMonitor {
  readonly violations: Violation[] = [];
  private readonly deadlines: readonly Deadline[];
  private readonly watched: Watched;
  private readonly begins = new Map<string, Deadline[]>();
  private readonly ends = new Map<string, Deadline[]>();

  constructor(budgets: readonly BudgetConfig[], watched: Watched) {
    this.watched = watched;
    this.deadlines = budgets.map((config) => {
      const { from, to } = config;
      const cell = watched.cellOf(to) ?? watched.cellOf(from) ?? '';
      const isInterrupt = to === `${cell}.irq` || to === `${cell}.done`;
      const intid = isInterrupt ? watched.intidOf(from, cell) : undefined;
      return { config, cell, intid, met: 0, missed: 0, worstNs: 0, last: undefined, open: undefined, sinceNs: 0 };
    });
    for (const deadline of this.deadlines) {
      append(this.begins, deadline.config.from, deadline);
      append(this.ends, deadline.config.to, deadline);
    }
  }

  /** An event at a virtual time; of which interrupt, if it is about one. */
  happened(event: string, atNs: number, intid?: number): void {
    for (const deadline of this.ends.get(event) ?? []) {
      if (deadline.open && (deadline.intid === undefined || deadline.intid === intid)) this.end(deadline, atNs);
    }
    for (const deadline of this.begins.get(event) ?? []) this.begin(deadline, atNs);
  }

  /** Whatever began in a cell before that time does not count: it was paused, or somebody ended it. */
  forget(cell: string, nowNs: number): void {
    for (const deadline of this.deadlines) {
      if (deadline.cell !== cell) continue;
      deadline.open = undefined;
      deadline.sinceNs = nowNs;
    }
  }

  /** Nothing has happened yet. */
  clear(): void {
    this.violations.length = 0;
    for (const deadline of this.deadlines) {
      Object.assign(deadline, { met: 0, missed: 0, worstNs: 0, last: undefined, open: undefined, sinceNs: 0 });
    }
  }

  /** Counts what is overdue, once nothing more will happen. */
  finish(nowNs: number): void {
    for (const deadline of this.deadlines) if (isOverdue(deadline, nowNs)) this.miss(deadline, nowNs);
  }

  status(): DeadlineStatus[] {
    return this.deadlines.map(({ config, met, missed, worstNs, last }) => ({
      ...{ ...config, met, missed, worstNs },
      ...(last ? { last } : {}),
    }));
  }

  /** How many deadlines a cell has missed. */
  missedBy(cell: string): number {
    return this.deadlines.reduce((sum, deadline) => sum + (deadline.cell === cell ? deadline.missed : 0), 0);
  }

  private begin(deadline: Deadline, atNs: number): void {
    if (atNs < deadline.sinceNs) return;
    if (isOverdue(deadline, atNs)) this.miss(deadline, atNs);
    deadline.open ??= { atNs, times: this.watched.timesOf(deadline.cell, atNs) };
  }

  private end(deadline: Deadline, nowNs: number): void {
    const { open, config } = deadline;
    const tookNs = nowNs - open!.atNs;
    deadline.worstNs = Math.max(deadline.worstNs, tookNs);
    if (tookNs > config.maxNs) return this.miss(deadline, nowNs, tookNs);
    deadline.met++;
    deadline.open = undefined;
  }

  private miss(deadline: Deadline, nowNs: number, tookNs?: number): void {
    const { cell } = deadline;
    const { atNs, times } = deadline.open!;
    const cause = causeOf(times, this.watched.timesOf(cell, nowNs), cell);
    deadline.last = { ...deadline.config, cell, atNs, ...(tookNs === undefined ? {} : { tookNs }), cause };
    deadline.worstNs = Math.max(deadline.worstNs, nowNs - atNs);
    deadline.missed++;
    deadline.open = undefined;
    if (this.violations.length < MOST_KEPT) this.violations.push(deadline.last);
  }
}

const isOverdue = ({ open, config }: Deadline, nowNs: number): boolean => open !== undefined && nowNs - open.atNs > config.maxNs;

function append(map: Map<string, Deadline[]>, name: string, deadline: Deadline): void {
  const list = map.get(name);
  if (list) list.push(deadline);
  else map.set(name, [deadline]);
}
