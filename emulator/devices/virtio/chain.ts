import type { Dma } from '../device.ts';

export interface Segment {
  readonly pa: number;
  readonly length: number;
}

/** The buffers of one request: first those that the device reads, then those that it writes (virtio 1.2 §2.7.4.2). */
export class Chain {
  /** Index of the first descriptor: what the used ring calls the request. */
  readonly head: number;
  readonly readable: number;
  readonly writable: number;
  private readonly dma: Dma;
  readonly out: readonly Segment[];
  readonly in: readonly Segment[];

  constructor(dma: Dma, head: number, out: readonly Segment[], into: readonly Segment[]) {
    this.dma = dma;
    this.head = head;
    this.out = out;
    this.in = into;
    this.readable = total(out);
    this.writable = total(into);
  }

  /** Fills `into` from the readable bytes at `offset`; false when they are fewer or lie outside of RAM. */
  read(offset: number, into: Uint8Array): boolean {
    return transfer(this.out, offset, into, (pa, part) => this.dma.read(pa, part));
  }

  /** Puts `from` into the writable bytes at `offset`; false when they are fewer or lie outside of RAM. */
  write(offset: number, from: Uint8Array): boolean {
    return transfer(this.in, offset, from, (pa, part) => this.dma.write(pa, part));
  }
}

const total = (segments: readonly Segment[]) => segments.reduce((sum, { length }) => sum + length, 0);

function transfer(
  segments: readonly Segment[],
  offset: number,
  bytes: Uint8Array,
  move: (pa: number, part: Uint8Array) => boolean,
) {
  let skip = offset;
  let done = 0;
  for (const { pa, length } of segments) {
    if (done === bytes.length) break;
    if (skip < length) {
      const count = Math.min(length - skip, bytes.length - done);
      if (!move(pa + skip, bytes.subarray(done, done + count))) return false;
      done += count;
    }
    skip = Math.max(0, skip - length);
  }
  return done === bytes.length;
}
