import { createRandom, type Random } from '../../../emulator/base/random.ts';
import { admit, type AdmissionPlan, type AdmissionReport } from '../../../emulator/hypervisor/schedule/admission.ts';
import type { Show } from '../show.ts';
import { diligentGuest, greedyGuest, restlessGuest, type Guest } from './guest.ts';
import { chance, integer, randomPlan } from './random-sets.ts';
import { simulate, type SimulationOptions } from './simulate.ts';

/** Who else there is while some are judged: all do what they may; or some take all that they get. */
type Company = 'diligent' | 'mixed' | 'greedy';

export const admission: Show = {
  name: 'admission',
  summary: 'sets of cells that the admission test accepts never miss a deadline in simulation, and most that it refuses do',
  control: 'the scheduler gives budgets back after 9/10 of their periods',
  run({ short, control, progress }) {
    const random = createRandom(1, 'admission');
    const wanted = short ? 100 : 1000;
    const options = control ? { periodNs: (declared: number) => Math.round(declared * 0.9) } : {};
    const accepted = { sets: 0, misses: 0, broken: 0, decisions: 0 };
    const refused = { sets: 0, missing: 0 };
    const tightness: number[] = [];
    const details: string[] = [];
    while (accepted.sets < wanted) {
      const plan = randomPlan(random);
      const report = admit(plan);
      if (report.problems.some(({ code }) => code !== 'unschedulable')) continue;
      if (!report.admitted) {
        if (refused.sets >= wanted) continue;
        refused.sets++;
        if (misses(plan, report, random)) refused.missing++;
        continue;
      }
      accepted.sets++;
      if (accepted.sets % 10 === 0) progress(`${accepted.sets} of ${wanted} accepted sets, ${refused.sets} refused`);
      for (const company of ['diligent', 'mixed', 'greedy'] as const) {
        const guests = guestsOf(plan, report, random, company);
        const { misses, broken, decisions } = simulate(plan, report.promises, guests, { ...options, horizonNs: horizonOf(plan) });
        accepted.misses += misses;
        accepted.broken += broken.length;
        accepted.decisions += decisions;
        if (misses + broken.length && details.length < 5) {
          details.push(`set ${accepted.sets}, ${company}: ${[`${misses} misses`, ...broken].join('; ')}`);
        }
        if (company !== 'mixed') tightness.push(...ratios(plan, report, guests));
      }
    }
    tightness.sort((a, b) => a - b);
    return Promise.resolve({
      figures: [
        { name: 'accepted sets', value: accepted.sets, goal: { is: wanted } },
        { name: 'deadlines missed in them', value: accepted.misses, goal: { is: 0 } },
        {
          name: 'broken promises of the scheduler',
          value: accepted.broken,
          goal: { is: 0 },
          note: 'budgets, conservation of time',
        },
        { name: 'decisions simulated', value: accepted.decisions },
        { name: 'worst response simulated / analysed', value: tightness.at(-1)!, goal: { atMost: 1 }, note: 'the largest' },
        { name: '', value: tightness[Math.floor(tightness.length / 2)]!, note: 'the median' },
        { name: 'refused sets', value: refused.sets },
        {
          name: 'of them, with a deadline missed',
          value: (100 * refused.missing) / refused.sets,
          unit: '%',
          goal: { atLeast: 50 },
        },
      ],
      details,
    });
  },
};

/** Whether a cell that is refused misses with all others greedy, released together with them. */
function misses(plan: AdmissionPlan, report: AdmissionReport, random: Random): boolean {
  return report.problems.some((problem) => {
    const guests = guestsOf(plan, report, random, 'greedy', problem.cell);
    return simulate(plan, report.promises, guests, { horizonNs: horizonOf(plan) }).misses > 0;
  });
}

function horizonOf(plan: AdmissionPlan): SimulationOptions['horizonNs'] {
  return 6 * Math.max(...plan.cells.map(({ periodNs = 0 }) => periodNs));
}

/** The cells' guests. All that are diligent are judged; with others greedy, one of each core, or the one that is named. */
function guestsOf(plan: AdmissionPlan, report: AdmissionReport, random: Random, company: Company, judged?: string): Guest[] {
  const { enterNs, emulateNs, scheduleNs, returnNs } = plan.costs;
  const together = 1e6 + integer(random, 0, 100_000);
  const names = new Set(Array.from({ length: plan.cores }, (_, core) => {
    const here = report.promises.filter((promise) => promise.core === core);
    return here[integer(random, 0, here.length - 1)]!.cell;
  })); // prettier-ignore
  return plan.cells.map((cell) => {
    const promise = report.promises.find((other) => other.cell === cell.name);
    const load = plan.interrupts?.find((interrupt) => interrupt.cell === cell.name);
    const { distanceNs: periodNs = Infinity, jitterNs = 0 } = load ?? {};
    if (!promise) return chance(random, 0.5) ? greedyGuest(random, { periodNs, jitterNs, phaseNs: 0 }) : restlessGuest(random);
    const phaseNs = company === 'mixed' ? integer(random, 0, promise.periodNs) : together - jitterNs;
    const isJudged =
      company === 'greedy'
        ? judged
          ? judged === cell.name
          : names.has(cell.name)
        : company === 'diligent' || chance(random, 0.5);
    if (isJudged) {
      const { guestNs, deadlineNs } = promise;
      const trapNs = enterNs + emulateNs + scheduleNs + returnNs;
      return diligentGuest(random, { periodNs, jitterNs, phaseNs }, { guestNs, deadlineNs, trapNs });
    }
    if (company === 'mixed' && chance(random, 0.5)) return restlessGuest(random);
    return greedyGuest(random, { periodNs, jitterNs, phaseNs: phaseNs + jitterNs });
  });
}

/** Worst responses in simulation by those of the analysis. */
function ratios(plan: AdmissionPlan, report: AdmissionReport, guests: readonly Guest[]): number[] {
  return report.promises.flatMap((promise) => {
    const { worstResponseNs } = guests[plan.cells.findIndex(({ name }) => name === promise.cell)]!;
    return worstResponseNs > 0 ? [worstResponseNs / promise.response.ns] : [];
  });
}
