import { describe, expect, test } from 'vitest';
import { createVirtioNet } from './net.ts';
import { BANK, DESC, NEEDS_RESET, NEXT, R, TestDriver, WRITE, type TestDriverOptions } from './test-driver.ts';

const MERGE = 1 << 15;
const [RECEIVE, TRANSMIT] = [0, 1];
const BUFFER = 0x4000;
const mac = Uint8Array.of(0x52, 0x54, 0, 0x12, 0x34, 0x56);
const frame = (length: number, first = 1) => new Uint8Array(length).map((_, n) => first + n);

function create(options: TestDriverOptions = {}) {
  const sent: Uint8Array[] = [];
  const device = createVirtioNet({ mac, onTransmit: (bytes) => sent.push(bytes) });
  const t = new TestDriver(device, options);
  /** Gives a buffer for receiving. */
  const give = (index: number, length: number) => {
    t.describeAt(DESC, index, BUFFER + 0x800 * index, length, WRITE);
    t.submit(index, RECEIVE);
  };
  /** Sends a header and a frame of one buffer each. */
  const send = (bytes: Uint8Array, header = 12) => {
    t.ram.set(bytes, BANK + BUFFER + 0x100);
    t.describeAt(BANK + DESC, 0, BANK + BUFFER, header, NEXT, 1);
    t.describeAt(BANK + DESC, 1, BANK + BUFFER + 0x100, bytes.length);
    t.submit(0, TRANSMIT);
  };
  const received = (index: number, length: number) => t.ram.slice(BUFFER + 0x800 * index, BUFFER + 0x800 * index + length);
  return { t, device, sent, give, send, received };
}

describe('a network card', () => {
  test('says its address and that it has a link', () => {
    const { t } = create();
    expect(t.read(8)).toBe(1);
    expect([...mac.keys()].map((n) => t.mmio.read(0x100 + n, 1))).toEqual([...mac]);
    expect(t.mmio.read(0x106, 2)).toBe(1);
    t.mmio.write(0x100, 1, 0xff);
    expect(t.mmio.read(0x100, 1), 'is not for writing').toBe(0x52);
  });

  test.each([
    ['as version 1.0 has it', {}, 12],
    ['as it was before', { legacy: true }, 10],
    ['as it was before, with merging', { legacy: true, features: MERGE }, 12],
  ])('sends and receives with the header %s', (_name, options, header) => {
    const { t, device, sent, give, send, received } = create(options);
    t.start();
    send(frame(60), header);
    expect([sent, t.used(TRANSMIT).index]).toEqual([[frame(60)], 0]);
    t.clock.advance(10_000);
    expect([t.used(TRANSMIT), t.irq.level]).toEqual([{ index: 1, id: 0, length: 0 }, true]);
    give(0, 1600);
    device.receive(frame(100));
    expect(t.used(RECEIVE)).toEqual({ index: 1, id: 0, length: header + 100 });
    const isCounted = header === 12;
    expect(received(0, header)).toEqual(new Uint8Array(header).fill(1, 10, isCounted ? 11 : 10));
    expect(received(0, header + 100).subarray(header)).toEqual(frame(100));
  });

  test('puts a frame into several buffers where it may', () => {
    const { t, device, give, received } = create({ features: MERGE });
    t.start();
    for (const index of [0, 1, 2]) give(index, 100);
    device.receive(frame(150));
    expect([t.used(RECEIVE).index, received(0, 12)[10]]).toEqual([2, 2]);
    expect([...received(0, 100).subarray(12), ...received(1, 62)]).toEqual([...frame(150)]);
  });

  test('a frame waits for buffers, whole', () => {
    const { t, device, give, received } = create({ features: MERGE, eventIndex: true });
    t.start();
    give(0, 100);
    device.receive(frame(150));
    device.receive(frame(60, 9));
    expect(t.used(RECEIVE).index).toBe(0);
    give(1, 100);
    expect(t.used(RECEIVE).index).toBe(2);
    give(2, 100);
    expect([t.used(RECEIVE).index, received(2, 72).subarray(12)]).toEqual([3, frame(60, 9)]);
  });

  test('frames that wait go with a snapshot; too many are lost', () => {
    const { t, device } = create();
    t.start();
    for (let n = 0; n < 600; n++) device.receive(frame(60));
    expect((device.save()['waiting'] as unknown[]).length).toBe(512);
    const copy = create();
    copy.t.ram.set(t.ram);
    copy.t.mmio.restore(t.mmio.save());
    copy.give(0, 1600);
    expect(copy.t.used(RECEIVE).index).toBe(1);
    t.write(R.STATUS, 0);
    expect(device.save()['waiting']).toEqual([]);
  });

  test('what is no frame is not sent, and its buffers come back', () => {
    const { t, sent, send } = create();
    t.start();
    send(frame(13));
    t.clock.advance(10_000);
    send(frame(1519));
    t.clock.advance(10_000);
    expect([sent, t.used(TRANSMIT).index, t.read(R.STATUS) & NEEDS_RESET]).toEqual([[], 2, 0]);
  });

  test('a cable that is out carries nothing, and the driver hears of it', () => {
    const { t, device, sent, give, send } = create();
    t.start();
    give(0, 1600);
    const generation = t.read(R.GENERATION);
    device.setLink(false);
    expect([t.read(R.ISR), t.irq.level, t.mmio.read(0x106, 2)]).toEqual([2, true, 0]);
    expect(t.read(R.GENERATION)).not.toBe(generation);
    device.receive(frame(60));
    send(frame(60));
    expect([sent, t.used(RECEIVE).index]).toEqual([[], 0]);
    device.setLink(true);
    device.receive(frame(60));
    expect(t.used(RECEIVE).index).toBe(1);
  });

  test('a driver of before 1.0 may set the address', () => {
    const { t } = create({ legacy: true });
    t.mmio.write(0x100, 4, 0x0403_0202);
    expect([t.mmio.read(0x100, 4), t.mmio.read(0x104, 4)]).toEqual([0x0403_0202, 0x0001_5634]);
  });

  test.each([
    ['a buffer for receiving that holds no header', (c: ReturnType<typeof create>) => c.give(0, 4)],
    ['a buffer that holds no frame', (c: ReturnType<typeof create>) => c.give(0, 500)],
    ['nothing to write to', ({ t }: ReturnType<typeof create>) => (t.describeAt(DESC, 0, BUFFER, 2000), t.submit(0, RECEIVE))],
    ['no header to send', ({ t }: ReturnType<typeof create>) => (t.describeAt(BANK + DESC, 0, BUFFER, 4), t.submit(0, TRANSMIT))],
    [
      'a frame outside of RAM',
      ({ t }: ReturnType<typeof create>) => (t.describeAt(BANK + DESC, 0, 0x7fff_0000, 100), t.submit(0, TRANSMIT)),
    ],
  ])('%s: the device needs a reset, and works after it', (_name, spoil) => {
    const whole = create();
    const { t, device, sent, send } = whole;
    t.start();
    spoil(whole);
    device.receive(frame(1000));
    expect(t.read(R.STATUS) & NEEDS_RESET).toBe(NEEDS_RESET);
    t.write(R.STATUS, 0);
    t.ram.fill(0);
    t.start();
    send(frame(60));
    expect(sent).toEqual([frame(60)]);
  });
});
