import { expect, test } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatMips, formatShare, formatVirtualTime } from './format.ts';

test.each([
  [0, '0:00.000'],
  [7_250_999_999, '0:07.250'],
  [61e9, '1:01.000'],
  [3_723_004e6, '1:02:03.004'],
])('virtual time %d ns', (ns, text) => expect(formatVirtualTime(ns)).toBe(text));

test.each([
  [0, '0'],
  [999, '999'],
  [1_250_000, '1.25 M'],
  [45_600_000_000, '45.6 G'],
])('count %d', (count, text) => expect(formatCount(count)).toBe(text));

test.each([
  [0, '0 ns'],
  [100, '100 ns'],
  [58_000, '58 µs'],
  [600_000, '600 µs'],
  [1_250_000, '1.25 ms'],
  [4_600_000, '4.6 ms'],
])('duration %d ns', (ns, text) => expect(formatDuration(ns)).toBe(text));

test('shares have one digit', () => expect([0, 0.4567, 1].map(formatShare)).toEqual(['0.0 %', '45.7 %', '100.0 %']));

test('bytes and speed', () => {
  expect(formatBytes(512)).toBe('512 B');
  expect(formatBytes(38_168_167)).toBe('36.4 MiB');
  expect(formatMips(7.25)).toBe('7.3');
  expect(formatMips(312.4)).toBe('312');
});
