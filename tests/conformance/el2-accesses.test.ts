/** Every system register and instruction from EL0, EL1 and EL2 under each trap that EL2 has, against a table written from the manual. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sysregs } from '../../emulator/isa/sysregs/index.ts';
import { operations } from '../../emulator/isa/sysregs/operations.ts';
import { full, needs } from '../support/packages.ts';
import { scratchFolder } from '../support/scratch.ts';
import { describeAnswer, expected, isSame, type Answer } from './el2-accesses/answer.ts';
import { entryOf } from './el2-accesses/manual.ts';
import { unlikeManual } from './el2-accesses/qemu.ts';
import { describe as describeSetting, settings } from './el2-accesses/settings.ts';
import { answersOfOracle, ourAnswers, sweepOf, visits, type Sweep, type Visit } from './el2-accesses/sweep.ts';

const minute = 60_000;
const RANDOM = 60;
/** Of the settings, for QEMU: each so-manieth. */
const SAMPLE = 11;
const MOST_SHOWN = 20;
const folder = scratchFolder();

/** Answers that differ from the manual's, in words. */
function deviations(sweep: Sweep, answers: readonly Answer[], ignore: (visit: Visit, got: Answer) => boolean = () => false) {
  const found: string[] = [];
  let n = 0;
  let compared = 0;
  for (const visit of visits(sweep)) {
    const got = answers[n++] as Answer;
    const { probe, setting, level } = visit;
    const wanted = expected(probe, setting, level);
    if (!wanted || ignore(visit, got)) continue;
    compared++;
    if (isSame(wanted, got)) continue;
    const what = `${probe.direction} ${probe.name} at EL${level}, ${describeSetting(setting)}`;
    found.push(`${what}: ${describeAnswer(got)}, the manual says ${describeAnswer(wanted)}`);
  }
  expect(n).toBe(answers.length);
  return { found: found.slice(0, MOST_SHOWN), count: found.length, compared };
}

test('the table has each row', () => {
  for (const { name } of [...sysregs, ...operations]) expect(entryOf(name), name).toBeDefined();
});

describe.skipIf(needs('gcc-aarch64-linux-gnu'))('accesses to system registers', () => {
  test.each([
    { exec: 'cold', least: 0 },
    { exec: 'hot', least: 0.9 },
  ] as const)(
    'are trapped as the manual says, $exec',
    ({ exec, least }) => {
      const all = settings(RANDOM, full);
      // Regions are the same under all settings: of the hot tier a part of them is enough.
      const sweep = sweepOf(exec === 'cold' ? all : all.filter((_, n) => n % 4 === 0 || n > all.length - RANDOM));
      const { answers, hotShare } = ourAnswers(sweep, { exec });
      const { found, count, compared } = deviations(sweep, answers);
      expect(found).toEqual([]);
      expect(count).toBe(0);
      expect(compared).toBeGreaterThan(answers.length / 2);
      expect(hotShare).toBeGreaterThanOrEqual(least);
    },
    10 * minute,
  );

  test.skipIf(needs('qemu-system-arm'))(
    'and as qemu-system-aarch64 traps them',
    () => {
      const sweep = sweepOf(settings(0, false).filter((_, n) => n % SAMPLE === 0));
      const { found } = deviations(sweep, answersOfOracle(sweep, join(folder, 'list')), unlikeManual);
      expect(found).toEqual([]);
    },
    10 * minute,
  );
});
