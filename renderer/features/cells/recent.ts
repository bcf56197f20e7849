import type { CellStatus } from '../../../main/contract/index.ts';

/** Virtual time over which shares are taken. */
const WINDOW_NS = 1e9;

/** What cells have done by a virtual time. */
export interface Sample {
  readonly virtualNs: number;
  readonly cells: readonly Pick<CellStatus, 'name' | 'runNs' | 'overheadNs'>[];
}

/** How much of the machine's cores, and of its budget, a cell has had lately: 0 to 1. */
export interface Shares {
  readonly cpu: number;
  readonly budget: number | undefined;
}

/** The last second of a run; what is older is dropped. */
export class RecentSamples {
  #samples: Sample[] = [];

  add(sample: Sample): void {
    const last = this.#samples.at(-1);
    // Another run.
    if (last && sample.virtualNs < last.virtualNs) this.#samples = [];
    else if (last && sample.virtualNs === last.virtualNs) this.#samples.pop();
    this.#samples.push(sample);
    // One that is old enough stays, so that there is a whole second.
    while (this.#samples.length > 2 && this.#samples[1]!.virtualNs <= sample.virtualNs - WINDOW_NS) this.#samples.shift();
  }

  clear(): void {
    this.#samples = [];
  }

  sharesOf({ name, budget }: Pick<CellStatus, 'name' | 'budget'>, cores: number): Shares {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    // Before there are two, the time since the start counts.
    const from = first === last ? undefined : first;
    const ns = (last?.virtualNs ?? 0) - (from?.virtualNs ?? 0);
    const busy = busyOf(last, name) - busyOf(from, name);
    if (ns <= 0) return { cpu: 0, budget: budget && 0 };
    return { cpu: busy / ns / cores, budget: budget && busy / ((ns / budget.periodNs) * budget.budgetNs) };
  }
}

function busyOf(sample: Sample | undefined, name: string): number {
  const cell = sample?.cells.find((each) => each.name === name);
  return cell ? cell.runNs + cell.overheadNs : 0;
}
