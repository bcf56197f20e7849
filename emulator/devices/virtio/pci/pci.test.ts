import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../base/random.ts';
import { createVirtioBlock } from '../block.ts';
import { createVirtioRng } from '../rng.ts';
import { COMMON, DOORBELL, HIGH, ISR, LEGACY_BASE, LOW, MODERN_BASE, MSIX_BASE, NOTIFY, REG, SLOT, TestBus } from './test-bus.ts';

const [ENABLE, FUNCTION_MASK] = [0x8000, 0x4000];
const NO_VECTOR = 0xffff;
const INTX_DISABLE = 0x400;
/** Slot 2: INTA is the third of the bridge's lines. */
const LINE = SLOT % 4;
const requester = SLOT << 3;

const rng = (options = {}) => new TestBus(createVirtioRng({ seed: 1 }), options);
function started(): TestBus {
  const bus = rng();
  bus.enable();
  bus.start();
  return bus;
}

describe('configuration space', () => {
  test('says what the device is, to new drivers and to old ones', () => {
    const ids = (bus: TestBus) => [bus.config(0), bus.config(8), bus.config(0x2c)];
    expect(ids(rng())).toEqual([0x1044_1af4, 0x00ff_0001, 0x1100_1af4]);
    expect(ids(rng({ transitional: true }))).toEqual([0x1005_1af4, 0x00ff_0000, 0x0004_1af4]);
  });

  test('windows tell their sizes, and keep addresses that are multiples of those', () => {
    const bus = rng({ transitional: true });
    for (let n = 0; n < 6; n++) bus.setConfig(REG.BARS + 4 * n, 0xffff_ffff);
    const bars = Array.from({ length: 6 }, (_, n) => bus.config(REG.BARS + 4 * n));
    expect(bars).toEqual([0xffff_ffe1, 0xffff_f000, 0, 0, 0xffff_c00c, 0xffff_ffff]);
    bus.setConfig(REG.BARS + 16, 0x1234_5678);
    expect(bus.config(REG.BARS + 16)).toBe(0x1234_400c);
  });

  test('identity, status and capabilities cannot be written', () => {
    const bus = rng();
    const words = () => Array.from({ length: 64 }, (_, n) => bus.config(4 * n));
    const before = words();
    for (const at of [0, 8, 0x2c, 0x34, 0x40, 0x44, 0x48, 0x4c, 0x50, 0x70, 0xa0, 0xfc]) bus.setConfig(at, 0xffff_ffff);
    expect(words()).toEqual(before);
    bus.setConfig(0x0c, 0xffff_ffff);
    bus.setConfig(0x3c, 0xffff_ffff);
    expect([bus.config(0x0c), bus.config(0x3c)]).toEqual([0xff, 0x1ff]);
    bus.setConfig(REG.COMMAND, 0xffff_ffff);
    expect(bus.config(REG.COMMAND)).toBe(0x0010_0507);
  });

  test('capabilities: the parts of the transport, access by configuration space, MSI-X', () => {
    const bus = rng();
    expect(bus.capabilities().map(({ id, kind }) => (id === 9 ? kind : -id))).toEqual([-0x11, 5, 2, 4, 3, 1]);
    const [msix, , ...parts] = bus.capabilities().map(({ at }) => at);
    expect(parts.map((at) => [bus.config(at + 4, 1), bus.config(at + 8), bus.config(at + 12)])).toEqual(
      [0x3000, 0x2000, 0x1000, 0].map((offset) => [4, offset, 0x1000]),
    );
    expect(bus.config(parts[0]! + 16)).toBe(4);
    // Two vectors, table and pending bits in window 1.
    expect([bus.config(msix! + 2, 2), bus.config(msix! + 4), bus.config(msix! + 8)]).toEqual([1, 1, 0x801]);
  });

  test('where nothing is, all is ones, and writes are lost', () => {
    const bus = rng();
    expect(bus.config(0x100)).toBe(0xffff_ffff);
    for (const at of [3 * 0x8000, SLOT * 0x8000 + 0x1000, 0x10_0000 + SLOT * 0x8000, 0xfff_fffc]) {
      bus.bridge.ecam.write(at, 4, 0);
      expect(bus.bridge.ecam.read(at, 4)).toBe(0xffff_ffff);
    }
    expect(bus.bridge.ecam.read(0, 4)).toBe(0x0008_1b36);
    expect(bus.bridge.ecam.read(8, 4)).toBe(0x0600_0000);
  });

  test('windows answer once they are enabled', () => {
    const bus = rng({ transitional: true });
    bus.enable();
    expect([bus.modern(0x12, 2), bus.msix(12), bus.legacy(0x0c, 2)]).toEqual([1, 1, 8]);
    bus.setConfig(REG.COMMAND, 1, 2);
    expect([bus.modern(0x12, 2), bus.msix(12), bus.legacy(0x0c, 2)]).toEqual([0xffff, 0xffff_ffff, 8]);
    bus.setConfig(REG.COMMAND, 2, 2);
    expect([bus.modern(0x12, 2), bus.msix(12), bus.legacy(0x0c, 2)]).toEqual([1, 1, 0xffff]);
    bus.setConfig(REG.BARS + 16, 0x2000_0000);
    expect([bus.modern(0x12, 2), bus.bridge.high.read(0x2000_0012, 2)]).toEqual([0xffff, 1]);
  });

  test('the device is reached by its configuration space alone', () => {
    const bus = rng();
    const { at } = bus.capabilities().find(({ kind }) => kind === 5)!;
    const aim = (offset: number, length: number, bar = 4) => {
      bus.setConfig(at + 4, bar, 1);
      bus.setConfig(at + 8, offset);
      bus.setConfig(at + 12, length);
    };
    aim(COMMON.STATUS, 1);
    bus.setConfig(at + 16, 3, 1);
    expect(bus.config(at + 16, 1)).toBe(3);
    aim(0x12, 2);
    expect(bus.config(at + 16, 2)).toBe(1);
    // Not a window, not a length, not aligned, behind the end: nothing happens.
    for (const [offset, length, bar] of [
      [0, 4, 1],
      [0, 8, 4],
      [2, 4, 4],
      [0x4000, 4, 4],
      [0xffff_fffc, 4, 255],
    ] as const) {
      aim(offset, length, bar);
      bus.setConfig(at + 16, 0);
      expect(bus.config(at + 16)).toBe(0);
    }
    aim(COMMON.STATUS, 1);
    expect(bus.config(at + 16, 1)).toBe(3);
  });
});

describe('interrupts', () => {
  test('INTA, until the driver reads why', () => {
    const bus = started();
    bus.offer();
    expect([bus.used(), bus.lines[LINE], bus.config(REG.STATUS, 2)]).toEqual([1, true, 0x18]);
    expect([bus.modern(ISR, 1), bus.modern(ISR, 1)]).toEqual([1, 0]);
    expect([bus.lines, bus.config(REG.STATUS, 2)]).toEqual([[false, false, false, false], 0x10]);
    bus.setConfig(REG.COMMAND, 6 | INTX_DISABLE, 2);
    bus.offer();
    expect([bus.lines[LINE], bus.config(REG.STATUS, 2)]).toEqual([false, 0x18]);
    bus.setConfig(REG.COMMAND, 6, 2);
    expect(bus.lines[LINE]).toBe(true);
  });

  test('a message for each vector, by the requester', () => {
    const bus = started();
    bus.setMsixControl(ENABLE);
    bus.setVector(1, 81);
    bus.setModern(COMMON.QUEUE_VECTOR, 2, 1);
    expect(bus.modern(COMMON.QUEUE_VECTOR, 2)).toBe(1);
    bus.offer();
    expect(bus.messages).toEqual([{ requester, address: DOORBELL, data: 81 }]);
    expect(bus.lines).toEqual([false, false, false, false]);
  });

  test('vectors that are not there are refused, and a reset takes them back', () => {
    const bus = started();
    for (const at of [COMMON.QUEUE_VECTOR, COMMON.CONFIG_VECTOR]) {
      bus.setModern(at, 2, 1);
      expect(bus.modern(at, 2)).toBe(1);
      bus.setModern(at, 2, 2);
      expect(bus.modern(at, 2)).toBe(NO_VECTOR);
      bus.setModern(at, 2, 1);
    }
    bus.setModern(COMMON.STATUS, 1, 0);
    expect([bus.modern(COMMON.QUEUE_VECTOR, 2), bus.modern(COMMON.CONFIG_VECTOR, 2)]).toEqual([NO_VECTOR, NO_VECTOR]);
  });

  test('what is masked waits', () => {
    const bus = started();
    bus.setMsixControl(ENABLE | FUNCTION_MASK);
    bus.setVector(0, 80);
    bus.setModern(COMMON.QUEUE_VECTOR, 2, 0);
    bus.offer();
    expect([bus.messages.length, bus.msix(0x800)]).toEqual([0, 1]);
    bus.setVector(0, 80, true);
    bus.setMsixControl(ENABLE);
    expect([bus.messages.length, bus.msix(0x800)]).toEqual([0, 1]);
    bus.setMsix(0x800, 0);
    bus.setMsix(12, 0);
    expect([bus.messages.map(({ data }) => data), bus.msix(0x800)]).toEqual([[80], 0]);
  });

  test('without leave to be a bus master there are no messages, no DMA', () => {
    const bus = started();
    bus.setMsixControl(ENABLE);
    bus.setVector(0, 80);
    bus.setModern(COMMON.QUEUE_VECTOR, 2, 0);
    bus.setConfig(REG.COMMAND, 2, 2);
    bus.offer();
    expect([bus.messages.length, bus.used(), bus.modern(COMMON.STATUS, 1)]).toEqual([0, 0, 15]);
    bus.setConfig(REG.COMMAND, 6, 2);
    bus.setModern(NOTIFY, 2, 0);
    bus.clock.advance(1e6);
    expect([bus.messages.length, bus.used()]).toEqual([1, 1]);
  });
});

test('a driver that says no size gets the largest', () => {
  const bus = rng();
  bus.enable();
  expect(bus.modern(COMMON.QUEUE_SIZE, 2)).toBe(8);
  bus.setModern(COMMON.QUEUE_SELECT, 2, 1);
  expect([bus.modern(COMMON.QUEUE_SIZE, 2), bus.modern(COMMON.QUEUE_ENABLE, 2)]).toEqual([0, 0]);
});

describe('a driver of before version 1.0', () => {
  const REGISTER = { DRIVER_FEATURES: 4, PAGE: 8, SIZE: 0x0c, SELECT: 0x0e, NOTIFY: 0x10, STATUS: 0x12, ISR: 0x13 } as const;
  function legacyStarted(): TestBus {
    const bus = rng({ transitional: true });
    bus.enable();
    bus.setLegacy(REGISTER.STATUS, 1, 0);
    bus.setLegacy(REGISTER.STATUS, 1, 3);
    bus.setLegacy(REGISTER.DRIVER_FEATURES, 4, 0);
    bus.setLegacy(REGISTER.SELECT, 2, 0);
    bus.setLegacy(REGISTER.PAGE, 4, 1);
    bus.setLegacy(REGISTER.STATUS, 1, 7);
    return bus;
  }

  test('finds its registers behind ports', () => {
    const bus = legacyStarted();
    expect([bus.legacy(REGISTER.PAGE, 4), bus.legacy(REGISTER.SIZE, 2), bus.legacy(REGISTER.STATUS, 1)]).toEqual([1, 8, 7]);
    // The three parts of the queue lie behind each other.
    const [avail, used] = [0x1000 + 16 * 8, 0x2000];
    bus.offer(() => bus.setLegacy(REGISTER.NOTIFY, 2, 0), avail);
    expect([bus.used(used), bus.lines[LINE], bus.legacy(REGISTER.ISR, 1), bus.lines[LINE]]).toEqual([1, true, 1, false]);
  });

  test('vectors come before the configuration while there are messages', () => {
    const image = new SharedArrayBuffer(512 * 7);
    const bus = new TestBus(createVirtioBlock({ image, readOnly: false, serial: '', onWrite: () => {} }), { transitional: true });
    bus.enable();
    expect(bus.legacy(0x14, 4)).toBe(7);
    bus.setMsixControl(ENABLE);
    expect([bus.legacy(0x14, 4) % 2 ** 16, bus.legacy(0x18, 4)]).toEqual([NO_VECTOR, 7]);
    bus.setLegacy(0x14, 2, 1);
    bus.setLegacy(0x16, 2, 7);
    expect([bus.legacy(0x14, 2), bus.legacy(0x16, 2)]).toEqual([1, NO_VECTOR]);
  });

  test('makes way for a new one', () => {
    const bus = legacyStarted();
    bus.setModern(COMMON.STATUS, 1, 0);
    bus.start();
    expect(bus.modern(COMMON.STATUS, 1)).toBe(15);
    bus.offer();
    expect(bus.used()).toBe(1);
  });

  test('finds nothing where the device is not for it', () => {
    const bus = rng();
    bus.enable();
    expect(bus.bridge.io.read(LEGACY_BASE, 4)).toBe(0xffff_ffff);
  });
});

test('a million accesses of any kind do no harm', () => {
  const disk = () => {
    const image = new SharedArrayBuffer(4096);
    const device = createVirtioBlock({ image, readOnly: false, serial: '', onWrite: () => {} });
    return new TestBus(device, { transitional: true });
  };
  const random = createRandom(1, 'pci');
  const bus = disk();
  const { ecam, high, low, io } = bus.bridge;
  // Mostly where something is.
  const places = [
    (n: number) => [ecam, SLOT * 0x8000 + (n % 0x100)] as const,
    (n: number) => [ecam, n % 0x1000_0000] as const,
    (n: number) => [high, MODERN_BASE - HIGH + (n % 0x40)] as const,
    (n: number) => [high, MODERN_BASE - HIGH + (n % 0x4000)] as const,
    (n: number) => [low, MSIX_BASE - LOW + (n % 0x1000)] as const,
    (n: number) => [io, LEGACY_BASE + (n % 0x80)] as const,
  ];
  const sizes = [1, 2, 4] as const;
  const wrong: unknown[] = [];
  for (let i = 0; i < 1_000_000; i++) {
    // What was written may have moved the windows, or made the device refuse all further work.
    if (i % 500 === 0) bus.enable();
    if (i % 2000 === 0) bus.start();
    const size = sizes[random.next() % 3]!;
    const [space, offset] = places[random.next() % places.length]!(random.next() & -size);
    if (random.next() & 1) space.write(offset, size, random.next() % 2 ** (8 * size));
    else {
      const value = space.read(offset, size);
      if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * size)) wrong.push({ i, offset, size, value });
    }
    if (i % 100 === 0) bus.clock.advance(1e6);
  }
  expect(wrong).toEqual([]);

  const saved = ecam.save();
  const other = disk();
  other.bridge.ecam.restore(saved);
  expect(other.bridge.ecam.save()).toEqual(saved);
  expect(other.lines).toEqual(bus.lines);
  ecam.reset();
  expect(ecam.save()).toEqual(disk().bridge.ecam.save());
  expect(bus.lines).toEqual([false, false, false, false]);
});

test('a window may lie anywhere, and is reached where the bridge leads', () => {
  const bus = rng();
  bus.enable();
  const move = (address: number) => {
    bus.setConfig(REG.BARS + 16, address % 2 ** 32);
    bus.setConfig(REG.BARS + 20, Math.floor(address / 2 ** 32));
  };
  const [last, end] = [2 ** 39 - 0x4000, HIGH + 2 ** 39];
  move(HIGH + last);
  expect(bus.bridge.high.read(last + 0x12, 2)).toBe(1);
  for (const address of [end, 0x4000_0000, 2 ** 64 - 2 ** 20]) {
    move(address);
    expect(bus.bridge.high.read(last + 0x12, 2)).toBe(0xffff);
  }
});
