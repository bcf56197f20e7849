import { expect, test } from 'vitest';
import { imageSectors, overlaidSectors, type Overlay, SECTOR } from './sectors.ts';

test('what is written over an image is read back, and the image and other overlays stay as they are', () => {
  const image = new SharedArrayBuffer(4 * SECTOR);
  new Uint8Array(image).fill(1);
  const first: Overlay = new Map();
  const one = overlaidSectors(image, first);
  expect(one.write(1, 2 * SECTOR, (into) => (into.fill(7), true))).toBe(true);
  const other = overlaidSectors(image, new Map(first));
  other.write(2, SECTOR, (into) => (into.fill(9), true));
  const at = (bytes: Uint8Array): number[] => [0, 1, 2, 3].map((sector) => bytes[sector * SECTOR]!);
  expect(at(one.read(0, 4 * SECTOR))).toEqual([1, 7, 7, 1]);
  expect(at(other.read(0, 4 * SECTOR))).toEqual([1, 7, 9, 1]);
  expect(at(imageSectors(image).read(0, 4 * SECTOR))).toEqual([1, 1, 1, 1]);
});

test('what could not be taken from the guest changes nothing', () => {
  const overlay: Overlay = new Map();
  expect(overlaidSectors(new SharedArrayBuffer(SECTOR), overlay).write(0, SECTOR, () => false)).toBe(false);
  expect(overlay.size).toBe(0);
});
