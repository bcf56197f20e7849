/** Who had a core between two moments. */
import type { CoreTimes } from '../../../hypervisor/accounts.ts';

/** Where the time went, the longest first; `who` is a cell, `hypervisor` (on nobody's account) or `nobody`. */
export interface Cause {
  readonly parts: readonly { readonly who: string; readonly runNs: number; readonly overheadNs: number }[];
  /** For how long the cell that was to answer had no budget. */
  readonly throttledNs: number;
}

export const HYPERVISOR = 'hypervisor';
export const NOBODY = 'nobody';

const us = (ns: number): string => `${(ns / 1000).toFixed(1)}us`;

/** A deadline that was missed. */
export interface Violation {
  readonly from: string;
  readonly to: string;
  readonly maxNs: number;
  /** The cell in which it ends or, where that is no cell, begins. */
  readonly cell: string;
  /** When it began. */
  readonly atNs: number;
  /** Until it ended; absent where it did not before it began anew, or the run was over. */
  readonly tookNs?: number;
  /** Who had the core of that cell meanwhile. */
  readonly cause: Cause;
}

/** `radio.frame-irq to modem.frame-task took 73.2us (max 58.0us) at 1.234567 s: linux had the core for 52.0us, modem 21.2us`. */
export function violationText({ from, to, maxNs, cell, atNs, tookNs, cause }: Violation): string {
  const took = tookNs === undefined ? 'did not come' : `took ${us(tookNs)}`;
  return `${from} to ${to} ${took} (max ${us(maxNs)}) at ${(atNs / 1e9).toFixed(6)} s: ${causeText(cause, cell)}`;
}

export function causeOf(before: CoreTimes, after: CoreTimes, cell: string): Cause {
  const then = new Map(before.cells.map((times) => [times.cell, times]));
  const grown = after.cells.map((now) => {
    const { runNs, overheadNs, throttledNs } = then.get(now.cell) ?? { runNs: 0, overheadNs: 0, throttledNs: 0 };
    const part = { who: now.cell, runNs: now.runNs - runNs, overheadNs: now.overheadNs - overheadNs };
    return { part, throttledNs: now.throttledNs - throttledNs };
  });
  const others = [
    { who: HYPERVISOR, runNs: 0, overheadNs: after.hypervisorNs - before.hypervisorNs },
    { who: NOBODY, runNs: after.idleNs - before.idleNs, overheadNs: 0 },
  ];
  const parts = [...grown.map(({ part }) => part), ...others]
    .filter(({ runNs, overheadNs }) => runNs + overheadNs > 0)
    .sort((a, b) => b.runNs + b.overheadNs - (a.runNs + a.overheadNs));
  return { parts, throttledNs: grown.find(({ part }) => part.who === cell)?.throttledNs ?? 0 };
}

/** What is shorter is not told. */
const LEAST_NS = 50;

/** `linux had the core for 52.0us, modem 18.1us`: what took longest first. */
export function causeText({ parts, throttledNs }: Cause, cell: string): string {
  const budget = throttledNs >= LEAST_NS ? [`${cell} had no budget for ${us(throttledNs)}`] : [];
  const [first, ...rest] = parts.filter(({ runNs, overheadNs }) => runNs + overheadNs >= LEAST_NS);
  if (!first) return budget.join('');
  const { who, runNs, overheadNs } = first;
  const whose = who === cell ? `${cell} itself` : who === HYPERVISOR ? 'the hypervisor' : who;
  const within = runNs >= LEAST_NS && overheadNs >= LEAST_NS ? ` (${us(overheadNs)} of it in the hypervisor)` : '';
  const others = rest.map((part) => `${part.who} ${us(part.runNs + part.overheadNs)}`);
  return [...budget, `${whose} had the core for ${us(runNs + overheadNs)}${within}`, ...others].join(', ');
}
