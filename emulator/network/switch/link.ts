import type { Random } from '../../base/random.ts';

/** What a wire does to frames, alike in each direction. */
export interface LinkConfig {
  /** Virtual ns that a frame is under way, beside the time of its bits. */
  delayNs?: number;
  /** Absent: as many as one likes. */
  bitsPerSecond?: number;
  /** The part of frames that is lost, 0 to 1. */
  loss?: number;
}

/** Frames wait for the wire as long as this many bytes are before them; more are lost, as in a switch. */
const QUEUE_BYTES = 512 * 1024;
/** What is on the wire beside a frame: preamble, check sequence, gap (IEEE 802.3 §3.1, §4.4). */
const WIRE_OVERHEAD = 24;

/** One direction of a wire, in virtual time. It knows when frames arrive; whoever sends takes them there. */
export class Link {
  private readonly config: LinkConfig;
  private readonly random: Random;
  private freeNs = 0;

  /** `random` is this direction's own, so that no other traffic changes what is lost. */
  constructor(config: LinkConfig, random: Random) {
    this.config = config;
    this.random = random;
  }

  /** When a frame of that many bytes that is sent now arrives; undefined when it is lost. Frames arrive in the order in which they were sent. */
  arrivalNs(bytes: number, nowNs: number): number | undefined {
    const { delayNs = 0, bitsPerSecond, loss = 0 } = this.config;
    if (bitsPerSecond !== undefined) {
      const nsPerByte = 8e9 / bitsPerSecond;
      const start = Math.max(this.freeNs, nowNs);
      if (start - nowNs > QUEUE_BYTES * nsPerByte) return undefined;
      this.freeNs = start + Math.ceil((bytes + WIRE_OVERHEAD) * nsPerByte);
    } else this.freeNs = nowNs;
    if (loss > 0 && this.random.next() < loss * 2 ** 32) return undefined;
    return this.freeNs + delayNs;
  }
}
