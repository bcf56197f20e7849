import { afterEach, describe, expect, test } from 'vitest';
import { rows } from '../../emulator/isa/a64/index.ts';
import type { Row } from '../../emulator/isa/derive/insn.ts';
import { full, needs } from '../support/packages.ts';
import { excludesAll } from './support/exclusions.ts';
import { report, runPrograms, runRows } from './support/runner.ts';
import { sweep } from './support/sweep.ts';

const SEED = Number(process.env['CONFORMANCE_SEED'] ?? 1);
/** Cases of each row. */
const CASES = full ? 300 : 10;
/** Programs of up to four words. */
const PROGRAMS = full ? 100_000 : 2000;
/** Of both, those that also run in the hot tier: each is a module of its own there. */
const HOT_CASES = full ? 30 : 2;
const HOT_PROGRAMS = full ? 10_000 : 500;
/** Random words at each level and in each tier. */
const WORDS = full ? 1_000_000 : 25_000;
/** Rows that go to QEMU together. */
const GROUP = 60;
const SHOWN = 5;
const minute = 60_000;

const noOracle = needs('qemu-user', 'gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross');
const comparable = rows.filter((row) => !excludesAll(row));
const groups = Array.from({ length: Math.ceil(comparable.length / GROUP) }, (_, i) =>
  comparable.slice(i * GROUP, (i + 1) * GROUP),
);

describe.skipIf(noOracle)('instructions do what qemu-aarch64 does', () => {
  test.each(groups.map((group) => [`${group[0]?.name} to ${group.at(-1)?.name}`, group] as const))(
    '%s',
    (_, group) => {
      const { failures, perRow } = runRows(group, { seed: SEED, count: CASES });
      expect(failures.slice(0, SHOWN).map((failure) => report(failure))).toEqual([]);
      for (const row of group) expect(perRow.get(row), `cases of ${row.name}`).toBe(CASES);
    },
    20 * minute,
  );

  test(
    'several in a row',
    () => {
      const { failures } = runPrograms(comparable, { seed: SEED, count: PROGRAMS });
      expect(failures.slice(0, SHOWN).map((failure) => report(failure))).toEqual([]);
    },
    20 * minute,
  );

  test.each(['hot', 'auto'] as const)(
    'compiled by the hot tier: %s',
    (tier) => {
      const tiers = [tier];
      const ofRows = runRows(comparable, { seed: SEED, count: HOT_CASES, tiers });
      const ofPrograms = runPrograms(comparable, { seed: SEED + 1, count: HOT_PROGRAMS, tiers });
      const failures = [...ofRows.failures, ...ofPrograms.failures];
      expect(failures.slice(0, SHOWN).map((failure) => report(failure, tiers))).toEqual([]);
      // In `auto` code becomes hot at branches backward that run often enough.
      const least = tier === 'hot' ? 0.99 : 0.95;
      for (const { hotShare } of [ofRows, ofPrograms]) expect(hotShare[tier]).toBeGreaterThan(least);
    },
    20 * minute,
  );

  describe('a broken row', () => {
    const row = rows.find(({ name }) => name === 'ADC_SBC') as { -readonly [Key in keyof Row]: Row[Key] };
    const { semantics } = row;
    afterEach(() => {
      row.semantics = semantics;
    });

    test('is found, reduced and shown with its seed', () => {
      // ADC without the carry.
      row.semantics = (b, f) => {
        const [sf, op] = [f['sf'] as number, f['op'] as number];
        const [n, m] = [b.gpr(f['Rn'] as never, sf), b.gpr(f['Rm'] as never, sf)];
        b.setGpr(f['Rd'] as never, b.addWithCarry(sf, n, op ? b.not(m) : m, op ? 1 : 0, f['S'] === 1));
      };
      const { failures } = runRows([row], { seed: SEED, count: 20 });
      expect(failures.length).toBeGreaterThan(3);
      const text = report(failures[0] as (typeof failures)[0]);
      expect(text).toMatch(new RegExp(`^ADC_SBC: seed ${SEED}, case \\d+\\n  [0-9a-f]{8}  (adc|sbc|ngc)`));
      // What matters is the carry (and the PC, which can't be zero), at most a few registers.
      expect(/with (.*), all else zero/.exec(text)?.[1]?.split(' ').length).toBeLessThanOrEqual(4);
      expect(text).toMatch(/ours 0x[0-9a-f]+, oracle 0x[0-9a-f]+/);
    });
  });
});

describe('random words raise no exception of our own', () => {
  test.each([
    [0, 'loop'],
    [0, 'functions'],
    [1, 'loop'],
    [1, 'functions'],
  ] as const)('at EL%d, %s', (level, tier) => sweep(WORDS, SEED, level, tier), 20 * minute);
});
