/** Cores that run at the same time see of each other what Arm's memory model allows, and all of what it promises. */
import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import type { PlantedFault } from '../../emulator/isa/derive/memory-order.ts';
import { full } from '../support/packages.ts';
import { counters, litmusTests, maintenance, outcomesOf, runLitmus, timesSeen, type Outcome } from './support/litmus.ts';

const ROUNDS = full ? 1_000_000 : 4000;
/** On one processor nothing happens at the same time. */
const alone = availableParallelism() < 2;

/** Runs a test again, while the host is busy with other things, until an outcome is seen; answers how often it was in the last run. */
function seenAtLast(name: string, described: (o: Outcome) => boolean, rounds: number, planted?: PlantedFault): number {
  let seen = 0;
  for (let run = 0; run < 40 && seen === 0; run++) {
    seen = timesSeen(runLitmus([name], rounds, planted ? { planted } : {}).get(name) ?? '', described);
  }
  return seen;
}

describe.each(full ? (['auto', 'cold'] as const) : (['auto'] as const))('with --exec %s', (exec) => {
  // A round takes some 40 us; the cold tier has the same accesses in the same order.
  const rounds = exec === 'cold' ? ROUNDS / 10 : ROUNDS;

  test.each(Object.entries(litmusTests))('%s shows nothing that is forbidden', (name, { forbids }) => {
    const text = runLitmus([name], rounds, { exec }).get(name) ?? '';
    expect(outcomesOf(text).reduce((sum, { count }) => sum + count, 0)).toBe(rounds);
    if (forbids) expect(timesSeen(text, forbids), text).toBe(0);
  });

  test('no count of atomics is lost', () => {
    const printed = runLitmus(counters, ROUNDS * 4, { exec });
    for (const name of counters) expect(printed.get(name), name).toMatch(/^right/);
  });

  test('nothing stale is seen after TLBI and IC, and the counter never goes back', () => {
    const printed = runLitmus(maintenance, full ? 1_000_000 : 40_000, { exec });
    for (const name of maintenance) expect(printed.get(name), name).toMatch(/^right 0 of [1-9]/);
  });
});

test.skipIf(alone).each(Object.keys(litmusTests).filter((name) => litmusTests[name]?.shows))(
  '%s shows what nothing forbids',
  (name) => {
    expect(seenAtLast(name, litmusTests[name]?.shows ?? (() => false), ROUNDS)).toBeGreaterThan(0);
  },
);

describe.skipIf(alone)('a translator is caught that', () => {
  test.each<[what: string, planted: PlantedFault, test: string]>([
    ['drops barriers', 'no-barriers', 'SB+dmb'],
    ['lets LDAR overtake STLR', 'no-release-acquire', 'SB+stlr+ldar'],
  ])('%s', (_, planted, name) => {
    expect(seenAtLast(name, litmusTests[name]?.forbids ?? (() => false), 20_000, planted)).toBeGreaterThan(0);
  });

  test('stores exclusively without the compare', () => {
    let printed = '';
    for (let run = 0; run < 40 && !printed.startsWith('wrong'); run++) {
      printed = runLitmus(['ldaxr+stxr'], 400_000, { planted: 'no-compare' }).get('ldaxr+stxr') ?? '';
    }
    expect(printed).toMatch(/^wrong/);
  });
});
