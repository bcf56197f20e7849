import type { CostModel } from '../config.ts';

/** What the hypervisor's work costs where somebody else's time depends on it: sums of the board's cost model, in virtual ns. */
export interface HypervisorTime {
  /** An interrupt comes for a virtual CPU that gets the core for it. */
  readonly startNs: number;
  /** A virtual CPU goes to sleep, and another or nobody gets the core. */
  readonly leaveNs: number;
  /** A turn or a budget is over, and another gets the core. */
  readonly endNs: number;
  /** An interrupt comes for a virtual CPU that does not get the core for it. */
  readonly receptionNs: number;
  /** The longest that the hypervisor works at a stretch. It cannot be interrupted. */
  readonly sectionNs: number;
  /** The most by which a cell is over its budget: the work during which it ended, and then a timer of its own that wakes it up. */
  readonly debtNs: number;
}

export function hypervisorTime(costs: CostModel): HypervisorTime {
  const { enterNs, returnNs, switchNs, injectNs, emulateNs, hypercallNs, scheduleNs } = costs;
  const endNs = enterNs + scheduleNs + switchNs + returnNs;
  const receptionNs = enterNs + injectNs + scheduleNs + returnNs;
  const sectionNs = endNs + injectNs + Math.max(emulateNs, hypercallNs);
  return {
    startNs: endNs + injectNs,
    leaveNs: endNs + emulateNs,
    endNs,
    receptionNs,
    sectionNs,
    debtNs: sectionNs + receptionNs,
  };
}
