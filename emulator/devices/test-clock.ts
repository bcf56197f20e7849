import type { Clock, Timer } from './device.ts';

/** Virtual time for the tests of devices: stands still until it is advanced. */
export class TestClock implements Clock {
  private now = 0;
  private timers: { atNs: number; fire: () => void }[] = [];

  nowNs = (): number => this.now;

  at = (atNs: number, fire: () => void): Timer => {
    const timer = { atNs, fire };
    this.timers.push(timer);
    this.timers.sort((a, b) => a.atNs - b.atNs);
    return { cancel: () => (this.timers = this.timers.filter((other) => other !== timer)) };
  };

  advance(ns: number): void {
    const end = this.now + ns;
    for (let next = this.timers[0]; next && next.atNs <= end; next = this.timers[0]) {
      this.timers.shift();
      this.now = Math.max(this.now, next.atNs);
      next.fire();
    }
    this.now = end;
  }
}
