import { describe, expect, test } from 'vitest';
import { DESC, NEEDS_RESET, Q, R, TestDriver, WRITE, type TestDriverOptions } from '../test-driver.ts';
import { createVirtioConsole, MAX_PORTS, type VirtioConsoleOptions } from './console.ts';
import { event } from './control.ts';

const MULTIPORT = 2;
/** Of port 0, of control messages, of port 1. */
const [RX0, TX0, CONTROL_RX, CONTROL_TX, RX1, TX1] = [0, 1, 2, 3, 4, 5];
const [TO_DEVICE, FROM_DEVICE, ROOM] = [0x4000, 0x5000, 0x100];
const CONFIG = 0x100;
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (of: string) => new TextEncoder().encode(of);

function create(options: Partial<VirtioConsoleOptions> = {}, driver: TestDriverOptions = { features: MULTIPORT }) {
  const output: [port: number, text: string][] = [];
  const taken: number[][] = [];
  const device = createVirtioConsole({
    maxPorts: 4,
    ports: [
      { id: 0, isConsole: true },
      { id: 1, isConsole: false, name: 'org.example.data' },
    ],
    onOutput: (port, said) => output.push([port, text(said)]),
    onTaken: (...counted) => taken.push(counted),
    ...options,
  });
  const t = new TestDriver(device, driver);
  const write = (queue: number, said: Uint8Array) => {
    const bank = t.bankOf(queue);
    t.ram.set(said, bank + TO_DEVICE);
    t.describeAt(bank + DESC, 0, bank + TO_DEVICE, said.length);
    t.submit(0, queue);
  };
  /** Buffers for receiving, of `ROOM` bytes each. */
  const give = (queue: number, ...indices: number[]) => {
    const bank = t.bankOf(queue);
    for (const index of indices) {
      t.describeAt(bank + DESC, index, bank + FROM_DEVICE + ROOM * index, ROOM, WRITE);
      t.submit(index, queue);
    }
  };
  /** What came back, of each buffer as much as was written. */
  const received = (queue: number): Uint8Array[] => {
    const { index } = t.used(queue);
    return Array.from({ length: index }, (_, n) => {
      const entry = t.usedOf(queue) + 4 + 8 * n;
      const at = t.bankOf(queue) + FROM_DEVICE + ROOM * t.view.getUint32(entry, true);
      return t.ram.slice(at, at + t.view.getUint32(entry + 4, true));
    });
  };
  const control = (port: number, what: number, value = 1) => {
    const said = new DataView(new ArrayBuffer(8));
    said.setUint32(0, port, true);
    said.setUint16(4, what, true);
    said.setUint16(6, value, true);
    write(CONTROL_TX, new Uint8Array(said.buffer));
    t.clock.advance(10_000);
  };
  const messages = () =>
    received(CONTROL_RX).map((said) => {
      const view = new DataView(said.buffer);
      const payload = said.length > 8 ? [text(said.subarray(8))] : [];
      return [view.getUint32(0, true), view.getUint16(4, true), view.getUint16(6, true), ...payload];
    });
  return { t, device, output, taken, write, give, received, control, messages };
}

describe('without several ports', () => {
  const alone = { maxPorts: 1, ports: [{ id: 0, isConsole: true }] };

  test('bytes go in both directions', () => {
    const { t, device, output, write, give, received } = create(alone, {});
    expect([t.read(8), device.queueSizes.length]).toEqual([3, 2]);
    t.start();
    write(TX0, bytes('hello'));
    expect([output, t.used(TX0).index]).toEqual([[[0, 'hello']], 0]);
    t.clock.advance(10_000);
    expect(t.used(TX0)).toEqual({ index: 1, id: 0, length: 0 });
    give(RX0, 0);
    device.receive(0, bytes('ls\n'));
    expect(received(RX0).map(text)).toEqual(['ls\n']);
  });

  test('a size is told by the configuration', () => {
    const { t, device } = create(alone, { features: 1 });
    t.start();
    device.resize(0, { columns: 132, rows: 50 });
    expect([t.read(R.ISR), t.mmio.read(CONFIG, 2), t.mmio.read(CONFIG + 2, 2)]).toEqual([2, 132, 50]);
  });
});

test('bytes wait for buffers, and go with a snapshot', () => {
  const { t, device, give, control, received, taken } = create();
  t.start();
  control(0, event.PORT_OPEN);
  device.receive(0, new Uint8Array(300).fill(65));
  device.receive(0, bytes('B'));
  give(RX0, 0);
  expect(received(RX0).map((each) => each.length)).toEqual([ROOM]);
  const copy = create();
  copy.t.ram.set(t.ram);
  copy.t.mmio.restore(t.mmio.save());
  for (const each of [{ t, give, received, taken }, copy]) {
    each.give(RX0, 1);
    expect(text(each.received(RX0)[1]!)).toBe(`${'A'.repeat(300 - ROOM)}B`);
  }
  expect(taken).toEqual([
    [0, ROOM],
    [0, 301 - ROOM],
  ]);
});

test('what is given at first is there for whoever opens the port', () => {
  const { t, give, control, received } = create({ ports: [{ id: 1, isConsole: false, input: bytes('from a file') }] });
  t.start();
  give(RX1, 0);
  expect(received(RX1)).toEqual([]);
  control(1, event.PORT_OPEN);
  expect(received(RX1).map(text)).toEqual(['from a file']);
});

describe('control messages', () => {
  test('ports are added, described and opened', () => {
    const { t, give, control, messages } = create();
    t.start();
    give(CONTROL_RX, 0, 1, 2, 3, 4, 5, 6, 7);
    control(0, event.DEVICE_READY);
    expect(messages()).toEqual([
      [0, event.DEVICE_ADD, 1],
      [1, event.DEVICE_ADD, 1],
    ]);
    control(0, event.PORT_READY);
    control(1, event.PORT_READY);
    expect(messages().slice(2)).toEqual([
      [0, event.CONSOLE_PORT, 1],
      [0, event.PORT_OPEN, 1],
      [1, event.PORT_NAME, 1, 'org.example.data\0'],
      [1, event.PORT_OPEN, 1],
    ]);
  });

  test('they wait for buffers, in order', () => {
    const { t, give, control, messages } = create();
    t.start();
    control(0, event.DEVICE_READY);
    control(1, event.PORT_READY);
    give(CONTROL_RX, 0, 1, 2);
    t.clock.advance(10_000);
    expect(messages().map(([port, what]) => [port, what])).toEqual([
      [0, event.DEVICE_ADD],
      [1, event.DEVICE_ADD],
      [1, event.PORT_NAME],
    ]);
  });

  test('ports come and go, open and close, and have a size', () => {
    const { t, device, give, control, messages } = create();
    t.start();
    control(0, event.DEVICE_READY);
    control(0, event.PORT_READY);
    give(CONTROL_RX, 0, 1, 2, 3, 4, 5, 6, 7);
    t.clock.advance(10_000);
    const before = messages().length;
    expect([device.addPort({ id: 1, isConsole: false }), device.addPort({ id: 4, isConsole: false })]).toEqual([false, false]);
    expect(device.addPort({ id: 3, isConsole: false, isClosed: true })).toBe(true);
    device.removePort(1);
    device.setOpen(0, false);
    device.resize(0, { columns: 80, rows: 25 });
    t.clock.advance(10_000);
    expect(messages().slice(before)).toEqual([
      [3, event.DEVICE_ADD, 1],
      [1, event.DEVICE_REMOVE, 1],
      [0, event.PORT_OPEN, 0],
      [0, event.RESIZE, 1, 'P\0\u0019\0'],
    ]);
  });

  test('all ports that there can be', () => {
    const ports = Array.from({ length: MAX_PORTS }, (_, id) => ({ id, isConsole: id === 0, name: `port${id}` }));
    const driver = { features: MULTIPORT, queues: [CONTROL_RX, CONTROL_TX, 2 * MAX_PORTS, 2 * MAX_PORTS + 1] };
    const { t, device, output, write, give, control, received } = create({ maxPorts: MAX_PORTS, ports }, driver);
    expect(device.queueSizes.length).toBe(64);
    t.start();
    control(0, event.DEVICE_READY);
    const last = MAX_PORTS - 1;
    control(last, event.PORT_OPEN);
    device.receive(last, bytes('in'));
    give(2 * last + 2, 0);
    write(2 * last + 3, bytes('out'));
    expect([received(2 * last + 2).map(text), output]).toEqual([['in'], [[last, 'out']]]);
    expect((device.save()['messages'] as unknown[]).length).toBe(MAX_PORTS);
  });

  test('a driver that asks for ever more is not listened to', () => {
    const { t, device, control } = create({ maxPorts: MAX_PORTS });
    t.start();
    for (let n = 0; n < 3000; n++) control(0, event.DEVICE_READY);
    expect((device.save()['messages'] as unknown[]).length).toBeLessThan(1100);
  });
});

test('a port that is held takes nothing, and goes on later', () => {
  const { t, device, output, write } = create();
  t.start();
  device.setHeld(1, true);
  write(TX1, bytes('late'));
  t.clock.advance(1e6);
  expect([output, t.used(TX1).index]).toEqual([[], 0]);
  device.setHeld(1, false);
  expect(output).toEqual([[1, 'late']]);
});

test('nobody hears what is written to a port that is closed or not there', () => {
  const { t, device, output, write } = create();
  t.start();
  device.setOpen(1, false);
  write(TX1, bytes('nothing'));
  write(7, bytes('nothing'));
  t.clock.advance(1e6);
  expect([output, t.used(TX1).index, t.used(7).index]).toEqual([[], 1, 1]);
});

test('the first words of a kernel go by the configuration space', () => {
  const { t, output } = create();
  t.mmio.write(CONFIG + 8, 4, 0x4b);
  expect(output).toEqual([[0, 'K']]);
});

test.each<[string, (c: ReturnType<typeof create>) => void]>([
  [
    'a buffer that holds nothing',
    ({ t, device }) => (t.describeAt(DESC, 0, 0x4000, 8), t.submit(0), device.receive(0, bytes('x'))),
  ],
  ['more than any driver writes', ({ t }) => (t.describeAt(t.bankOf(TX0) + DESC, 0, 0x4000, 0xffff_ffff), t.submit(0, TX0))],
  ['bytes outside of RAM', ({ t }) => (t.describeAt(t.bankOf(TX0) + DESC, 0, 0x7fff_0000, 4), t.submit(0, TX0))],
  [
    'a message outside of RAM',
    ({ t }) => (t.describeAt(t.bankOf(CONTROL_TX) + DESC, 0, 0x7fff_0000, 8), t.submit(0, CONTROL_TX)),
  ],
])('%s: the device needs a reset, and works after it', (_name, spoil) => {
  const whole = create();
  const { t, output, control, write } = whole;
  t.start();
  control(0, event.PORT_OPEN);
  spoil(whole);
  expect(t.read(R.STATUS) & NEEDS_RESET).toBe(NEEDS_RESET);
  t.write(R.STATUS, 0);
  t.ram.fill(0);
  t.start();
  write(TX0, bytes('again'));
  expect(output).toEqual([[0, 'again']]);
});

test('a driver that goes leaves ports as they are outside', () => {
  const { t, device, control } = create();
  t.start();
  control(0, event.DEVICE_READY);
  control(1, event.PORT_OPEN);
  device.receive(0, bytes('kept'));
  t.write(R.STATUS, 0);
  const [port, other] = device.save()['ports'] as { waiting: Uint8Array; guestOpen: boolean }[];
  expect([text(port!.waiting), other!.guestOpen]).toEqual(['kept', false]);
  expect(t.read(Q.READY)).toBe(0);
});
