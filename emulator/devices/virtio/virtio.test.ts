import { describe, expect, test } from 'vitest';
import { createVirtioBlock } from './block.ts';
import type { VirtioDevice } from './device.ts';
import { createVirtioRng } from './rng.ts';
import { AVAIL, DESC, INDIRECT, NEEDS_RESET, NEXT, Q, R, SIZE, TestDriver, USED, WRITE } from './test-driver.ts';

const [HEADER, DATA, STATUS, TABLE] = [0x4000, 0x5000, 0x7000, 0x8000];
const create = (device: VirtioDevice | undefined, options: { eventIndex?: boolean } = {}) => new TestDriver(device, options);

/** Header, data and status of a request to a disk, as three descriptors. */
function request(t: TestDriver, type: number, sector: number, length: number, dataFlags: number): void {
  t.view.setUint32(HEADER, type, true);
  t.view.setBigUint64(HEADER + 8, BigInt(sector), true);
  t.ram[STATUS] = 0xee;
  t.describeAt(DESC, 0, HEADER, 16, NEXT, 1);
  t.describeAt(DESC, 1, DATA, length, NEXT | dataFlags, 2);
  t.describeAt(DESC, 2, STATUS, 1, WRITE);
  t.submit(0);
}

function disk(sectors = 16, readOnly = false) {
  const image = new SharedArrayBuffer(sectors * 512 + 100);
  const bytes = new Uint8Array(image);
  bytes.forEach((_, i) => (bytes[i] = i >> 9));
  const written: number[][] = [];
  const device = createVirtioBlock({ image, readOnly, serial: 'data', onWrite: (...range) => written.push(range) });
  return { device, bytes, written };
}

describe('transport', () => {
  test('a free slot says that there is nothing', () => {
    const { read, write } = create(undefined);
    expect([read(0), read(4), read(8)]).toEqual([0x7472_6976, 2, 0]);
    write(R.STATUS, 15);
    expect(read(R.STATUS)).toBe(0);
  });

  test('offers features and refuses what it has not', () => {
    const { read, write } = create(disk().device);
    write(R.FEATURES_SEL, 1);
    expect(read(R.FEATURES)).toBe(1);
    write(R.DRIVER_FEATURES, 0x8000_0000);
    write(R.DRIVER_FEATURES_SEL, 1);
    write(R.DRIVER_FEATURES, 1);
    write(R.STATUS, 11);
    expect(read(R.STATUS)).toBe(3);
    write(R.STATUS, 0);
    write(R.STATUS, 11);
    expect(read(R.STATUS), 'legacy drivers').toBe(3);
  });

  test.each([[12], [512]])('a queue of size %i is refused', (size) => {
    const { read, write } = create(disk().device);
    write(R.STATUS, 3);
    write(Q.NUM, size);
    write(Q.READY, 1);
    expect(read(Q.READY)).toBe(0);
    expect(read(R.STATUS) & NEEDS_RESET).toBe(NEEDS_RESET);
  });
});

test('a driver that gives a queue no size has the largest', () => {
  const { read, write } = create(disk().device);
  write(R.STATUS, 3);
  write(Q.NUM, 0);
  write(Q.DESC, DESC);
  write(Q.AVAIL, AVAIL);
  write(Q.USED, USED);
  write(Q.READY, 1);
  expect([read(Q.READY), read(R.STATUS) & NEEDS_RESET]).toEqual([1, 0]);
});

describe('block', () => {
  test('reads, a while later and with an interrupt', () => {
    const t = create(disk().device);
    t.start();
    request(t, 0, 3, 1024, WRITE);
    expect(t.used().index).toBe(0);
    t.clock.advance(20_000);
    expect(t.irq.level, 'the bytes take time too').toBe(false);
    t.clock.advance(512);
    expect(t.used()).toEqual({ index: 1, id: 0, length: 1025 });
    expect(t.irq.level).toBe(true);
    expect([t.ram[DATA], t.ram[DATA + 512], t.ram[STATUS]]).toEqual([3, 4, 0]);
    t.write(R.ACK, t.read(R.ISR));
    expect(t.irq.level).toBe(false);
  });

  test('writes, and tells which sectors', () => {
    const { device, bytes, written } = disk();
    const t = create(device);
    t.start();
    t.ram.fill(0xab, DATA, DATA + 512);
    request(t, 1, 15, 512, 0);
    expect([bytes[15 * 512], written, t.ram[STATUS]]).toEqual([0xab, [[15, 1]], 0]);
  });

  test.each<[string, number, number, number, number, number, boolean?]>([
    ['beyond the end', 0, 15, 1024, WRITE, 1],
    ['not whole sectors', 0, 0, 100, WRITE, 1],
    ['read-only', 1, 0, 512, 0, 1, true],
    ['unknown', 99, 0, 512, WRITE, 2],
    ['flush', 4, 0, 0, 0, 0],
  ])('%s', (_name, type, sector, length, flags, status, readOnly) => {
    const t = create(disk(16, readOnly).device);
    t.start();
    request(t, type, sector, length, flags);
    t.clock.advance(100_000);
    expect([t.ram[STATUS], t.used().index]).toEqual([status, 1]);
  });

  test('says its serial, capacity and read-only', () => {
    const t = create(disk(16, true).device);
    t.start();
    request(t, 8, 0, 20, WRITE);
    expect(new TextDecoder().decode(t.ram.subarray(DATA, DATA + 5))).toBe('data\0');
    expect([t.mmio.read(0x100, 4), t.mmio.read(0x104, 4), t.mmio.read(0x114, 2)]).toEqual([16, 0, 512]);
    expect(t.read(R.FEATURES) & (1 << 5)).not.toBe(0);
  });

  test('takes requests through an indirect table', () => {
    const t = create(disk().device);
    t.start();
    t.view.setBigUint64(HEADER + 8, 7n, true);
    t.describeAt(TABLE, 0, HEADER, 16, NEXT, 1);
    t.describeAt(TABLE, 1, DATA, 512, NEXT | WRITE, 2);
    t.describeAt(TABLE, 2, STATUS, 1, WRITE);
    t.describeAt(DESC, 5, TABLE, 48, INDIRECT);
    t.submit(5);
    t.clock.advance(100_000);
    expect(t.used()).toEqual({ index: 1, id: 5, length: 513 });
    expect(t.ram[DATA]).toBe(7);
  });

  test('with EVENT_IDX interrupts only where it was asked to', () => {
    const t = create(disk().device, { eventIndex: true });
    t.start();
    t.view.setUint16(AVAIL + 4 + 2 * SIZE, 1, true);
    request(t, 0, 0, 512, WRITE);
    t.clock.advance(100_000);
    expect(t.irq.level).toBe(false);
    expect(t.view.getUint16(USED + 4 + 8 * SIZE, true), 'asks for the next').toBe(1);
    request(t, 0, 0, 512, WRITE);
    t.clock.advance(100_000);
    expect(t.irq.level).toBe(true);
  });

  test('a request that is under way goes with a snapshot, and is lost by a reset', () => {
    const t = create(disk().device);
    t.start();
    request(t, 0, 3, 512, WRITE);
    const copy = create(disk().device);
    copy.ram.set(t.ram);
    copy.mmio.restore(t.mmio.save());
    copy.clock.advance(100_000);
    expect([copy.used().index, copy.irq.level]).toEqual([1, true]);
    t.write(R.STATUS, 0);
    t.clock.advance(100_000);
    expect([t.used().index, t.irq.level]).toEqual([0, false]);
  });
});

test('entropy repeats with the seed', () => {
  const draw = (seed: number) => {
    const t = create(createVirtioRng({ seed }));
    t.start();
    t.describeAt(DESC, 0, DATA, 32, WRITE);
    t.submit(0);
    t.clock.advance(1000);
    expect(t.used().length).toBe(32);
    return t.ram.slice(DATA, DATA + 32);
  };
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

describe('a driver that breaks the rules', () => {
  test.each<[string, (t: TestDriver) => void]>([
    ['a loop of descriptors', (t) => t.describeAt(DESC, 0, HEADER, 16, NEXT, 0)],
    ['a next that is out of range', (t) => t.describeAt(DESC, 0, HEADER, 16, NEXT, SIZE)],
    ['a buffer outside of RAM', (t) => t.describeAt(DESC, 0, 0x8000_0000_0000, 16, NEXT, 1)],
    ['readable after writable', (t) => (t.describeAt(DESC, 0, DATA, 16, NEXT | WRITE, 1), t.describeAt(DESC, 1, DATA, 16))],
    ['an odd indirect table', (t) => t.describeAt(DESC, 0, TABLE, 40, INDIRECT)],
    ['nested indirect tables', (t) => (t.describeAt(DESC, 0, TABLE, 16, INDIRECT), t.describeAt(TABLE, 0, TABLE, 16, INDIRECT))],
    ['no header', (t) => t.describeAt(DESC, 0, STATUS, 1, WRITE)],
    ['more available than the ring holds', (t) => t.view.setUint16(AVAIL + 2, SIZE + 5, true)],
  ])('%s: the device needs a reset, and works after it', (_name, spoil) => {
    const t = create(disk().device);
    t.start();
    spoil(t);
    t.submit(0);
    expect(t.read(R.STATUS) & NEEDS_RESET).toBe(NEEDS_RESET);
    expect(t.read(R.ISR), 'configuration change').toBe(2);
    t.write(R.STATUS, 0);
    t.ram.fill(0);
    t.start();
    request(t, 0, 1, 512, WRITE);
    expect(t.ram[DATA]).toBe(1);
  });
});
