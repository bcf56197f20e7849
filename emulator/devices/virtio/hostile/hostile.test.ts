/**
 * Drivers that break every rule of rings, on every device type. Nothing is thrown, nothing outside of the guest's RAM is touched, time and memory
 * have bounds. A new device type is one line in `targets.ts`.
 */
import { describe, expect, test } from 'vitest';
import { full } from '../../../../tests/support/packages.ts';
import type { Clock, DeviceValue, Dma } from '../../device.ts';
import { TestClock } from '../../test-clock.ts';
import { BANK, NEEDS_RESET, R, TestDriver } from '../test-driver.ts';
import { attack } from './attack.ts';
import { Dice } from '../../test-dice.ts';
import { GuardedMemory } from './guarded-memory.ts';
import { targets, type Target } from './targets.ts';

/** All of them take some minutes. */
const TIMEOUT_MS = 20 * 60_000;
const RINGS = full ? 100_000 : 4000;
/** Drivers in a row at one device, which each begins with a reset. */
const ROW = 20;
/** What one driver can make a device move at most: bytes, and accesses to memory. */
const MOST = { bytes: 2 ** 28, accesses: 500_000 };
const MOST_STATE = 4 << 20;

interface Tally {
  broken: number;
  answered: number;
}

/** A row of drivers at a new device; answers the last state. */
function onslaught(create: (clock: Clock, dma: Dma) => Target, seed: number, rings: number, tally: Tally): DeviceValue {
  const dice = new Dice(seed, 'hostile');
  const clock = new TestClock();
  // The memory has room for the queues of the device, which may want the memory.
  const dma: Dma = { read: (pa, into) => memory.dma.read(pa, into), write: (pa, from) => memory.dma.write(pa, from) };
  const target = create(clock, dma);
  const queues = target.queues ?? [...target.device.queueSizes.keys()];
  const memory: GuardedMemory = new GuardedMemory(BANK * queues.length);
  const options = { legacy: dice.oneIn(4), eventIndex: dice.oneIn(2), features: dice.pick(target.features ?? [0]) };
  const t = new TestDriver(target.device, { ...options, queues, memory, clock });
  for (let n = 0; n < rings; n++) {
    memory.ram.fill(0);
    memory.moved = { accesses: 0, bytes: 0 };
    t.write(R.STATUS, 0);
    attack(t, target, dice);
    const { accesses, bytes } = memory.moved;
    if (accesses > MOST.accesses || bytes > MOST.bytes) throw new Error(`${accesses} accesses, ${bytes} bytes moved`);
    if (t.read(R.STATUS) & NEEDS_RESET) tally.broken++;
    if (queues.some((queue) => t.used(queue).index > 0)) tally.answered++;
  }
  expect(memory.isIntact).toBe(true);
  return t.mmio.save();
}

function sizeOf(value: DeviceValue): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  return Object.values(value).reduce<number>((sum, each) => sum + sizeOf(each as DeviceValue), 0);
}

describe.each(Object.entries(targets))('%s', (_name, create) => {
  test('whatever drivers do, the device lives', { timeout: TIMEOUT_MS }, () => {
    const tally = { broken: 0, answered: 0 };
    for (let seed = 0; seed < RINGS / ROW; seed++) {
      try {
        const state = onslaught(create, seed, ROW, tally);
        expect(sizeOf(state)).toBeLessThan(MOST_STATE);
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
    // Both happen often, or nothing was tried.
    expect(Math.min(tally.broken, tally.answered)).toBeGreaterThan(RINGS / 20);
  });

  test('the same driver has the same effect', () => {
    for (let seed = 0; seed < 10; seed++) {
      const [first, second] = [1, 2].map(() => onslaught(create, seed, ROW, { broken: 0, answered: 0 }));
      expect(second).toEqual(first);
    }
  });
});
