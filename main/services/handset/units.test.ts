import { expect, test } from 'vitest';
import { formatSize, parseDate, parseDuration, parseNumber, parseSize } from './units.ts';

test.each([
  ['192M', 192 * 2 ** 20],
  ['64K', 65536],
  ['1GiB', 2 ** 30],
  ['1.5k', 1536],
  ['10B', 10],
  ['4096', 4096],
  ['0.3K', undefined],
  ['M', undefined],
  ['-1M', undefined],
  ['1X', undefined],
  ['99999999T', undefined],
])('size %s', (text, bytes) => expect(parseSize(text)).toBe(bytes));

test('a bare number counts the unit that is asked for', () => expect(parseSize('512', 2 ** 20)).toBe(512 * 2 ** 20));

test.each([
  ['10s', 10e9],
  ['500ms', 500e6],
  ['4615us', 4615e3],
  ['1.5m', 90e9],
  ['10', undefined],
  ['s', undefined],
  ['-1s', undefined],
])('duration %s', (text, ns) => expect(parseDuration(text)).toBe(ns));

test.each([
  ['0x40200000', 0x40200000],
  ['12', 12],
  ['-1', undefined],
  ['0x', undefined],
  ['1e3', undefined],
])('number %s', (text, value) => expect(parseNumber(text)).toBe(value));

test.each([
  ['2026-01-01', 1767225600],
  ['2026-01-01T00:00:01', 1767225601],
  ['2026-01-01T01:00:00+01:00', 1767225600],
  ['1767225600', 1767225600],
  ['now', 7],
  ['2026-13-01', undefined],
  ['tomorrow', undefined],
])('date %s', (text, seconds) => expect(parseDate(text, () => 7999)).toBe(seconds));

test('a size is written with the largest unit that divides it', () => {
  expect([512 * 2 ** 20, 1536 * 1024, 2 ** 30, 1000].map(formatSize)).toEqual(['512M', '1536K', '1G', '1000 bytes']);
});
