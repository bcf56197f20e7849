import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hidKinds, type HidKind } from '../../../base/hid.ts';
import { keyByName } from '../../../base/keys.ts';
import { BANK, DESC, NEEDS_RESET, NEXT, Q, R, SIZE, TestDriver, WRITE } from '../test-driver.ts';
import { ABS_MAX, abs, btn, ev, led, rel, SYN_REPORT } from './event-codes.ts';
import { select } from './config.ts';
import { createVirtioInput, type InputEvent } from './input.ts';

const [EVENTS, STATUS] = [0, 1];
const CONFIG = 0x100;
/** Where the driver's buffers lie, of both queues. */
const BUFFERS = 0x4000;
const END: InputEvent = [ev.SYN, SYN_REPORT, 0];

function create(kind: HidKind, serial?: string) {
  const device = createVirtioInput({ kind, ...(serial === undefined ? {} : { serial }) });
  const t = new TestDriver(device);
  /** What the device says to a question, as the driver reads it. */
  const ask = (question: number, sub = 0) => {
    t.mmio.write(CONFIG, 1, question);
    t.mmio.write(CONFIG + 1, 1, sub);
    const size = t.mmio.read(CONFIG + 2, 1);
    return Array.from({ length: size }, (_, n) => t.mmio.read(CONFIG + 8 + n, 1));
  };
  /** Gives buffers for so many events, from that descriptor on. */
  const give = (count: number, first = 0) => {
    for (let n = first; n < first + count; n++) {
      t.describeAt(DESC, n, BUFFERS + 8 * n, 8, WRITE);
      t.submit(n, EVENTS);
    }
  };
  const eventAt = (n: number): InputEvent => {
    const at = BUFFERS + 8 * n;
    return [t.view.getUint16(at, true), t.view.getUint16(at + 2, true), t.view.getInt32(at + 4, true)];
  };
  const received = () => Array.from({ length: t.used(EVENTS).index }, (_, n) => eventAt(n % SIZE));
  const tell = (type: number, code: number, value: number, length = 8) => {
    const at = BANK + BUFFERS;
    t.view.setUint16(at, type, true);
    t.view.setUint16(at + 2, code, true);
    t.view.setInt32(at + 4, value, true);
    t.describeAt(BANK + DESC, 0, at, length);
    t.submit(0, STATUS);
  };
  return { t, device, ask, give, received, tell };
}

const string = (bytes: number[]) => String.fromCharCode(...bytes);
const numbers = (bitmap: number[]) =>
  bitmap.flatMap((byte, n) => [0, 1, 2, 3, 4, 5, 6, 7].flatMap((bit) => ((byte >> bit) & 1 ? [8 * n + bit] : [])));
const words = (bytes: number[], size: number) => {
  const view = new DataView(Uint8Array.from(bytes).buffer);
  return Array.from({ length: bytes.length / size }, (_, n) =>
    size === 2 ? view.getUint16(2 * n, true) : view.getInt32(4 * n, true),
  );
};

describe('what it says of itself', () => {
  test('is an input device with two queues', () => {
    const { t } = create('keyboard');
    expect([t.read(8), t.read(Q.MAX)]).toEqual([18, 64]);
    t.write(Q.SEL, 1);
    expect(t.read(Q.MAX)).toBe(64);
  });

  test.each([
    ['keyboard', 'QEMU Virtio Keyboard\0', [6, 0x627, 1, 1]],
    ['mouse', 'QEMU Virtio Mouse\0', [6, 0x627, 2, 2]],
    ['tablet', 'QEMU Virtio Tablet\0', [6, 0x627, 3, 2]],
    ['touch', 'QEMU Virtio MultiTouch\0', [6, 0x627, 3, 1]],
  ] as const)('%s: name and ids', (kind, name, ids) => {
    const { ask } = create(kind, 'left hand');
    expect(string(ask(select.ID_NAME))).toBe(name);
    expect(words(ask(select.ID_DEVIDS), 2)).toEqual(ids);
    expect(string(ask(select.ID_SERIAL))).toBe('left hand');
    expect(create(kind).ask(select.ID_SERIAL)).toEqual([]);
    expect(ask(select.ID_NAME, 1), 'no such question').toEqual([]);
    expect(ask(0x77)).toEqual([]);
  });

  test('a keyboard: keys, LEDs, and that the guest repeats', () => {
    const { ask } = create('keyboard');
    const keys = numbers(ask(select.EV_BITS, ev.KEY));
    for (const name of ['a', 'ret', 'ctrl_r', 'f12', 'power', 'mediaselect']) expect(keys).toContain(keyByName(name));
    expect(keys).not.toContain(btn.LEFT);
    expect(numbers(ask(select.EV_BITS, ev.LED))).toEqual([led.NUML, led.CAPSL, led.SCROLLL]);
    expect(ask(select.EV_BITS, ev.REP)).toEqual([0]);
    expect(ask(select.EV_BITS, ev.ABS)).toEqual([]);
    expect(ask(select.PROP_BITS)).toEqual([]);
  });

  test('pointers: axes and their ranges', () => {
    const mouse = create('mouse').ask;
    expect(numbers(mouse(select.EV_BITS, ev.REL))).toEqual([rel.X, rel.Y, rel.WHEEL]);
    expect(numbers(mouse(select.EV_BITS, ev.KEY))).toEqual([0x110, 0x111, 0x112, 0x113, 0x114, 0x150, 0x151]);
    expect(mouse(select.ABS_INFO, abs.X)).toEqual([]);
    const tablet = create('tablet').ask;
    expect(numbers(tablet(select.EV_BITS, ev.ABS))).toEqual([abs.X, abs.Y]);
    expect(words(tablet(select.ABS_INFO, abs.Y), 4)).toEqual([0, ABS_MAX, 0, 0, 0]);
    const touch = create('touch').ask;
    expect(numbers(touch(select.PROP_BITS))).toEqual([1]);
    expect(numbers(touch(select.EV_BITS, ev.KEY))).toContain(btn.TOUCH);
    expect(numbers(touch(select.EV_BITS, ev.ABS))).toEqual([
      abs.MT_SLOT,
      abs.MT_POSITION_X,
      abs.MT_POSITION_Y,
      abs.MT_TRACKING_ID,
    ]);
    expect(words(touch(select.ABS_INFO, abs.MT_SLOT), 4)).toEqual([0, 10, 0, 0, 0]);
  });
});

describe('events', () => {
  test('a report comes in buffers of its own, ended, with an interrupt', () => {
    const { t, device, give, received } = create('mouse');
    t.start();
    give(4);
    device.report([
      [ev.REL, rel.X, -3],
      [ev.REL, rel.Y, 4],
    ]);
    expect(received()).toEqual([[ev.REL, rel.X, -3], [ev.REL, rel.Y, 4], END]);
    expect(t.irq.level).toBe(true);
    expect(t.used(EVENTS).length).toBe(8);
  });

  test('waits for buffers, in order', () => {
    const { t, device, give, received } = create('keyboard');
    t.start();
    device.report([[ev.KEY, 30, 1]]);
    device.report([[ev.KEY, 30, 0]]);
    give(3);
    expect(received()).toEqual([[ev.KEY, 30, 1], END, [ev.KEY, 30, 0]]);
    give(1, 3);
    expect(received()).toEqual([[ev.KEY, 30, 1], END, [ev.KEY, 30, 0], END]);
  });

  test('before the driver is up nothing is kept, and never more than a thousand', () => {
    const { t, device, give, received } = create('keyboard');
    device.report([[ev.KEY, 16, 1]]);
    t.start();
    for (let n = 0; n < 5000; n++) device.report([[ev.KEY, 30, n & 1]]);
    expect((device.save()['waiting'] as number[]).length / 3).toBe(1024);
    give(2);
    expect(received(), 'the oldest are kept, and whole').toEqual([[ev.KEY, 30, 0], END]);
  });

  test('the driver switches LEDs', () => {
    const { t, device, tell } = create('keyboard');
    t.start();
    tell(ev.LED, led.CAPSL, 1);
    tell(ev.LED, led.NUML, 1);
    expect([device.save()['leds'], t.used(STATUS).index, t.used(STATUS).length]).toEqual([3, 2, 0]);
    tell(ev.LED, led.NUML, 0);
    tell(ev.LED, 77, 1);
    expect(device.save()['leds']).toBe(2);
    t.write(R.STATUS, 0);
    expect(device.save()['leds']).toBe(0);
  });

  test('what waits goes with a snapshot', () => {
    const first = create('tablet');
    first.t.start();
    first.device.report([[ev.ABS, abs.X, 7]]);
    first.ask(select.EV_BITS, ev.ABS);
    const second = create('tablet');
    second.t.ram.set(first.t.ram);
    second.t.mmio.restore(structuredClone(first.t.mmio.save()));
    expect(second.t.mmio.save()).toEqual(first.t.mmio.save());
    expect(second.t.mmio.read(CONFIG + 8, 1)).toBe(3);
    second.give(2);
    expect(second.received()).toEqual([[ev.ABS, abs.X, 7], END]);
  });
});

describe('a driver that breaks the rules', () => {
  test.each<[string, (made: ReturnType<typeof create>) => void]>([
    ['a buffer too small for an event', ({ t }) => (t.describeAt(DESC, 0, BUFFERS, 7, WRITE), t.submit(0))],
    ['a buffer that is not for writing', ({ t }) => (t.describeAt(DESC, 0, BUFFERS, 8), t.submit(0))],
    ['a buffer outside of RAM', ({ t }) => (t.describeAt(DESC, 0, 2 ** 40, 8, WRITE), t.submit(0))],
    ['a status that is too short', ({ tell }) => tell(ev.LED, 0, 1, 7)],
  ])('%s: the device needs a reset, and works after it', (_name, spoil) => {
    const made = create('keyboard');
    const { t, device, give, received } = made;
    t.start();
    spoil(made);
    device.report([[ev.KEY, 30, 1]]);
    expect(t.read(R.STATUS) & NEEDS_RESET).toBe(NEEDS_RESET);
    t.write(R.STATUS, 0);
    t.ram.fill(0);
    t.start();
    give(2);
    device.report([[ev.KEY, 31, 1]]);
    expect(received()).toEqual([[ev.KEY, 31, 1], END]);
  });

  test('whatever lies in the rings, nothing is thrown, and what waits is bounded', () => {
    const descriptor = fc.tuple(
      fc.nat(SIZE + 1),
      fc.constantFrom(BUFFERS, BANK + BUFFERS, 2 * BANK - 4, 2 ** 40),
      fc.nat(64),
      fc.nat(7),
      fc.nat(SIZE + 1),
    );
    const step = fc.oneof(
      fc.record({ queue: fc.constantFrom(EVENTS, STATUS), head: fc.nat(SIZE + 2) }),
      fc.record({ report: fc.array(fc.tuple(fc.nat(0xffff), fc.nat(0xffff), fc.integer()), { maxLength: 70 }) }),
      fc.record({ offset: fc.nat(0x1f), value: fc.nat(0xff) }),
    );
    const property = fc.property(
      fc.constantFrom(...hidKinds),
      fc.array(descriptor, { maxLength: 2 * SIZE }),
      fc.array(step, { maxLength: 40 }),
      fc.boolean(),
      (kind, descriptors, steps, jump) => {
        const { t, device } = create(kind);
        t.start();
        for (const [index, ...rest] of descriptors) {
          t.describeAt(DESC, index, ...rest);
          t.describeAt(BANK + DESC, index, ...rest);
        }
        for (const one of steps) {
          if ('report' in one) device.report(one.report);
          else if ('queue' in one) t.submit(one.head, one.queue);
          else t.mmio.write(CONFIG + one.offset, 1, one.value);
          if (jump) t.view.setUint16(t.availOf(EVENTS) + 2, 0xff00, true);
        }
        expect((device.save()['waiting'] as number[]).length).toBeLessThanOrEqual(3 * 1024);
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  test('chains loop nowhere', () => {
    const { t, device } = create('keyboard');
    t.start();
    t.describeAt(DESC, 0, BUFFERS, 8, WRITE | NEXT, 0);
    t.submit(0);
    device.report([[ev.KEY, 30, 1]]);
    expect(t.read(R.STATUS) & NEEDS_RESET).toBe(NEEDS_RESET);
  });
});
