import type { Clock, Timer } from '../devices/device.ts';

interface Event extends Timer {
  readonly atNs: number;
  readonly order: number;
  readonly fire: () => void;
}

/** Virtual time as devices see it, and what is due when. Events of the same time fire in the order in which they were set. */
export class EventQueue implements Clock {
  private readonly events: Event[] = [];
  private order = 0;
  private readonly time: () => number;

  constructor(time: () => number) {
    this.time = time;
  }

  nowNs(): number {
    return this.time();
  }

  at(atNs: number, fire: () => void): Timer {
    const event: Event = { atNs, order: this.order++, fire, cancel: () => this.remove(event) };
    // Sorted, the next one last: there are few, and most are for soon.
    let index = this.events.length;
    while (index > 0 && (this.events[index - 1] as Event).atNs <= atNs) index--;
    this.events.splice(index, 0, event);
    return event;
  }

  private remove(event: Event): void {
    const index = this.events.indexOf(event);
    if (index >= 0) this.events.splice(index, 1);
  }

  /** When the next event is due; Infinity when none is. */
  get nextNs(): number {
    return this.events.at(-1)?.atNs ?? Infinity;
  }

  /** Fires all that is due at `ns`. */
  runDue(ns: number): void {
    while (this.nextNs <= ns) this.events.pop()?.fire();
  }

  clear(): void {
    this.events.length = 0;
  }
}
