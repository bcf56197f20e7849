import type { Clock, Device, DeviceState, Line, Timer } from '../devices/device.ts';

/** One cell's end of a channel: what was rung to it, and the registers with which it rings. */
export class Doorbell implements Device {
  readonly kind = 'doorbell';
  /** The cell, for whoever asks about the other end. */
  readonly cell: string;
  private readonly channel: Channel;
  private readonly line: Line;
  private readonly mayRing: boolean;
  private readonly clock: Clock;
  private payload = 0;
  private isUp = false;
  /** When the interrupt may come next, and what waits for that. */
  private nextNs = 0;
  private due: Timer | undefined;

  constructor(channel: Channel, cell: string, mayRing: boolean, line: Line, clock: Clock) {
    this.channel = channel;
    this.cell = cell;
    this.mayRing = mayRing;
    this.line = line;
    this.clock = clock;
  }

  /** Rings the other ends; false where that was not granted. */
  ring(payload: number): boolean {
    if (!this.mayRing) return false;
    for (const other of this.others) other.rung(payload);
    return true;
  }

  get others(): Doorbell[] {
    return this.channel.ends.filter((end) => end !== this);
  }

  private rung(payload: number): void {
    this.payload = payload >>> 0;
    if (this.isUp || this.due) return;
    if (this.clock.nowNs() < this.nextNs) this.raiseLater();
    else this.raise();
  }

  private raise(): void {
    this.due = undefined;
    this.isUp = true;
    const { distanceNs } = this.channel;
    if (distanceNs > 0) this.nextNs = this.clock.nowNs() + distanceNs;
    this.line.set(true);
  }

  private raiseLater(): void {
    this.due = this.clock.at(this.nextNs, () => this.raise());
  }

  /** What was rung last; 0 when nothing was since it was taken. The interrupt goes down. */
  take(): number {
    const { payload } = this;
    this.lower();
    return payload;
  }

  private lower(): void {
    this.payload = 0;
    this.isUp = false;
    this.due?.cancel();
    this.due = undefined;
    this.line.set(false);
  }

  /** The one register, at 0: reads as {@link take}, writes {@link ring}. */
  read(offset: number): number {
    return offset === 0 ? this.take() : 0;
  }

  write(offset: number, _size: 1 | 2 | 4, value: number): void {
    if (offset === 0) this.ring(value);
  }

  reset(): void {
    this.lower();
    this.nextNs = 0;
  }

  save(): DeviceState {
    return { payload: this.payload, isUp: this.isUp, nextNs: this.nextNs, isDue: this.due !== undefined };
  }

  restore(state: DeviceState): void {
    this.due?.cancel();
    this.due = undefined;
    this.payload = state['payload'] as number;
    this.isUp = state['isUp'] as boolean;
    this.nextNs = state['nextNs'] as number;
    if (state['isDue']) this.raiseLater();
    this.line.set(this.isUp);
  }
}

/** Memory that several cells see, with a doorbell for each. */
export class Channel {
  readonly ends: Doorbell[] = [];
  /** The shortest time from one interrupt of an end to the next. */
  readonly distanceNs: number;

  constructor(distanceNs: number) {
    this.distanceNs = distanceNs;
  }
}

/** A cell's part in a channel. Its capability is its place among the cell's grants. */
export interface Grant {
  readonly doorbell: Doorbell;
  /** Intermediate addresses of the doorbell's page and of the memory. */
  readonly page: number;
  readonly memory: number;
  readonly size: number;
  readonly rights: 'rw' | 'ro';
  readonly intid: number;
}
