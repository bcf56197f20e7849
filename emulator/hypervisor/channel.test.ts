import { expect, test } from 'vitest';
import { TestClock } from '../devices/test-clock.ts';
import { Channel, Doorbell } from './channel.ts';

/** Two ends of a channel; `heard` has the times at which the interrupt of the second went up. */
function pair(distanceNs: number) {
  const clock = new TestClock();
  const channel = new Channel(distanceNs);
  const heard: number[] = [];
  let isUp = false;
  const line = {
    set(up: boolean) {
      if (up && !isUp) heard.push(clock.nowNs());
      isUp = up;
    },
  };
  const [from, to] = [
    new Doorbell(channel, 'from', true, { set: () => undefined }, clock),
    new Doorbell(channel, 'to', false, line, clock),
  ];
  channel.ends.push(from, to);
  return { clock, from, to, heard };
}

test('doorbells are heard at once, and who may not ring does not', () => {
  const { clock, from, to, heard } = pair(0);
  for (let payload = 1; payload <= 3; payload++) {
    expect(from.ring(payload)).toBe(true);
    expect(to.take()).toBe(payload);
    clock.advance(10);
  }
  expect(heard).toEqual([0, 10, 20]);
  expect(to.ring(1)).toBe(false);
  expect(from.take()).toBe(0);
});

test('with a distance, what is rung too soon is heard when it is over, with what was rung last', () => {
  const { clock, from, to, heard } = pair(1000);
  const taken: number[] = [];
  for (let payload = 1; payload <= 300; payload++) {
    from.ring(payload);
    if (heard.length > taken.length) taken.push(to.take());
    clock.advance(10);
    if (heard.length > taken.length) taken.push(to.take());
  }
  expect(heard).toEqual([0, 1000, 2000, 3000]);
  expect(taken).toEqual([1, 100, 200, 300]);
});

test('what was taken before its interrupt needs none', () => {
  const { clock, from, to, heard } = pair(1000);
  from.ring(1);
  to.take();
  from.ring(2);
  expect(to.take()).toBe(2);
  clock.advance(5000);
  expect(heard).toEqual([0]);
});

test('an interrupt that waits for its time does so in a snapshot, too', () => {
  const { clock, from, to } = pair(1000);
  from.ring(1);
  to.take();
  clock.advance(10);
  from.ring(2);
  const state = to.save();
  const other = pair(1000);
  other.clock.advance(10);
  other.to.restore(state);
  other.clock.advance(5000);
  expect(other.heard).toEqual([1000]);
  expect(other.to.take()).toBe(2);
});
