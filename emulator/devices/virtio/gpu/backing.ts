import type { Dma } from '../../device.ts';
import type { Segment } from '../chain.ts';

/** Guest memory behind a resource, in pieces as the driver has it. Whether it is RAM is asked when it is read. */
export class Backing {
  readonly segments: readonly Segment[];
  /** Where each piece begins in the whole. */
  private readonly starts: readonly number[];
  private readonly length: number;

  constructor(segments: readonly Segment[]) {
    this.segments = segments;
    let length = 0;
    this.starts = segments.map((segment) => (length += segment.length) - segment.length);
    this.length = length;
  }

  /** Fills `into` from `offset`; what the backing does not reach stays, as on QEMU. False when a piece lies outside of RAM. */
  read(dma: Dma, offset: number, into: Uint8Array): boolean {
    const end = Math.min(offset + into.length, this.length);
    for (let at = offset, n = this.pieceAt(offset); at < end; n++) {
      const { pa, length } = this.segments[n] as Segment;
      const skip = at - (this.starts[n] as number);
      const count = Math.min(length - skip, end - at);
      if (!dma.read(pa + skip, into.subarray(at - offset, at - offset + count))) return false;
      at += count;
    }
    return true;
  }

  /** The last piece that begins at or before the offset. */
  private pieceAt(offset: number): number {
    let [low, high] = [0, this.starts.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.starts[middle] as number) <= offset) low = middle;
      else high = middle;
    }
    return low;
  }
}
