import type { Random } from '../../../emulator/base/random.ts';
import type { AdmissionPlan, PlannedCell, PlannedInterrupt } from '../../../emulator/hypervisor/schedule/admission.ts';

const us = 1000;

/** Cells as a phone might have them, and others: loads from light to full, on one core or two. */
export function randomPlan(random: Random): AdmissionPlan {
  const cores = chance(random, 0.3) ? 2 : 1;
  const cells: PlannedCell[] = [];
  const interrupts: PlannedInterrupt[] = [];
  for (let core = 0; core < cores; core++) {
    const count = integer(random, 1, 6);
    const loads = split(random, count, uniform(random, 0.3, 1));
    for (const [number, load] of loads.entries()) {
      const periodNs = us * Math.round(500 * 100 ** uniform(random, 0, 1));
      const name = `cell${core}${number}`;
      const budgetNs = us * Math.max(40, Math.round((load * periodNs) / us));
      // Mostly the more urgent the shorter the period; equal ones happen.
      const urgency = chance(random, 0.8) ? Math.round(200 - 40 * Math.log10(periodNs / us)) : integer(random, 1, 250);
      cells.push({
        ...{ name, path: `cells.${name}.schedule`, cores: [core], priority: urgency, periodNs, budgetNs },
        deadlineNs: chance(random, 0.7) ? periodNs : us * Math.round((periodNs * uniform(random, 0.5, 1)) / us),
        jitterNs: chance(random, 0.6) ? 0 : us * Math.round((periodNs * uniform(random, 0, 0.1)) / us),
      });
      interrupts.push({ name, cell: name, core, distanceNs: periodNs, jitterNs: cells.at(-1)!.jitterNs });
    }
    const linux = `linux${core}`;
    cells.push({ name: linux, path: `cells.${linux}.schedule`, cores: [core], priority: 0 });
    if (chance(random, 0.5)) interrupts.push({ name: linux, cell: linux, core, distanceNs: us * integer(random, 100, 2000) });
  }
  // Costs of a processor of 200 MHz to 2 GHz, in cycles as boards have them.
  const cycleNs = uniform(random, 0.5, 5);
  const ns = (cycles: number) => Math.ceil(cycles * cycleNs);
  const costs = {
    ...{ enterNs: ns(150), returnNs: ns(180), switchNs: ns(5400), injectNs: ns(180) },
    ...{ emulateNs: ns(1000), hypercallNs: ns(40), scheduleNs: ns(220), clearNsPerMiB: 0 },
  };
  return { cores, cells, costs, interrupts };
}

export function uniform(random: Random, from: number, to: number): number {
  return from + ((to - from) * random.next()) / 2 ** 32;
}
export function integer(random: Random, from: number, to: number): number {
  return from + (random.next() % (to - from + 1));
}
export function chance(random: Random, probability: number): boolean {
  return uniform(random, 0, 1) < probability;
}

/** UUniFast: E. Bini and G. Buttazzo, "Measuring the Performance of Schedulability Tests", 2005: every split of the load is as likely. */
function split(random: Random, count: number, load: number): number[] {
  const parts: number[] = [];
  let rest = load;
  for (let n = count - 1; n > 0; n--) {
    const next = rest * uniform(random, 0, 1) ** (1 / n);
    parts.push(rest - next);
    rest = next;
  }
  return [...parts, rest];
}
