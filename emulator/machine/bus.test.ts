import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Device } from '../devices/device.ts';
import { Bus } from './bus.ts';

function recorder(log: unknown[]): Device {
  return {
    kind: 'recorder',
    read: (offset, size) => (log.push(['read', offset, size]), 0x8000_0000 + offset),
    write: (offset, size, value) => log.push(['write', offset, size, value]),
    reset: () => {},
    save: () => ({}),
    restore: () => {},
  };
}

test('gives a device offsets, and 8 bytes as two halves', () => {
  const log: unknown[] = [];
  const bus = new Bus();
  bus.map(0x1000, 0x100, recorder(log), 'a');
  expect(bus.read(0x1010, 8)).toBe(0x8000_0014_8000_0010n);
  expect(bus.write(0x1010, 8, -2n)).toBe(true);
  expect(bus.write(0x1012, 2, 0x1_2345n)).toBe(true);
  expect(log).toEqual([
    ['read', 0x10, 4],
    ['read', 0x14, 4],
    ['write', 0x10, 4, 0xffff_fffe],
    ['write', 0x14, 4, 0xffff_ffff],
    ['write', 0x12, 2, 0x2345],
  ]);
});

test('answers nothing outside of windows and to unaligned accesses', () => {
  const bus = new Bus();
  bus.map(0x1000, 0x104, recorder([]), 'a');
  expect(bus.read(0xffc, 4)).toBeUndefined();
  expect(bus.read(0x1104, 4)).toBeUndefined();
  expect(bus.read(0x1100, 8)).toBeUndefined();
  expect(bus.read(0x1002, 4)).toBeUndefined();
  expect(bus.write(0x1001, 2, 0n)).toBe(false);
});

test('refuses windows that overlap', () => {
  const bus = new Bus();
  bus.map(0x1000, 0x100, recorder([]), 'a');
  expect(() => bus.map(0x10ff, 1, recorder([]), 'b')).toThrow('b lies over a');
  expect(() => bus.map(0xf01, 0x100, recorder([]), 'c')).toThrow('c lies over a');
});

test('finds the window of every address', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(200), { maxLength: 40 }), fc.nat(201 * 0x1000), (pages, pa) => {
      const bus = new Bus();
      for (const page of pages) bus.map(page * 0x1000, 0x800, recorder([]), String(page));
      const page = Math.floor(pa / 0x1000);
      expect(bus.find(pa)?.name).toBe(pages.includes(page) && pa % 0x1000 < 0x800 ? String(page) : undefined);
    }),
  );
});
