import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { full } from '../../../../tests/support/packages.ts';
import { createRandom } from '../../../base/random.ts';
import { AVAIL, BANK, DESC, INDIRECT, NEEDS_RESET, NEXT, R, SIZE, TestDriver, WRITE } from '../test-driver.ts';
import { command, response } from './protocol.ts';
import { PICTURES, TestGpu } from './test-gpu.ts';

const { OK_NODATA, ERR_UNSPEC, ERR_OUT_OF_MEMORY, ERR_INVALID_PARAMETER, ERR_INVALID_RESOURCE_ID } = response;
const { ERR_INVALID_SCANOUT_ID } = response;
const CONFIG = 0x100;

function started(...args: ConstructorParameters<typeof TestGpu>): TestGpu {
  const gpu = new TestGpu(...args);
  gpu.t.start();
  return gpu;
}

/** Shows a resource of four by two pixels. */
function withPicture(): TestGpu {
  const gpu = started();
  gpu.draw([1, 2, 3, 4, 5, 6, 7, 8]);
  expect([gpu.create(7, 4, 2), gpu.attach(7, [PICTURES, 32]), gpu.transfer(7, 0, 0, 4, 2)]).toEqual([
    OK_NODATA,
    OK_NODATA,
    OK_NODATA,
  ]);
  expect(gpu.scanout(7, 0, 0, 4, 2)).toBe(OK_NODATA);
  return gpu;
}

describe('the device', () => {
  test('says what it is', () => {
    const { t } = started();
    expect([t.read(8), t.mmio.read(CONFIG + 8, 4), t.mmio.read(CONFIG + 12, 4)]).toEqual([16, 1, 0]);
    t.write(R.FEATURES_SEL, 0);
    expect(t.read(R.FEATURES) & 0x1f, 'EDID alone').toBe(2);
  });

  test('tells the size that its monitor prefers', () => {
    const info = started().run(command.GET_DISPLAY_INFO);
    expect(info.getUint32(0, true)).toBe(response.OK_DISPLAY_INFO);
    const mode = (n: number): number[] => [0, 4, 8, 12, 16, 20].map((field) => info.getUint32(24 + 24 * n + field, true));
    expect([mode(0), mode(1)]).toEqual([
      [0, 0, 640, 480, 1, 0],
      [0, 0, 0, 0, 0, 0],
    ]);
  });

  test('answers with the fence of the request', () => {
    const gpu = started();
    const view = gpu.run(command.GET_DISPLAY_INFO, [], { fence: 0x1234_5678_9abc_def0n });
    expect([view.getUint32(4, true), view.getBigUint64(8, true)]).toEqual([1, 0x1234_5678_9abc_def0n]);
    expect(gpu.t.used()).toMatchObject({ length: 408 });
    expect(gpu.run(command.GET_DISPLAY_INFO).getUint32(4, true)).toBe(0);
  });

  test('tells of another size by its configuration', () => {
    const { t, device } = started();
    t.write(R.ACK, t.read(R.ISR));
    device.resize(0, 800, 600);
    expect([t.read(R.ISR), t.mmio.read(CONFIG, 4), t.irq.level]).toEqual([2, 1, true]);
    t.mmio.write(CONFIG + 4, 4, 1);
    expect(t.mmio.read(CONFIG, 4)).toBe(0);
  });
});

describe('pictures', () => {
  test('go from guest memory to the screen when they are flushed', () => {
    const gpu = withPicture();
    expect(gpu.shown()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    gpu.draw([0xff_ffff], PICTURES + 4 * 5);
    expect(gpu.transfer(7, 1, 1, 1, 1, 20n)).toBe(OK_NODATA);
    expect(gpu.shown()![5], 'not flushed').toBe(6);
    gpu.reader.changes();
    expect(gpu.flush(7, 1, 1, 1, 1)).toBe(OK_NODATA);
    expect(gpu.shown()).toEqual([1, 2, 3, 4, 5, 0xff_ffff, 7, 8]);
    expect(gpu.reader.changes()).toMatchObject({ isResized: false, damage: [{ x: 0, y: 0, width: 4, height: 2 }] });
  });

  test('may be a part of a resource, in pieces of memory', () => {
    const gpu = started();
    gpu.draw([1, 2, 3], PICTURES);
    gpu.draw([4, 5, 6, 7, 8, 9], PICTURES + 0x100);
    gpu.create(1, 3, 3);
    gpu.attach(1, [PICTURES, 12], [PICTURES + 0x100, 10], [PICTURES + 0x10a, 14]);
    gpu.transfer(1, 0, 0, 3, 3);
    gpu.scanout(1, 1, 1, 2, 2);
    expect(gpu.shown()).toEqual([5, 6, 8, 9]);
    gpu.draw([0xaa], PICTURES + 0x100 + 16);
    gpu.transfer(1, 0, 0, 3, 3);
    expect(gpu.flush(1, 0, 0, 2, 3)).toBe(OK_NODATA);
    expect(gpu.shown()).toEqual([5, 6, 0xaa, 9]);
  });

  test.each([
    [1, 0x0102_0304, 0x02_0304],
    [2, 0x0102_0304, 0x02_0304],
    [3, 0x0102_0304, 0x03_0201],
    [4, 0x0102_0304, 0x03_0201],
    [67, 0x0102_0304, 0x04_0302],
    [68, 0x0102_0304, 0x01_0203],
    [121, 0x0102_0304, 0x01_0203],
    [134, 0x0102_0304, 0x04_0302],
  ])('have format %i', (format, word, colour) => {
    const gpu = started();
    gpu.draw([word]);
    gpu.create(1, 1, 1, format);
    gpu.attach(1, [PICTURES, 4]);
    gpu.transfer(1, 0, 0, 1, 1);
    gpu.scanout(1, 0, 0, 1, 1);
    expect(gpu.shown()).toEqual([colour]);
  });

  test('are gone with their resource, or when nothing is to be shown', () => {
    const gpu = withPicture();
    expect(gpu.scanout(0, 0, 0, 0, 0)).toBe(OK_NODATA);
    expect(gpu.shown()).toBeUndefined();
    gpu.scanout(7, 0, 0, 4, 2);
    expect(gpu.type(command.RESOURCE_UNREF, [7, 0])).toBe(OK_NODATA);
    expect(gpu.shown()).toBeUndefined();
    expect(gpu.flush(7, 0, 0, 1, 1)).toBe(ERR_INVALID_RESOURCE_ID);
  });
});

describe('what cannot be', () => {
  test.each<[string, number, (gpu: TestGpu) => number]>([
    ['an unknown command', ERR_UNSPEC, (gpu) => gpu.type(0x1ff)],
    ['a command of 3D', ERR_UNSPEC, (gpu) => gpu.type(0x200, [1, 2, 3])],
    ['a command that is cut short', ERR_UNSPEC, (gpu) => gpu.type(command.RESOURCE_CREATE_2D, [9, 2, 1])],
    ['resource 0', ERR_INVALID_RESOURCE_ID, (gpu) => gpu.create(0, 1, 1)],
    ['a resource that is there', ERR_INVALID_RESOURCE_ID, (gpu) => gpu.create(7, 1, 1)],
    ['an unknown format', ERR_INVALID_PARAMETER, (gpu) => gpu.create(9, 1, 1, 5)],
    ['a resource without pixels', ERR_INVALID_PARAMETER, (gpu) => gpu.create(9, 0, 1)],
    ['a resource that is too large', ERR_OUT_OF_MEMORY, (gpu) => gpu.create(9, 0xffff_ffff, 0xffff_ffff)],
    ['scanout 1', ERR_INVALID_SCANOUT_ID, (gpu) => gpu.scanout(7, 0, 0, 4, 2, 1)],
    ['a scanout beyond its resource', ERR_INVALID_PARAMETER, (gpu) => gpu.scanout(7, 1, 0, 4, 2)],
    ['an empty scanout', ERR_INVALID_PARAMETER, (gpu) => gpu.scanout(7, 0, 0, 0, 0)],
    ['a scanout of no resource', ERR_INVALID_RESOURCE_ID, (gpu) => gpu.scanout(9, 0, 0, 4, 2)],
    ['a flush beyond the resource', ERR_INVALID_PARAMETER, (gpu) => gpu.flush(7, 0xffff_ffff, 0, 2, 2)],
    ['a transfer beyond the resource', ERR_INVALID_PARAMETER, (gpu) => gpu.transfer(7, 0, 1, 4, 2)],
    ['a transfer into no resource', ERR_INVALID_RESOURCE_ID, (gpu) => gpu.transfer(9, 0, 0, 1, 1)],
    ['a second backing', ERR_UNSPEC, (gpu) => gpu.attach(7, [PICTURES, 4])],
    ['an unref of nothing', ERR_INVALID_RESOURCE_ID, (gpu) => gpu.type(command.RESOURCE_UNREF, [9, 0])],
    ['an EDID of scanout 1', ERR_INVALID_PARAMETER, (gpu) => gpu.type(command.GET_EDID, [1, 0])],
    [
      'more pieces than are sent',
      ERR_UNSPEC,
      (gpu) => (gpu.create(9, 1, 1), gpu.type(command.RESOURCE_ATTACH_BACKING, [9, 2, 0n, 4, 0])),
    ],
    ['too many pieces', ERR_UNSPEC, (gpu) => (gpu.create(9, 1, 1), gpu.type(command.RESOURCE_ATTACH_BACKING, [9, 0xffff_ffff]))],
    ['an empty piece', ERR_UNSPEC, (gpu) => (gpu.create(9, 1, 1), gpu.attach(9, [PICTURES, 0]))],
    ['memory that is none', ERR_UNSPEC, (gpu) => (gpu.create(9, 1, 1), gpu.attach(9, [0xffff_ffff_ffff_fff0n, 4]))],
    [
      'a transfer without backing',
      ERR_UNSPEC,
      (gpu) => (gpu.type(command.RESOURCE_DETACH_BACKING, [7, 0]), gpu.transfer(7, 0, 0, 1, 1)),
    ],
    [
      'a second detaching',
      ERR_UNSPEC,
      (gpu) => {
        expect(gpu.type(command.RESOURCE_DETACH_BACKING, [7, 0])).toBe(OK_NODATA);
        return gpu.type(command.RESOURCE_DETACH_BACKING, [7, 0]);
      },
    ],
  ])('%s is refused', (_name, type, act) => {
    const gpu = withPicture();
    expect(act(gpu)).toBe(type);
    expect(gpu.shown(), 'and nothing else happened').toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(gpu.t.read(R.STATUS) & NEEDS_RESET).toBe(0);
  });

  test('an EDID where none is offered', () => {
    const gpu = started({ edid: false });
    gpu.t.write(R.FEATURES_SEL, 0);
    expect([gpu.t.read(R.FEATURES) & 2, gpu.type(command.GET_EDID, [0, 0])]).toEqual([0, ERR_UNSPEC]);
  });

  test('more than 256 MiB of pictures, until some are gone', () => {
    const gpu = started();
    const side = 4096;
    expect([1, 2, 3].map((id) => gpu.create(id, side, side))).toEqual([OK_NODATA, OK_NODATA, OK_NODATA]);
    expect(gpu.create(4, side, side), 'there is a little beside pixels').toBe(ERR_OUT_OF_MEMORY);
    expect(gpu.create(4, side, side - 1)).toBe(OK_NODATA);
    gpu.type(command.RESOURCE_UNREF, [1, 0]);
    expect(gpu.create(5, side, side)).toBe(OK_NODATA);
    gpu.t.write(R.STATUS, 0);
    gpu.t.ram.fill(0, 0, PICTURES);
    gpu.t.ram.fill(0, BANK);
    gpu.t.start();
    expect([1, 2, 3].map((id) => gpu.create(id, side, side))).toEqual([OK_NODATA, OK_NODATA, OK_NODATA]);
  });

  test('a request without a whole header: the device needs a reset', () => {
    const gpu = started();
    gpu.t.describeAt(DESC, 0, 0x4000, 23, NEXT, 1);
    gpu.t.describeAt(DESC, 1, 0x5000, 24, WRITE);
    gpu.t.submit(0);
    expect(gpu.t.read(R.STATUS) & NEEDS_RESET).toBe(NEEDS_RESET);
  });
});

describe('the cursor', () => {
  const place = [0, -2 >>> 0, 5, 0];

  test('has an image of its own, and moves', () => {
    const gpu = started();
    gpu.create(3, 64, 64, 1);
    gpu.draw([0x8001_0203]);
    gpu.attach(3, [PICTURES, 64 * 64 * 4]);
    gpu.transfer(3, 0, 0, 64, 64);
    expect(gpu.cursor(command.UPDATE_CURSOR, [...place, 3, 1, 2, 0])).toBe(OK_NODATA);
    const { cursor } = gpu.reader.changes()!;
    expect(cursor).toMatchObject({ visible: true, x: -2, y: 5, hotX: 1, hotY: 2 });
    expect([...cursor!.image!.rgba.subarray(0, 8)]).toEqual([1, 2, 3, 0x80, 0, 0, 0, 0]);
    gpu.cursor(command.MOVE_CURSOR, [0, 9, 9, 0, 0, 0, 0, 0]);
    expect(gpu.reader.changes()!.cursor).toEqual({ visible: true, x: 9, y: 9, hotX: 1, hotY: 2 });
    gpu.cursor(command.UPDATE_CURSOR, [0, 9, 9, 0, 0, 0, 0, 0]);
    expect(gpu.reader.changes()!.cursor).toMatchObject({ visible: false });
  });

  test.each([
    ['no such output', ERR_INVALID_SCANOUT_ID, command.MOVE_CURSOR, [1, 0, 0, 0, 0, 0, 0, 0]],
    ['no such resource', ERR_INVALID_RESOURCE_ID, command.UPDATE_CURSOR, [...place, 3, 0, 0, 0]],
    ['no such command', ERR_UNSPEC, 0x302, [...place, 0, 0, 0, 0]],
  ])('%s', (_name, type, number, fields) => {
    expect(started().cursor(number, fields)).toBe(type);
  });

  test('is set without room for an answer, as drivers do', () => {
    const { t } = started();
    t.view.setUint32(BANK + 0x4000, command.MOVE_CURSOR, true);
    t.describeAt(BANK + DESC, 0, BANK + 0x4000, 56);
    t.submit(0, 1);
    t.clock.advance(1e6);
    expect([t.used(1), t.read(R.STATUS) & NEEDS_RESET]).toEqual([{ index: 1, id: 0, length: 0 }, 0]);
  });
});

describe('a snapshot', () => {
  test('has what is shown, what is not yet, and the cursor', () => {
    const gpu = withPicture();
    gpu.cursor(command.UPDATE_CURSOR, [0, 1, 1, 0, 0, 0, 0, 0]);
    gpu.draw([0xff_ffff]);
    gpu.transfer(7, 0, 0, 4, 2);
    const saved = structuredClone(gpu.t.mmio.save());
    const copy = new TestGpu();
    copy.t.ram.set(gpu.t.ram);
    copy.t.mmio.restore(saved);
    expect(copy.t.mmio.save()).toEqual(saved);
    expect(copy.shown()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    copy.flush(7, 0, 0, 4, 2);
    expect(copy.shown()![0]).toBe(0xff_ffff);
    expect(copy.attach(7, [PICTURES, 4]), 'its backing is there').toBe(ERR_UNSPEC);
  });

  test('after a reset all is as when it was new, but for the monitor', () => {
    const gpu = withPicture();
    gpu.t.mmio.reset();
    expect(gpu.t.mmio.save()).toEqual(new TestGpu().t.mmio.save());
    expect(gpu.shown()).toBeUndefined();
  });
});

describe('a driver that breaks the rules', () => {
  const small = fc.oneof(fc.nat(5), fc.constantFrom(64, 500, 0xffff_ffff));
  const commandBytes = fc.tuple(fc.constantFrom(...Object.values(command), 0x10b, 0x200), fc.array(small, { maxLength: 14 }));

  test('whatever it asks for, nothing is thrown, and a snapshot has all', () => {
    const [gpu, copy] = [started(), new TestGpu()];
    fc.assert(
      fc.property(fc.array(commandBytes, { maxLength: 25 }), (list) => {
        gpu.t.mmio.reset();
        gpu.t.ram.fill(0);
        gpu.t.start();
        for (const [type, fields] of list) gpu.run(type, fields, { queue: type >= 0x300 ? 1 : 0 });
        const saved = gpu.t.mmio.save();
        copy.t.mmio.restore(saved);
        // Pictures are too long for `toEqual`.
        expect(isDeepStrictEqual(copy.t.mmio.save(), saved)).toBe(true);
      }),
      { numRuns: full ? 2000 : 200 },
    );
  });

  test('whatever lies in its rings, nothing is thrown', () => {
    const random = createRandom(7, 'hostile gpu');
    const types = Object.values(command);
    const pick = (count: number): number => Math.floor((random.next() / 2 ** 32) * count);
    const places = [0x4000, 0x5000, 0x8000, 0xfff0, 0x1_fff8, 0x7fff_0000];
    const lengths = [0, 1, 24, 40, 56, 0x800, 0xffff_ffff];
    let broken = 0;
    const gpu = started();
    const { t } = gpu;
    for (let round = 0; round < (full ? 100_000 : 10_000); round++) {
      const queue = pick(2);
      const base = queue * BANK;
      for (let word = 0; word < 40; word++)
        t.view.setUint32(0x4000 + 4 * word, pick(4) === 0 ? pick(0x1_0000_0000) : pick(4), true);
      t.view.setUint32(0x4000, types[pick(types.length)]!, true);
      const table = pick(4) === 0 ? 0x9000 : base + DESC;
      for (let index = 0; index < 4; index++) {
        const flags = pick(12) === 0 ? pick(8) : index < 3 ? NEXT | (index > 1 ? WRITE : 0) : WRITE;
        const next = pick(12) === 0 ? pick(SIZE + 2) : index + 1;
        t.describeAt(
          table,
          index,
          places[pick(8) === 0 ? pick(6) : index === 0 ? 0 : 1]!,
          lengths[pick(lengths.length)]!,
          flags,
          next,
        );
      }
      if (table === 0x9000) t.describeAt(base + DESC, 0, table, [64, 16, 40][pick(3)]!, INDIRECT);
      if (pick(200) === 0) t.view.setUint16(base + AVAIL + 2, pick(0x1_0000), true);
      t.submit(pick(50) === 0 ? pick(SIZE + 1) : 0, queue);
      t.clock.advance(20_000);
      if ((t.read(R.STATUS) & NEEDS_RESET) === 0) continue;
      broken++;
      t.write(R.STATUS, 0);
      t.ram.fill(0);
      t.start();
    }
    expect(broken).toBeGreaterThan(500);
    // It works after all that.
    t.write(R.STATUS, 0);
    t.ram.fill(0);
    t.start();
    expect(gpu.type(command.GET_DISPLAY_INFO)).toBe(response.OK_DISPLAY_INFO);
  });
});

test('before version 1.0 it works as well', () => {
  const { device } = new TestGpu();
  const t = new TestDriver(device, { legacy: true });
  t.start();
  expect(t.read(R.STATUS)).toBe(7);
});
