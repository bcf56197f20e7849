import { expect, test } from 'vitest';
import { createCfiFlash } from './cfi-flash.ts';

const MiB = 0x10_0000;
const SECTOR = 0x4_0000;
const [READ_ARRAY, PROGRAM, ERASE, STATUS, ID, QUERY, BUFFER, CONFIRM, CLEAR_STATUS] = [
  0xff, 0x40, 0x20, 0x70, 0x90, 0x98, 0xe8, 0xd0, 0x50,
];
/** To both chips. */
const both = (value: number) => value | (value << 16);
const READY = 0x0080_0080;

function create(readOnly = false) {
  const bytes = new Uint8Array(64 * MiB);
  const modes: boolean[] = [];
  const changes: number[][] = [];
  const onChange = (...range: number[]) => changes.push(range);
  const flash = createCfiFlash({ bytes, readOnly, onArrayMode: (isArray) => modes.push(isArray), onChange });
  const command = (offset: number, ...values: number[]) => values.forEach((value) => flash.write(offset, 4, both(value) >>> 0));
  return { flash, bytes, modes, changes, command };
}

test('is memory until a command comes, and again when told', () => {
  const { flash, bytes, modes, command } = create();
  bytes.set([1, 2, 3, 4], 8);
  expect(flash.read(8, 4)).toBe(0x0403_0201);
  command(0, STATUS);
  expect(flash.read(8, 4)).toBe(READY);
  command(0, READ_ARRAY);
  expect(flash.read(10, 2)).toBe(0x0403);
  expect(modes).toEqual([false, true]);
});

test('says who it is', () => {
  const { flash, command } = create();
  command(0, ID);
  expect([flash.read(0, 4), flash.read(4, 4)]).toEqual([both(0x89), both(0x18)]);
  command(0, READ_ARRAY);
  command(0x55 * 4, QUERY);
  const query = (word: number) => flash.read(word * 4, 4) & 0xff;
  expect(String.fromCharCode(query(0x10), query(0x11), query(0x12))).toBe('QRY');
  expect(2 * 2 ** query(0x27)).toBe(64 * MiB);
  const regions = query(0x2d) + (query(0x2e) << 8) + 1;
  const sector = (query(0x2f) << 8) + (query(0x30) << 16);
  expect([regions, 2 * sector]).toEqual([256, SECTOR]);
});

test('erases a sector', () => {
  const { flash, bytes, changes, command } = create();
  command(SECTOR + 0x1000, ERASE, CONFIRM);
  expect(flash.read(0, 4)).toBe(READY);
  expect([bytes[SECTOR - 1], bytes[SECTOR], bytes[2 * SECTOR - 1], bytes[2 * SECTOR]]).toEqual([0, 0xff, 0xff, 0]);
  expect(changes).toEqual([[SECTOR, SECTOR]]);
});

test('an erase that is not confirmed does nothing', () => {
  const { bytes, modes, command } = create();
  command(0, ERASE, READ_ARRAY);
  expect([bytes[0], modes.at(-1)]).toEqual([0, true]);
});

test('programs a word, and many through the buffer', () => {
  const { flash, bytes, command } = create();
  command(0, PROGRAM);
  flash.write(0x100, 4, 0x1122_3344);
  command(0, BUFFER, 2 - 1);
  flash.write(0x200, 4, 0x5566_7788);
  flash.write(0x204, 4, 0x99aa_bbcc);
  command(0, CONFIRM);
  expect(flash.read(0, 4)).toBe(READY);
  expect(bytes.slice(0x100, 0x104)).toEqual(Uint8Array.of(0x44, 0x33, 0x22, 0x11));
  expect(bytes.slice(0x200, 0x208)).toEqual(Uint8Array.of(0x88, 0x77, 0x66, 0x55, 0xcc, 0xbb, 0xaa, 0x99));
});

test('a read-only bank keeps its bytes, and says that it failed until the status is cleared', () => {
  const { flash, bytes, changes, command } = create(true);
  command(0, ERASE, CONFIRM, PROGRAM);
  flash.write(0x100, 4, 0xffff_ffff);
  expect(flash.read(0, 4)).toBe(both(0xb0));
  command(0, CLEAR_STATUS, STATUS);
  expect(flash.read(0, 4)).toBe(READY);
  expect([bytes.subarray(0, SECTOR).every((byte) => byte === 0), changes]).toEqual([true, []]);
});

test('a command goes on from a snapshot', () => {
  const first = create();
  first.command(0, PROGRAM);
  const second = create();
  second.flash.restore(first.flash.save());
  expect(second.modes).toEqual([false]);
  second.flash.write(0, 4, 1);
  expect(second.bytes[0]).toBe(1);
});
