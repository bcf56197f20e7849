/** The registers of before version 1.0, as drivers use them against QEMU's default. */
import { expect, test } from 'vitest';
import { createVirtioBlock } from './block.ts';
import { DESC, NEEDS_RESET, NEXT, Q, R, SIZE, TestDriver, WRITE } from './test-driver.ts';

const [HEADER, DATA, STATUS] = [0x4000, 0x5000, 0x7000];

function create() {
  const image = new SharedArrayBuffer(16 * 512);
  new Uint8Array(image).forEach((_, at, bytes) => (bytes[at] = at >> 9));
  const device = createVirtioBlock({ image, readOnly: false, serial: '', onWrite: () => {} });
  return new TestDriver(device, { legacy: true });
}

test('says that it is of version 1, and offers nothing of version 1.0', () => {
  const t = create();
  expect([t.read(4), t.read(8)]).toEqual([1, 2]);
  t.write(R.FEATURES_SEL, 1);
  expect(t.read(R.FEATURES)).toBe(0);
});

test('the page size outlives the driver and its resets', () => {
  const t = create();
  t.write(R.PAGE_SIZE, 0x1000);
  t.write(R.STATUS, 0);
  t.write(Q.NUM, SIZE);
  t.write(Q.ALIGN, 0x1000);
  t.write(Q.PFN, 5);
  expect([t.read(Q.PFN), t.mmio.save()['pageSize']]).toEqual([5, 0x1000]);
  t.mmio.reset();
  expect(t.mmio.save()['pageSize']).toBe(0);
});

test('a queue lies in one piece from a page on', () => {
  const t = create();
  t.start();
  expect([t.read(R.STATUS), t.read(Q.PFN), t.read(Q.READY)]).toEqual([7, DESC / 0x1000, 0]);
  t.view.setBigUint64(HEADER + 8, 3n, true);
  t.describeAt(DESC, 0, HEADER, 16, NEXT, 1);
  t.describeAt(DESC, 1, DATA, 512, NEXT | WRITE, 2);
  t.describeAt(DESC, 2, STATUS, 1, WRITE);
  t.submit(0);
  t.clock.advance(100_000);
  expect([t.used(), t.ram[DATA], t.irq.level]).toEqual([{ index: 1, id: 0, length: 513 }, 3, true]);
  t.write(Q.PFN, 0);
  expect(t.read(Q.PFN), 'taken back').toBe(0);
});

test.each([3, 1, 0xffff_ffff])('a page size that is %i after a queue was set up gives a page number of 32 bits', (size) => {
  const t = create();
  t.start();
  t.write(Q.PFN, 0x4000_0000);
  t.write(R.PAGE_SIZE, size);
  const page = t.read(Q.PFN);
  expect([Number.isInteger(page), page >= 0 && page < 2 ** 32]).toEqual([true, true]);
});

test.each([
  ['no page size', (t: TestDriver) => t.write(R.PAGE_SIZE, 0)],
  ['an odd alignment', (t: TestDriver) => t.write(Q.ALIGN, 1)],
  ['a size that is none', (t: TestDriver) => t.write(Q.NUM, 12)],
  ['far outside of RAM', (t: TestDriver) => t.write(R.PAGE_SIZE, 0x8000_0000)],
])('%s does no harm', (_name, spoil) => {
  const t = create();
  t.write(R.STATUS, 3);
  t.write(R.PAGE_SIZE, 0x1000);
  t.write(Q.NUM, SIZE);
  t.write(Q.ALIGN, 0x1000);
  spoil(t);
  t.write(Q.PFN, 7);
  t.write(R.STATUS, 7);
  t.write(Q.NOTIFY, 0);
  t.clock.advance(1e6);
  const isDown = (t.read(R.STATUS) & NEEDS_RESET) !== 0;
  expect(isDown || t.read(Q.PFN) === 0).toBe(true);
});

test('features that were not offered are not there', () => {
  const t = create();
  t.write(R.STATUS, 3);
  t.write(R.DRIVER_FEATURES, 0xffff_ffff);
  t.write(R.STATUS, 7);
  expect(t.read(R.STATUS)).toBe(7);
  const saved = t.mmio.save()['core'] as { driverFeatures: bigint };
  t.write(R.FEATURES_SEL, 0);
  expect(saved.driverFeatures).toBe(BigInt(t.read(R.FEATURES)));
});
