import type { Peer } from '../../contract/index.ts';
import type { ConsoleRing } from './console-ring.ts';

const chunkBytes = 64 * 1024;
/** What may wait in a connection; a screen that is slower than the guest loses bytes in the ring instead of filling memory. */
const maxPendingBytes = 1 << 20;
const gatherMs = 8;
const waitMs = 50;

/** Sends one console to one screen: first what the ring has, then what comes, gathered for a few milliseconds. */
export class Attachment {
  readonly #peer: Peer;
  readonly #machine: number;
  readonly #console: number;
  readonly #ring: ConsoleRing;
  #next = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(peer: Peer, machine: number, console: number, ring: ConsoleRing) {
    this.#peer = peer;
    this.#machine = machine;
    this.#console = console;
    this.#ring = ring;
    this.wake();
  }

  /** There may be something to send. */
  wake(): void {
    this.#timer ??= setTimeout(() => this.#pump(), gatherMs);
  }

  /** Sends what is left at once: what comes next (the end of the run) must not overtake it. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#pump();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #pump(): void {
    this.#timer = undefined;
    while (this.#next < this.#ring.end) {
      if (this.#peer.pendingBytes > maxPendingBytes) {
        this.#timer = setTimeout(() => this.#pump(), waitMs);
        return;
      }
      const { offset, bytes } = this.#ring.read(this.#next, chunkBytes);
      this.#peer.console({ machine: this.#machine, console: this.#console, offset, bytes });
      this.#next = offset + bytes.length;
    }
  }
}
