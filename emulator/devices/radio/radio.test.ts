import { describe, expect, test } from 'vitest';
import { TestClock } from '../test-clock.ts';
import { createRadio } from './radio.ts';

const [CONTROL, INT_ENABLE, INT_STATUS] = [0x04, 0x08, 0x0c];
const [RX_DATA, RX_COUNT, TX_DATA, TX_ROOM, RX_LOST, TX_LOST] = [0x20, 0x24, 0x28, 0x2c, 0x30, 0x34];
const POWER = 0x38;
const [GSM_FRAME, GSM_BURST, CDMA_FRAME, CDMA_GROUP] = [0x100, 0x200, 0x300, 0x400];
const [COUNT, TIME, ACCEPT, DONE, DEADLINE, COMPLETED, MISSED, LATE, STRAY] = [0, 8, 16, 20, 24, 32, 36, 40, 44];
const [RELEASE, RESPONSE, RELEASE_HISTOGRAM] = [0x30, 0x38, 0x40];
const second = 1e9;

function create(clock = new TestClock()) {
  const irq = { level: false, set: (level: boolean) => (irq.level = level) };
  const radio = createRadio({ irq, clock });
  const get = (offset: number) => radio.read(offset, 4);
  const set = (offset: number, value: number) => radio.write(offset, 4, value);
  return { radio, clock, irq, get, set };
}

test('frames, bursts and groups are where the standards have them, without drift', () => {
  const { clock, get, set } = create();
  clock.advance(12_345);
  set(CONTROL, 0xf);
  const time = (source: number) => get(source + TIME) + get(source + TIME + 4) * 2 ** 32 - 12_345;
  clock.advance(4_615_384);
  expect([get(GSM_FRAME), get(GSM_BURST), get(CDMA_FRAME), get(CDMA_GROUP)]).toEqual([1, 8, 0, 3]);
  expect([time(GSM_FRAME), time(GSM_BURST)]).toEqual([4_615_384, 4_615_384]);
  // A minute, in which each 13 frames are 60 ms to the nanosecond.
  clock.advance(60 * second - 4_615_384);
  expect([get(GSM_FRAME), get(GSM_BURST), get(CDMA_FRAME), get(CDMA_GROUP)]).toEqual([13_000, 104_000, 3000, 48_000]);
  for (const source of [GSM_FRAME, GSM_BURST, CDMA_FRAME, CDMA_GROUP]) expect(time(source)).toBe(60 * second);
});

test('the interrupt is high while an event is set and enabled', () => {
  const { clock, irq, get, set } = create();
  set(CONTROL, 9);
  clock.advance(1_250_000);
  expect([irq.level, get(INT_STATUS)]).toEqual([false, 8]);
  set(INT_ENABLE, 8);
  expect(irq.level).toBe(true);
  set(INT_STATUS, 8);
  expect(irq.level).toBe(false);
  clock.advance(1_249_999);
  expect(irq.level).toBe(false);
  clock.advance(1);
  expect(irq.level).toBe(true);
});

describe('answers are measured', () => {
  function oneFrame() {
    const all = create();
    all.set(GSM_FRAME + DEADLINE, 1_000_000);
    all.set(CONTROL, 1);
    all.clock.advance(4_615_384);
    return all;
  }

  test('in time', () => {
    const { radio, clock, get, set } = oneFrame();
    clock.advance(3000);
    set(GSM_FRAME + ACCEPT, 1);
    clock.advance(500_000);
    set(GSM_FRAME + DONE, 1);
    expect([COMPLETED, MISSED, LATE, STRAY].map((offset) => get(GSM_FRAME + offset))).toEqual([1, 0, 0, 0]);
    expect([get(GSM_FRAME + RELEASE), get(GSM_FRAME + RELEASE + 4), get(GSM_FRAME + RESPONSE)]).toEqual([3000, 3000, 503_000]);
    expect(radio.statistics().sources.gsmFrame?.release.histogram).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(get(GSM_FRAME + RELEASE_HISTOGRAM + 4)).toBe(1);
    expect(radio.statistics().sources.cdmaGroup).toBeUndefined();
  });

  test('after the deadline', () => {
    const { clock, get, set } = oneFrame();
    clock.advance(1_000_001);
    set(GSM_FRAME + DONE, 1);
    expect([COMPLETED, MISSED, LATE].map((offset) => get(GSM_FRAME + offset))).toEqual([1, 0, 1]);
  });

  test('not before the next event: missed, and an answer for it comes too late to count', () => {
    const { clock, get, set } = oneFrame();
    clock.advance(4_615_385);
    set(GSM_FRAME + DONE, 1);
    expect([COUNT, COMPLETED, MISSED, STRAY].map((offset) => get(GSM_FRAME + offset))).toEqual([2, 0, 1, 1]);
  });

  test('done, but without bursts for the next frame', () => {
    const { clock, get, set } = oneFrame();
    const frame = (number: number, words: number): void => {
      for (let word = 0; word < words; word++) set(TX_DATA, word);
      set(GSM_FRAME + DONE, number);
      clock.advance(4_615_385);
    };
    frame(1, 40);
    expect([get(GSM_FRAME), get(GSM_FRAME + MISSED)]).toEqual([2, 0]);
    frame(2, 39);
    expect([get(GSM_FRAME), get(GSM_FRAME + COMPLETED), get(GSM_FRAME + MISSED)]).toEqual([3, 2, 1]);
  });

  test('done, but without a command of the power-control group', () => {
    const { clock, get, set } = create();
    set(CONTROL, 8);
    const group = (number: number, ...commands: number[]): void => {
      clock.advance(1_250_000);
      for (const command of commands) set(POWER, command);
      set(CDMA_GROUP + DONE, number);
    };
    group(1, 0);
    group(2);
    group(3, 1);
    expect([get(CDMA_GROUP), get(CDMA_GROUP + MISSED)]).toEqual([3, 1]);
  });

  test('twice, or of nothing', () => {
    const { get, set } = oneFrame();
    for (const number of [0, 2, 1, 1, 0xffff_ffff]) set(GSM_FRAME + DONE, number);
    set(GSM_FRAME + ACCEPT, 1);
    set(CDMA_FRAME + DONE, 0);
    expect([get(GSM_FRAME + COMPLETED), get(GSM_FRAME + STRAY), get(CDMA_FRAME + STRAY)]).toEqual([1, 5, 1]);
  });
});

test('what is sent in a frame is received in the next', () => {
  const { clock, get, set } = create();
  set(CONTROL, 1);
  for (let word = 1; word <= 81; word++) set(TX_DATA, word);
  expect([get(TX_ROOM), get(TX_LOST), get(RX_COUNT)]).toEqual([0, 1, 0]);
  clock.advance(4_615_384);
  expect([get(RX_COUNT), get(RX_DATA), get(RX_DATA), get(TX_ROOM)]).toEqual([40, 1, 2, 40]);
  clock.advance(4_615_385);
  expect([get(RX_LOST), get(RX_COUNT), get(RX_DATA)]).toEqual([38, 40, 41]);
  clock.advance(4_615_385);
  expect([get(RX_COUNT), get(RX_DATA)]).toEqual([0, 0]);
});

test('begins again with new figures, and keeps them when it is stopped', () => {
  const { clock, get, set } = create();
  set(CONTROL, 8);
  clock.advance(5_000_000);
  set(CONTROL, 0);
  clock.advance(5_000_000);
  expect([get(CDMA_GROUP), get(CDMA_GROUP + MISSED)]).toEqual([4, 3]);
  set(CONTROL, 8);
  expect([get(CDMA_GROUP), get(CDMA_GROUP + MISSED)]).toEqual([0, 0]);
});

test('goes on from a snapshot in the middle of a frame, by the same exact times', () => {
  const first = create();
  first.set(CONTROL, 0xf);
  first.set(INT_ENABLE, 1);
  first.clock.advance(10_000_001);
  const clock = new TestClock();
  clock.advance(10_000_001);
  const second = create(clock);
  second.radio.restore(first.radio.save());
  expect(second.irq.level).toBe(true);
  for (const { clock } of [first, second]) clock.advance(123_456_789);
  expect(second.radio.save()).toEqual(first.radio.save());
  expect(second.get(GSM_FRAME)).toBe(28);
});
