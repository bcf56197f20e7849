import type { Clock, Timer } from '../../../devices/device.ts';
import { distance } from '../../packets/tcp.ts';

/** RFC 6298, with Linux's lower bound instead of a second. */
const FIRST_NS = 1e9;
const LEAST_NS = 200e6;
const MOST_NS = 60e9;
/** Times in a row without an answer after which a peer is given up. */
const MAX_TRIES = 8;

/** When to send again: the timer of RFC 6298, and the time that answers take. */
export class Retransmission {
  private readonly clock: Clock;
  private readonly act: (giveUp: boolean) => void;
  private timer: Timer | undefined;
  private timeoutNs = FIRST_NS;
  private smoothedNs: number | undefined;
  private variationNs = 0;
  private tries = 0;
  /** The one segment whose answer is timed. Those that were sent twice are not (Karn). */
  private timed: { end: number; sinceNs: number } | undefined;

  /** `act` is called when it is time. */
  constructor(clock: Clock, act: (giveUp: boolean) => void) {
    this.clock = clock;
    this.act = act;
  }

  /** New bytes up to the sequence number `end` were sent. */
  sent(end: number): void {
    this.timed ??= { end, sinceNs: this.clock.nowNs() };
    this.arm();
  }

  arm(): void {
    this.timer ??= this.clock.at(this.clock.nowNs() + this.timeoutNs, () => {
      this.timer = undefined;
      this.timed = undefined;
      this.timeoutNs = Math.min(this.timeoutNs * 2, MOST_NS);
      this.tries++;
      this.act(this.tries > MAX_TRIES);
    });
  }

  /** The peer has all up to `una`. */
  acknowledged(una: number): void {
    this.tries = 0;
    if (this.timed && distance(una, this.timed.end) >= 0) {
      this.sample(this.clock.nowNs() - this.timed.sinceNs);
      this.timed = undefined;
    }
    const usualNs = this.smoothedNs === undefined ? FIRST_NS : this.smoothedNs + 4 * this.variationNs;
    this.timeoutNs = Math.min(Math.max(usualNs, LEAST_NS), MOST_NS);
    this.stop();
  }

  /** The peer is there, even if it confirmed nothing new: it is not given up. */
  heard(): void {
    this.tries = 0;
  }

  /** Something is sent again before its time. */
  again(): void {
    this.timed = undefined;
    this.stop();
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private sample(ns: number): void {
    if (this.smoothedNs === undefined) [this.smoothedNs, this.variationNs] = [ns, ns / 2];
    else {
      this.variationNs = 0.75 * this.variationNs + 0.25 * Math.abs(this.smoothedNs - ns);
      this.smoothedNs = 0.875 * this.smoothedNs + 0.125 * ns;
    }
  }
}
