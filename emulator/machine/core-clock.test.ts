import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CoreClock } from './core-clock.ts';

const mhz = fc.integer({ min: 1, max: 1000 });
/** 100 days of virtual time. */
const time = fc.integer({ min: 0, max: 8_640_000_000_000_000 });

test('times that a clock gives lead back to their cycle', () => {
  fc.assert(
    fc.property(mhz, time, (rate, ns) => {
      const clock = new CoreClock(rate * 1e6);
      const cycle = clock.cycleAt(ns);
      expect(clock.cycleAt(clock.nsAt(cycle))).toBe(cycle);
    }),
  );
});

test('both directions are the exact quotient, rounded once', () => {
  fc.assert(
    fc.property(mhz, time, (rate, ns) => {
      const clock = new CoreClock(rate * 1e6);
      const exactCycle = (BigInt(ns) * BigInt(rate) + 999n) / 1000n;
      expect(BigInt(clock.cycleAt(ns))).toBe(exactCycle);
      expect(BigInt(clock.nsAt(Number(exactCycle)))).toBe((exactCycle * 1000n) / BigInt(rate));
    }),
  );
});

test('a core that has not reached a limit has a cycle left to it', () => {
  fc.assert(
    fc.property(mhz, time, fc.integer({ min: 1, max: 10_000 }), (rate, ns, ahead) => {
      const clock = new CoreClock(rate * 1e6);
      const start = clock.align(ns);
      const limit = ns + ahead;
      expect(clock.cycleAt(limit) > clock.cycleAt(start)).toBe(start < limit);
      expect(clock.nsAt(clock.cycleAt(limit))).toBeGreaterThanOrEqual(limit);
    }),
  );
});

test('at 1 GHz a cycle is a ns', () => {
  const clock = new CoreClock(1e9);
  expect([clock.nsAt(123), clock.cycleAt(456), clock.align(7)]).toEqual([123, 456, 7]);
});

test.each([0, -1, 1.5, 2e9, 999_999_937])('a clock of %d Hz is refused', (hz) => {
  expect(() => new CoreClock(hz)).toThrow();
});
