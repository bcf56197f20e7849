/** Virtual ns after which a guest that wrote nothing is taken to wait for somebody, whatever it wrote last. */
const SILENCE_NS = 10_000_000_000;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * Tells from what a guest has written whether it waits for input while its cores do (decision 0021). A guest that asks leaves its line unfinished: a
 * prompt, a countdown, the echo of what was typed, a screen that it paints. One that sleeps until it goes on by itself has mostly finished the line. A
 * guess decides how fast idle time passes, and nothing that the guest could not also see of a slower host.
 */
export class Prompt {
  private isLineFinished = true;
  private lastNs = 0;

  /** The guest wrote a byte. */
  take(byte: number, nowNs: number): void {
    this.lastNs = nowNs;
    if (byte !== CARRIAGE_RETURN) this.isLineFinished = byte === LINE_FEED;
  }

  /** The virtual time up to which the guest has something of its own to do, as far as one can tell. */
  get awaitedFromNs(): number {
    return this.isLineFinished ? this.lastNs + SILENCE_NS : 0;
  }
}
