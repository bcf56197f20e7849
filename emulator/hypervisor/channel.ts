import type { Device, DeviceState, Line } from '../devices/device.ts';

/** One cell's end of a channel: what was rung to it, and the registers with which it rings. */
export class Doorbell implements Device {
  readonly kind = 'doorbell';
  /** The cell, for whoever asks about the other end. */
  readonly cell: string;
  private readonly channel: Channel;
  private readonly line: Line;
  private readonly mayRing: boolean;
  private payload = 0;
  private isUp = false;

  constructor(channel: Channel, cell: string, mayRing: boolean, line: Line) {
    this.channel = channel;
    this.cell = cell;
    this.mayRing = mayRing;
    this.line = line;
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
    this.isUp = true;
    this.line.set(true);
  }

  /** What was rung last; 0 when nothing was since it was taken. The interrupt goes down. */
  take(): number {
    const { payload } = this;
    this.reset();
    return payload;
  }

  /** The one register, at 0: reads as {@link take}, writes {@link ring}. */
  read(offset: number): number {
    return offset === 0 ? this.take() : 0;
  }

  write(offset: number, _size: 1 | 2 | 4, value: number): void {
    if (offset === 0) this.ring(value);
  }

  reset(): void {
    this.payload = 0;
    this.isUp = false;
    this.line.set(false);
  }

  save(): DeviceState {
    return { payload: this.payload, isUp: this.isUp };
  }

  restore(state: DeviceState): void {
    this.payload = state['payload'] as number;
    this.isUp = state['isUp'] as boolean;
    this.line.set(this.isUp);
  }
}

/** Memory that several cells see, with a doorbell for each. */
export class Channel {
  readonly ends: Doorbell[] = [];
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
