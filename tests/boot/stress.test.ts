/** Hot code whose ground moves: programs that change code, mappings, levels and debug registers while they run, alike in every tier. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { full } from '../support/packages.ts';
import { checkProgram, readMemory } from './support/stress/check.ts';
import { exceptionClasses as ec } from './support/stress/handlers.ts';
import { SEEN } from './support/stress/layout.ts';
import { type EpisodeName, episodeNames, stressProgram } from './support/stress/program.ts';
import { sweepProgram } from './support/stress/sweep.ts';

const hour = 3_600_000;
/** Programs of each kind, and of any mixture. */
const EACH = full ? 10 : 2;
const MIXED = full ? 100 : 12;

/** Exceptions without which a kind of program would test nothing. */
const needed: Partial<Record<EpisodeName, readonly number[]>> = {
  fetchFaults: [ec.fetch],
  raiseEverywhere: [ec.undefined, ec.svc, ec.data, ec.brk],
  dataFaults: [ec.data],
  user: [ec.svc],
  breakpoints: [ec.breakpoint],
  watchpoints: [ec.watchpoint],
  singleStep: [ec.step],
};

describe('programs of one kind', () => {
  test.each(episodeNames)(
    '%s',
    (name) => {
      const seen = new Set<number>();
      let hottest = 0;
      let interrupts = 0;
      for (let seed = 1; seed <= EACH; seed++) {
        const outcome = checkProgram(stressProgram(seed, [name]).bytes, `seed ${seed}, ${name}`);
        expect(outcome.errors, `seed ${seed}, ${name}`).toBe(0);
        for (const one of outcome.classes.keys()) seen.add(one);
        hottest = Math.max(hottest, outcome.hot['hot, in wide regions'] as number);
        interrupts += outcome.interrupts;
      }
      expect([...seen]).toEqual(expect.arrayContaining([...(needed[name] ?? [])]));
      expect(hottest).toBeGreaterThan(0.7);
      expect(interrupts).toBeGreaterThan(0);
    },
    hour,
  );
});

/** Seeds that found something once. */
const found = [613_798_604];

/** `node tests/boot/stress-run.ts --seed N` runs one of them again. */
test(
  'mixed programs',
  () => {
    const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(seeds, (seed) => {
        const { bytes, names } = stressProgram(seed);
        expect(checkProgram(bytes, `seed ${seed}, ${names.join()}`).errors).toBe(0);
      }),
      // Shrinking a seed would lead to another program.
      { numRuns: MIXED, endOnFailure: true, examples: found.map((seed) => [seed]), ...(full ? {} : { seed: 1 }) },
    );
  },
  hour,
);

describe('an interrupt at each point of a loop', () => {
  test.each(Array.from({ length: full ? 6 : 2 }, (_, n) => n + 1))('seed %i', (seed) => {
    const { bytes, base, points } = sweepProgram(seed);
    const outcome = checkProgram(bytes, `sweep ${seed}`);
    const marks = readMemory(outcome.machine, SEEN, 1024);
    const marked = points.filter((point) => marks.getUint8((point - base) / 4) !== 0);
    expect(marked).toEqual(points);
    expect(outcome.interrupts).toBeGreaterThan(500);
    expect(outcome.hot['hot, in wide regions']).toBeGreaterThan(0.8);
  });
});
