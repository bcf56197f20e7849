import { describe, expect, test } from 'vitest';
import { reportOf, reportText } from './report.ts';
import { shows } from './shows.ts';
import { meets } from './show.ts';

describe.each(shows)('$name', (show) => {
  const options = { short: true, progress: () => {} };

  test.skipIf(show.missing?.())('keeps its figures', async () => {
    const report = reportOf(show, await show.run({ ...options, control: false }), { short: true, control: false });
    expect(report.ok, reportText(report)).toBe(true);
  });

  test.skipIf(show.missing?.())('misses in its control', async () => {
    const report = reportOf(show, await show.run({ ...options, control: true }), { short: true, control: true });
    expect(report.ok, reportText(report)).toBe(false);
  });
});

test('a figure that could not be measured misses its goal', () => {
  expect(meets({ name: 'jitter', value: Number.NaN, goal: { atMost: 58 } })).toBe(false);
  expect(meets({ name: 'jitter', value: 58, goal: { atMost: 58, atLeast: 0 } })).toBe(true);
  expect(meets({ name: 'missed', value: 1, goal: { is: 0 } })).toBe(false);
});

test('a report says what misses', () => {
  const figures = [
    { name: 'worst jitter', value: 61.25, unit: 'us', goal: { atMost: 58 } },
    { name: 'frames', value: 130_000, goal: { is: 130_000 } },
  ];
  const report = reportOf({ ...shows[0]!, name: 'baseband' }, { figures }, { short: false, control: false });
  expect(reportText(report)).toBe(`worst jitter  61.25 us  <= 58      MISSED
frames         130,000  = 130,000  ok

baseband: missed: worst jitter`);
});
