import { describe, expect, test } from 'vitest';
import { admissionText } from './admission-text.ts';
import { admit, type AdmissionPlan, type PlannedCell } from './admission.ts';

const free = { enterNs: 0, returnNs: 0, switchNs: 0, injectNs: 0, emulateNs: 0, hypercallNs: 0, scheduleNs: 0, clearNsPerMiB: 0 };
const costs = {
  enterNs: 200,
  returnNs: 200,
  switchNs: 1000,
  injectNs: 100,
  emulateNs: 300,
  hypercallNs: 500,
  scheduleNs: 100,
  clearNsPerMiB: 0,
};
const us = 1000;

function cell(
  name: string,
  priority: number,
  budgetUs?: number,
  periodUs?: number,
  rest: Partial<PlannedCell> = {},
): PlannedCell {
  const times = budgetUs === undefined ? {} : { budgetNs: budgetUs * us, periodNs: periodUs! * us };
  return { name, path: `cells.${name}.schedule`, cores: [0], priority, ...times, ...rest };
}
function plan(cells: PlannedCell[], rest: Partial<AdmissionPlan> = {}): AdmissionPlan {
  return { cores: 1, cells, costs: free, ...rest };
}

describe('the admission test', () => {
  test('finds the response times of the textbook', () => {
    // Three tasks that use 3 of 7, 3 of 12 and 5 of 20: A. Burns and A. Wellings, "Real-Time Systems and Programming Languages", 11.5.
    const report = admit(plan([cell('a', 3, 3, 7), cell('b', 2, 3, 12), cell('c', 1, 5, 20)]));
    expect(report.promises.map(({ cell, response }) => [cell, response.ns])).toEqual([['a', 3000], ['b', 6000], ['c', 20_000]]); // prettier-ignore
    expect(report.admitted).toBe(true);
    expect(report.promises[2]!.response.terms).toEqual([
      { name: 'its budget', ns: 5000, count: 1 },
      { name: 'a', ns: 9000, count: 3 },
      { name: 'b', ns: 6000, count: 2 },
    ]);
  });

  test('refuses with the cell, what it waits for, and a budget that would hold', () => {
    const report = admit(plan([cell('a', 3, 3, 7), cell('b', 2, 3, 12), cell('c', 1, 6, 20)]));
    expect(report.problems).toEqual([
      {
        code: 'unschedulable',
        cell: 'c',
        path: 'cells.c.schedule',
        message:
          'c on core 0 gets its 6us after 21us at worst (9us a (3 times) + 6us its budget + 6us b (2 times)); its deadline is 20us',
        hint: 'a budget of 5us would hold; else raise its priority, or shorten the budgets of those above it',
      },
    ]);
  });

  test('counts release jitter, the hypervisor and interrupts of others', () => {
    const interrupts = [
      { name: 'net', cell: 'linux', core: 0, distanceNs: 50 * us },
      { name: 'radio', cell: 'modem', core: 0, distanceNs: 50 * us },
      { name: 'disk', cell: 'linux', core: 1, distanceNs: 5 * us },
    ];
    const modem = cell('modem', 9, 70, 1000, { jitterNs: 30 * us });
    const [promise] = admit(plan([modem, cell('linux', 1)], { costs, interrupts, cores: 2 })).promises;
    // 2.1 us for a section (200 + 100 + 1000 + 200 + 100 + 500), 0.6 us for each reception; noticed after jitter, a section and two injections.
    expect(promise!.response.terms).toEqual([
      { name: 'its budget', ns: 70_000, count: 1 },
      { name: 'the hypervisor at work for others', ns: 2100, count: 1 },
      { name: 'interrupts of net', ns: 1200, count: 2 },
      { name: 'noticed late', ns: 32_300, count: 1 },
    ]);
    expect(promise!.response.ns).toBe(105_600);
    expect(promise!.guestNs).toBe(70_000 - 1600 - 1800);
    expect(promise!.start.ns).toBe(1600 + 2100 + 600 + 32_300);
  });

  test('what waits for a less urgent cell to hear it comes once, what does not again and again', () => {
    const bell = { name: 'the doorbell of voice', cell: 'linux', core: 0, distanceNs: 20 * us, waitsForCell: true };
    const terms = (linux: PlannedCell) =>
      admit(plan([cell('modem', 9, 70, 1000), linux], { costs, interrupts: [bell] }))
        .promises.find((promise) => promise.cell === 'modem')!
        .response.terms.find(({ name }) => name === 'interrupts of the doorbell of voice');
    expect(terms(cell('linux', 1))).toMatchObject({ ns: 600, count: 1 });
    // It takes what is rung on its other core meanwhile, or before the modem has its turn.
    expect(terms(cell('linux', 1, undefined, undefined, { cores: [0, 1] }))).toMatchObject({ ns: 2400, count: 4 });
    expect(terms(cell('linux', 10, 10, 1000))).toMatchObject({ ns: 3000, count: 5 });
  });

  test('cores are apart', () => {
    const busy = cell('busy', 9, 9, 10, { cores: [1] });
    expect(admit(plan([busy, cell('modem', 1, 9, 10)], { cores: 2 })).admitted).toBe(true);
    expect(admit(plan([busy, cell('modem', 1, 9, 10, { cores: [0, 1] })], { cores: 2 })).problems).toMatchObject([
      { code: 'unschedulable', cell: 'modem', hint: expect.stringContaining('a budget of 1us would hold') },
    ]);
  });

  test.each([
    ['unbounded', [cell('modem', 5, 1, 10), cell('linux', 5)], 'linux (priority 5) has no budget'],
    ['budget-over-period', [cell('modem', 5, 11, 10)], '11us of every 10us'],
    ['deadline-over-period', [cell('modem', 5, 1, 10, { deadlineNs: 11 * us })], 'beyond its period'],
  ] as const)('%s', (code, cells, text) => {
    expect(admit(plan([...cells])).problems).toMatchObject([{ code, cell: 'modem', message: expect.stringContaining(text) }]);
  });

  test('a budget that the hypervisor eats up', () => {
    expect(admit(plan([cell('modem', 5, 3, 100)], { costs })).problems).toMatchObject([{ code: 'budget-too-small' }]);
  });

  test('a start that is too late, at the key of the limit', () => {
    const latencies = [{ cell: 'modem', path: 'budgets.0', maxNs: 10 * us }];
    expect(admit(plan([cell('modem', 5, 5, 100), cell('pin', 6, 10, 100)], { costs, latencies })).problems).toMatchObject([
      { code: 'late-start', path: 'budgets.0', message: expect.stringContaining('pin') },
    ]);
    expect(admit(plan([cell('modem', 7, 5, 100), cell('pin', 6, 10, 100)], { costs, latencies })).admitted).toBe(true);
  });

  test('in the background budgets only limit', () => {
    const report = admit(plan([cell('linux', 0, 50, 100), cell('work', 0)]));
    expect(report).toMatchObject({ admitted: true, promises: [] });
  });

  test('as text', () => {
    const cells = [cell('modem', 200, 700, 4615), cell('pin', 100, 2000, 20_000), cell('linux', 10)];
    const interrupts = [{ name: 'net', cell: 'linux', core: 0, distanceNs: 100 * us }];
    expect('\n' + admissionText(admit(plan(cells, { costs, interrupts })))).toBe(`
cell   core  priority   period  budget     guest  deadline     worst    start
modem     0       200   4615us   700us   696.6us    4615us   709.1us    6.5us
pin       0       100  20000us  2000us  1996.6us   20000us  2723.8us  713.4us
core 0: 25.2 % promised, interrupts take up to 0.6 %, 74.2 % left for the others`);
  });
});
