import type { Random } from '../../../emulator/base/random.ts';
import { integer, uniform } from './random-sets.ts';

/** What happens to a simulated guest. Its own exits end stretches of computing. */
export interface Guest {
  /** When its next interrupt comes. */
  nextInterruptNs: number;
  /** Whether that is of a timer of its own rather than of a device: the hypervisor takes it only where it matters. */
  readonly byTimer: boolean;
  /** How long it computes until its next exit. */
  computeNs: number;
  /** Its interrupt is there, and if it sleeps it wakes up. */
  interrupt(): void;
  /** It computed so far. What it exits for: to sleep, or for something that the hypervisor does at once. */
  exit(nowNs: number): 'sleep' | 'trap';
  /** The worst from when it should have been released until it was done, of those that were judged. */
  worstResponseNs: number;
  misses: number;
  /** Counts what is late already at the end. */
  finish(nowNs: number): void;
}

export interface Releases {
  readonly periodNs: number;
  readonly jitterNs: number;
  readonly phaseNs: number;
}

/** Does in each period what it may, with some traps on the way, and is judged. `trapNs` is what a trap costs it. */
export function diligentGuest(
  random: Random,
  { periodNs, jitterNs, phaseNs }: Releases,
  { guestNs, deadlineNs, trapNs }: { readonly guestNs: number; readonly deadlineNs: number; readonly trapNs: number },
): Guest {
  const traps = Math.min(integer(random, 0, 3), Math.floor(guestNs / (2 * trapNs)));
  const stretch = (left: number) =>
    Math.floor((guestNs - traps * trapNs) / (traps + 1)) + (left === 0 ? (guestNs - traps * trapNs) % (traps + 1) : 0);
  let number = 0;
  let left = 0;
  /** Releases that wait, by when they should have been. */
  const pending: number[] = [];
  const late = () => (number === 0 ? 0 : Math.floor(uniform(random, 0, jitterNs + 1)));
  const guest: Guest = {
    nextInterruptNs: phaseNs + jitterNs,
    byTimer: false,
    computeNs: 0,
    worstResponseNs: 0,
    misses: 0,
    interrupt() {
      pending.push(phaseNs + number * periodNs);
      number++;
      guest.nextInterruptNs = phaseNs + number * periodNs + late();
      if (pending.length === 1) begin();
    },
    exit(nowNs) {
      if (left > 0) {
        left--;
        guest.computeNs = stretch(left);
        return 'trap';
      }
      const response = nowNs - pending.shift()!;
      guest.worstResponseNs = Math.max(guest.worstResponseNs, response);
      if (response > deadlineNs) guest.misses++;
      if (pending.length === 0) return 'sleep';
      begin();
      return 'trap';
    },
    finish(nowNs) {
      guest.misses += pending.filter((release) => release + deadlineNs < nowNs).length;
    },
  };
  function begin(): void {
    left = traps;
    guest.computeNs = stretch(left);
  }
  return guest;
}

/** Never sleeps, and traps as it likes. */
export function greedyGuest(random: Random, interrupts: Releases): Guest {
  let number = 0;
  const guest: Guest = {
    nextInterruptNs: interrupts.phaseNs,
    byTimer: false,
    computeNs: 1000,
    worstResponseNs: 0,
    misses: 0,
    interrupt() {
      number++;
      guest.nextInterruptNs =
        interrupts.phaseNs + number * interrupts.periodNs + Math.floor(uniform(random, 0, interrupts.jitterNs));
    },
    exit() {
      guest.computeNs = integer(random, 1000, 300_000);
      return 'trap';
    },
    finish: () => {},
  };
  return guest;
}

/** Sleeps as it likes, and wakes up by its timer, many times in a period. */
export function restlessGuest(random: Random): Guest {
  const guest: Guest = {
    ...greedyGuest(random, { periodNs: Infinity, jitterNs: 0, phaseNs: 0 }),
    byTimer: true,
    interrupt() {
      guest.nextInterruptNs = Infinity;
    },
    exit(nowNs) {
      guest.computeNs = integer(random, 1000, 300_000);
      if (random.next() % 2) return 'trap';
      guest.nextInterruptNs = nowNs + integer(random, 1000, 300_000);
      return 'sleep';
    },
  };
  return guest;
}
