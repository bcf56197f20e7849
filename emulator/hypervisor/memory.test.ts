import { expect, test } from 'vitest';
import { CellMemory } from './memory.ts';

const pieces = [
  { ipa: 0x4000_0000, pa: 0x5000_0000, size: 0x2000, writable: true, executable: true },
  { ipa: 0x0d01_0000, pa: 0x6000_0000, size: 0x1000, writable: false, executable: false },
];

/** Memory of a cell, and what of the board's was reached. */
function create() {
  const reached: string[] = [];
  const ram = {
    read: (pa: number, into: Uint8Array) => reached.push(`read ${pa.toString(16)} ${into.length}`) > 0,
    write: (pa: number, from: Uint8Array) => reached.push(`write ${pa.toString(16)} ${from.length}`) > 0,
  };
  return { memory: new CellMemory(ram, pieces), reached };
}

test('a device reaches what its cell has, and may do what its cell may', () => {
  const { memory, reached } = create();
  const bytes = new Uint8Array(16);
  expect([memory.read(0x4000_0010, bytes), memory.write(0x4000_1ff0, bytes), memory.read(0x0d01_0ff0, bytes)]).toEqual([
    true,
    true,
    true,
  ]);
  expect(memory.write(0x0d01_0000, bytes)).toBe(false);
  expect(reached).toEqual(['read 50000010 16', 'write 50001ff0 16', 'read 60000ff0 16']);
});

test('it reaches nothing else: not across an end, not by the addresses of the board, not by numbers that wrap around', () => {
  const { memory, reached } = create();
  const bytes = new Uint8Array(16);
  const outside = [0x3fff_fff8, 0x4000_1ff8, 0x4000_2000, 0x5000_0000, 0x6000_0000, 0x0d00_fff8, 0x0d01_0ff8];
  for (const ipa of [...outside, -16, 2 ** 64 - 8, 2 ** 53, Number.NaN, Infinity]) {
    expect([memory.read(ipa, bytes), memory.write(ipa, bytes)], String(ipa)).toEqual([false, false]);
  }
  expect(reached).toEqual([]);
});
