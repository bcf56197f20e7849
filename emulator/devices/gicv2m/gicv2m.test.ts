import { expect, test } from 'vitest';
import { createGicV2 } from '../gicv2/gicv2.ts';
import { createGicV2m } from './gicv2m.ts';

test('says what QEMU says', () => {
  // qemu-system-aarch64 7.2 -M virt,gic-version=2, at 0x08020000.
  const frame = createGicV2m({ first: 48, count: 64, spi: () => ({ set: () => {} }) });
  expect([0x008, 0xfcc, 0xfd0, 0x040].map((offset) => frame.read(offset, 4))).toEqual([0x0050_0040, 0x0510_0000, 0, 0]);
});

test('a message is an edge of its SPI, and others are ignored', () => {
  const gic = createGicV2({ cores: 1, spis: 256, currentCore: () => 0, output: () => ({ set: () => {} }) });
  const frame = createGicV2m({ first: 48, count: 64, spi: (n) => gic.spi(n) });
  const pending = () => Array.from({ length: 8 }, (_, word) => gic.distributor.read(0x204 + word * 4, 4));
  gic.distributor.write(0xc00 + (80 >> 4) * 4, 4, 0b10);
  for (const message of [0, 79, 144, 80]) frame.write(0x040, 4, message);
  expect(pending()).toEqual([0, 1 << (80 - 64), 0, 0, 0, 0, 0, 0]);
});
