import { describe, expect, test } from 'vitest';
import { TestClock } from '../../test-clock.ts';
import { DESC, NEEDS_RESET, NEXT, R, TestDriver, WRITE } from '../test-driver.ts';
import { EVT_PCM_XRUN, frameBytes, PCM_F_EVT_XRUNS, request, status, words, type FrameFormat } from './protocol.ts';
import { createVirtioSound, type VirtioSoundOptions } from './sound.ts';

const [CONTROL, EVENT, TX, RX] = [0, 1, 2, 3];
/** Buffers of a queue's bank: requests, answers, and those of messages, a page each. */
const [REQUEST, ANSWER, MESSAGES, PAGE] = [0x4000, 0x5000, 0x6000, 0x1000];
const MS = 1_000_000;
const format: FrameFormat = { sample: 's16', channels: 2, rate: 48_000 };
/** 10 ms. */
const PERIOD = 480 * frameBytes(format);
const wave = (count: number, first = 0) => Uint8Array.from({ length: count }, (_, n) => (first + 7 * n) & 0xff);

function create(options: Partial<VirtioSoundOptions> = {}) {
  const clock = new TestClock();
  const played: Uint8Array[] = [];
  const device = createVirtioSound({
    clock,
    onPlayed(bytes, given) {
      expect(given).toEqual(format);
      played.push(bytes);
    },
    ...options,
  });
  const t = new TestDriver(device, { clock });
  t.start();
  let asked = 0;
  /** The answer's code, and what follows it. */
  const ask = (message: Uint8Array, room = 4) => {
    const bank = t.bankOf(CONTROL);
    t.ram.set(message, bank + REQUEST);
    t.ram.fill(0xee, bank + ANSWER, bank + ANSWER + room);
    t.describeAt(bank + DESC, 0, bank + REQUEST, message.length, NEXT, 1);
    t.describeAt(bank + DESC, 1, bank + ANSWER, room, WRITE);
    t.submit(0, CONTROL);
    clock.advance(1000);
    asked++;
    expect(t.used(CONTROL).index).toBe(asked);
    return { code: t.view.getUint32(bank + ANSWER, true), bytes: t.ram.slice(bank + ANSWER + 4, bank + ANSWER + room) };
  };
  const set = (stream: number, change: { features?: number; period?: number; bits?: number } = {}) => {
    const { features = 0, period = PERIOD, bits = 0x07_05_02 } = change;
    return ask(words(request.PCM_SET_PARAMS, stream, 4 * PERIOD, period, features, bits)).code;
  };
  const go = (stream: number, ...codes: number[]) => codes.map((code) => ask(words(code, stream)).code);
  /** Sends a period, as message `n` of the queue. */
  const send = (n: number, bytes: Uint8Array, stream = 0) => {
    const at = t.bankOf(TX) + MESSAGES + n * PAGE;
    t.ram.set([...words(stream), ...bytes], at);
    t.ram.fill(0xee, at + 0xf00, at + 0xf08);
    t.describeAt(t.bankOf(TX) + DESC, 2 * n, at, 4 + bytes.length, NEXT, 2 * n + 1);
    t.describeAt(t.bankOf(TX) + DESC, 2 * n + 1, at + 0xf00, 8, WRITE);
    t.submit(2 * n, TX);
  };
  const statusOf = (n: number) => t.view.getUint32(t.bankOf(TX) + MESSAGES + n * PAGE + 0xf00, true);
  return { t, clock, device, played, ask, set, go, send, statusOf };
}

const { PCM_PREPARE, PCM_START, PCM_STOP, PCM_RELEASE } = request;
const { OK, BAD_MSG, NOT_SUPP, IO_ERR } = status;

test('says what there is', () => {
  const { t, ask } = create();
  expect([t.read(8), t.mmio.read(0x100, 4), t.mmio.read(0x104, 4), t.mmio.read(0x108, 4)]).toEqual([25, 2, 2, 4]);
  const jacks = ask(words(request.JACK_INFO, 0, 2, 24), 52);
  expect([jacks.code, jacks.bytes[16], jacks.bytes[24 + 10]]).toEqual([OK, 1, 0xa0]);
  const streams = ask(words(request.PCM_INFO, 0, 2, 32), 68);
  expect([streams.code, ...streams.bytes.subarray(24, 27), ...streams.bytes.subarray(56, 59)]).toEqual([OK, 0, 1, 2, 1, 1, 2]);
  const maps = ask(words(request.CHMAP_INFO, 1, 1, 24), 28);
  expect([maps.code, ...maps.bytes.subarray(4, 8)]).toEqual([OK, 0, 2, 3, 4]);
});

test.each([
  ['items that are not there', words(request.PCM_INFO, 1, 2, 32), BAD_MSG],
  ['more than there is room for', words(request.PCM_INFO, 0, 2, 32), BAD_MSG],
  ['items of gigabytes', words(request.PCM_INFO, 0, 1, 0xffff_ffff), BAD_MSG],
  ['half a question', words(request.JACK_INFO, 0), BAD_MSG],
  ['a stream that is not there', words(PCM_PREPARE, 2), BAD_MSG],
  ['parameters that are cut', words(request.PCM_SET_PARAMS, 0, 64, 16), BAD_MSG],
  ['another association of a jack', words(request.JACK_REMAP, 0, 1, 0), NOT_SUPP],
  ['something unknown', words(0x300), NOT_SUPP],
  ['nothing', new Uint8Array(1), NOT_SUPP],
])('%s', (_name, message, code) => expect(create().ask(message, 32).code).toBe(code));

describe('the life of a stream', () => {
  test('from one request to the next', () => {
    const { set, go } = create();
    expect(go(0, PCM_PREPARE, PCM_START, PCM_STOP, PCM_RELEASE)).toEqual([BAD_MSG, BAD_MSG, BAD_MSG, BAD_MSG]);
    expect([set(0), set(0), ...go(0, PCM_START, PCM_PREPARE, PCM_PREPARE, PCM_START)]).toEqual([OK, OK, BAD_MSG, OK, OK, OK]);
    expect([set(0), ...go(0, PCM_PREPARE, PCM_RELEASE, PCM_STOP, PCM_START)]).toEqual([BAD_MSG, BAD_MSG, BAD_MSG, OK, OK]);
    expect(go(0, PCM_STOP, PCM_RELEASE, PCM_PREPARE)).toEqual([OK, OK, OK]);
  });

  test.each([
    ['a format', { bits: 0x07_03_02 }, NOT_SUPP],
    ['a rate', { bits: 0x0e_05_02 }, NOT_SUPP],
    ['so many channels', { bits: 0x07_05_03 }, NOT_SUPP],
    ['shared memory', { features: 2 }, NOT_SUPP],
    ['no period', { period: 0 }, BAD_MSG],
    ['an odd period', { period: PERIOD - 1 }, BAD_MSG],
  ])('%s that is not there', (_name, change, code) => expect(create().set(0, change)).toBe(code));
});

describe('an output', () => {
  test('plays periods one after the other, each for its time', () => {
    const { t, clock, played, set, go, send, statusOf } = create();
    set(0);
    go(0, PCM_PREPARE);
    const whole = wave(3 * PERIOD);
    for (let n = 0; n < 3; n++) send(n, whole.subarray(n * PERIOD, (n + 1) * PERIOD));
    clock.advance(100 * MS);
    expect([played.length, t.used(TX).index], 'nothing before the start').toEqual([0, 0]);
    t.ram.set(words(PCM_START, 0), t.bankOf(CONTROL) + REQUEST);
    go(0, PCM_START);
    // The answer took a microsecond already.
    clock.advance(10 * MS - 1001);
    expect(t.used(TX).index).toBe(0);
    clock.advance(1);
    expect([t.used(TX).index, statusOf(0), t.irq.level]).toEqual([1, OK, true]);
    clock.advance(20 * MS - 1);
    expect(t.used(TX).index).toBe(2);
    clock.advance(1);
    expect([t.used(TX).index, Buffer.concat(played).equals(whole)]).toEqual([3, true]);
  });

  test('time does not drift, also at an odd rate', () => {
    const rate = 44_100;
    const { t, clock, set, go, send } = create({ onPlayed: () => {} });
    set(0, { bits: 0x06_05_02, period: 480 });
    go(0, PCM_PREPARE, PCM_START);
    const from = clock.nowNs();
    for (let n = 0; n < 735; n++) {
      send(n % 4, wave(480));
      if (n > 0) {
        // There is always one to go on with.
        clock.advance(Math.ceil((n * 120 * 1e9) / rate) + from - clock.nowNs());
        expect(t.used(TX).index).toBe(n);
      }
    }
    clock.advance(from + 2e9 - clock.nowNs());
    expect(t.used(TX).index, 'two seconds').toBe(735);
  });

  test('stops within a period, and goes on there', () => {
    const { t, clock, played, set, go, send } = create();
    set(0);
    const whole = wave(PERIOD);
    go(0, PCM_PREPARE, PCM_START);
    send(0, whole);
    clock.advance(4 * MS);
    go(0, PCM_STOP);
    expect(played.map(({ length }) => length)).toEqual([192 * 4]);
    clock.advance(100 * MS);
    go(0, PCM_START);
    clock.advance(6 * MS - 1001);
    expect(t.used(TX).index).toBe(0);
    clock.advance(1);
    expect([t.used(TX).index, Buffer.concat(played).equals(whole)]).toEqual([1, true]);
  });

  test('gives everything back when it is released', () => {
    const { t, played, set, go, send, statusOf } = create();
    set(0);
    go(0, PCM_PREPARE, PCM_START);
    for (let n = 0; n < 3; n++) send(n, wave(PERIOD));
    go(0, PCM_STOP);
    expect(t.used(TX).index).toBe(0);
    go(0, PCM_RELEASE);
    expect([t.used(TX).index, statusOf(2)]).toEqual([3, OK]);
    expect(Buffer.concat(played).length).toBeLessThan(PERIOD);
  });

  test('tells of running dry, once, when it was asked to', () => {
    const { t, clock, set, go, send } = create();
    t.describeAt(t.bankOf(EVENT) + DESC, 0, t.bankOf(EVENT) + ANSWER, 8, WRITE);
    t.submit(0, EVENT);
    set(0, { features: PCM_F_EVT_XRUNS });
    go(0, PCM_PREPARE, PCM_START);
    send(0, wave(PERIOD));
    clock.advance(19 * MS);
    expect(t.used(EVENT).index, 'a period to go on').toBe(0);
    clock.advance(2 * MS);
    expect([t.used(EVENT).index, t.view.getUint32(t.bankOf(EVENT) + ANSWER, true)]).toEqual([1, EVT_PCM_XRUN]);
    t.submit(0, EVENT);
    clock.advance(1000 * MS);
    expect(t.used(EVENT).index).toBe(1);
    send(1, wave(PERIOD));
    clock.advance(10 * MS);
    expect(t.used(TX).index, 'a period after the gap').toBe(2);
  });

  test.each([
    ['of another stream', wave(PERIOD), 1],
    ['of more than a megabyte', new Uint8Array(0), 0],
  ])('a message %s is an error of its own', (_name, bytes, stream) => {
    const { t, clock, played, set, go, send, statusOf } = create();
    set(0);
    go(0, PCM_PREPARE, PCM_START);
    send(0, bytes, stream);
    if (bytes.length === 0) {
      clock.advance(MS);
      t.ram.fill(0, t.bankOf(TX) + MESSAGES, t.bankOf(TX) + MESSAGES + 4);
      t.describeAt(t.bankOf(TX) + DESC, 0, t.bankOf(TX) + MESSAGES, 0x0fff_ffff, NEXT, 1);
      t.submit(0, TX);
    }
    clock.advance(MS);
    expect([statusOf(0), played, t.read(R.STATUS) & NEEDS_RESET]).toEqual([IO_ERR, [], 0]);
  });
});

describe('an input', () => {
  const record = (c: ReturnType<typeof create>, n: number) => {
    const { t } = c;
    const at = t.bankOf(RX) + MESSAGES + n * PAGE;
    t.ram.set(words(1), at + 0xf00);
    t.describeAt(t.bankOf(RX) + DESC, 2 * n, at + 0xf00, 4, NEXT, 2 * n + 1);
    t.describeAt(t.bankOf(RX) + DESC, 2 * n + 1, at, PERIOD + 8, WRITE);
    t.submit(2 * n, RX);
    return () => t.ram.slice(at, at + PERIOD);
  };

  test('is what was recorded, then silence', () => {
    const sound = wave(PERIOD + 100, 3);
    const c = create({ input: { format, bytes: sound } });
    c.set(1);
    c.go(1, PCM_PREPARE);
    const heard = [record(c, 0), record(c, 1)];
    c.go(1, PCM_START);
    c.clock.advance(20 * MS);
    expect(c.t.used(RX)).toEqual({ index: 2, id: 0, length: PERIOD + 8 });
    const silent = new Uint8Array(2 * PERIOD);
    silent.set(sound);
    expect(Buffer.concat(heard.map((each) => each())).equals(silent)).toBe(true);
    expect(c.t.view.getUint32(c.t.bankOf(RX) + MESSAGES + PERIOD, true)).toBe(OK);
  });

  test('has only the format of its recording', () => {
    const { set } = create({ input: { format: { ...format, channels: 1 }, bytes: new Uint8Array(4) } });
    expect([set(1), set(1, { bits: 0x07_05_01 }), set(0)]).toEqual([NOT_SUPP, OK, OK]);
  });
});

test('a snapshot in the middle of a period goes on as if nothing had been', () => {
  const first = create();
  first.set(0);
  first.go(0, PCM_PREPARE, PCM_START);
  first.send(0, wave(PERIOD));
  first.send(1, wave(PERIOD, 1));
  first.clock.advance(4 * MS);
  const second = create();
  second.t.ram.set(first.t.ram);
  second.clock.advance(first.clock.nowNs() - second.clock.nowNs());
  second.t.mmio.restore(structuredClone(first.t.mmio.save()));
  for (const { clock, played, t } of [first, second]) {
    clock.advance(16 * MS);
    expect([t.used(TX).index, Buffer.concat(played).length]).toEqual([2, 2 * PERIOD]);
  }
  expect(second.t.mmio.save()).toEqual(first.t.mmio.save());
});

test('a reset ends what plays', () => {
  const { t, clock, played, device, set, go, send } = create();
  set(0);
  go(0, PCM_PREPARE, PCM_START);
  send(0, wave(PERIOD));
  t.write(R.STATUS, 0);
  clock.advance(100 * MS);
  expect([played, device.save()]).toEqual([[], create().device.save()]);
});
