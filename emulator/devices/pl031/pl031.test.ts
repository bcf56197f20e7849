import { expect, test } from 'vitest';
import { TestClock } from '../test-clock.ts';
import { createPl031 } from './pl031.ts';

const [DR, MR, LR, IMSC, RIS, MIS, ICR] = [0x00, 0x04, 0x08, 0x10, 0x14, 0x18, 0x1c];
const second = 1e9;

function create() {
  const clock = new TestClock();
  const irq = { level: false, set: (level: boolean) => (irq.level = level) };
  return { rtc: createPl031({ irq, clock, baseSeconds: 1000 }), clock, irq };
}

test('counts seconds from the base date, and from what is loaded', () => {
  const { rtc, clock } = create();
  clock.advance(2.5 * second);
  expect(rtc.read(DR, 4)).toBe(1002);
  rtc.write(LR, 4, 0xffff_ffff);
  expect(rtc.read(DR, 4)).toBe(0xffff_ffff);
  clock.advance(second);
  expect(rtc.read(DR, 4)).toBe(0);
});

test('gives the alarm at the very second, once', () => {
  const { rtc, clock, irq } = create();
  rtc.write(IMSC, 4, 1);
  rtc.write(MR, 4, 1003);
  clock.advance(3 * second - 1);
  expect(irq.level).toBe(false);
  clock.advance(1);
  expect(irq.level).toBe(true);
  rtc.write(ICR, 4, 1);
  expect(irq.level).toBe(false);
  clock.advance(5 * second);
  expect(rtc.read(RIS, 4)).toBe(0);
});

test('masked, the alarm is only seen', () => {
  const { rtc } = create();
  rtc.write(MR, 4, 1000);
  expect([rtc.read(RIS, 4), rtc.read(MIS, 4)]).toEqual([1, 0]);
});

test('an alarm goes with a snapshot', () => {
  const { rtc } = create();
  rtc.write(IMSC, 4, 1);
  rtc.write(MR, 4, 1001);
  const other = create();
  other.rtc.restore(rtc.save());
  other.clock.advance(second);
  expect(other.irq.level).toBe(true);
});
