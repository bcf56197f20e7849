/** The last bytes of a console, each with its number since the machine was made. */
export class ConsoleRing {
  readonly #buffer: Uint8Array;
  #end = 0;

  constructor(capacity = 1 << 20) {
    this.#buffer = new Uint8Array(capacity);
  }

  /** The number that the next byte will have. */
  get end(): number {
    return this.#end;
  }

  /** The number of the oldest byte that is kept. */
  get start(): number {
    return Math.max(0, this.#end - this.#buffer.length);
  }

  write(bytes: Uint8Array): void {
    const size = this.#buffer.length;
    // Of more than fits, only the last is kept.
    const kept = bytes.subarray(Math.max(0, bytes.length - size));
    const at = (this.#end + bytes.length - kept.length) % size;
    const first = Math.min(kept.length, size - at);
    this.#buffer.set(kept.subarray(0, first), at);
    this.#buffer.set(kept.subarray(first), 0);
    this.#end += bytes.length;
  }

  /** Up to `limit` bytes from number `from` on, or from the oldest that is kept; a copy. */
  read(from: number, limit: number): { offset: number; bytes: Uint8Array } {
    const offset = Math.min(Math.max(from, this.start), this.#end);
    const length = Math.min(limit, this.#end - offset);
    const bytes = new Uint8Array(length);
    const at = offset % this.#buffer.length;
    const first = Math.min(length, this.#buffer.length - at);
    bytes.set(this.#buffer.subarray(at, at + first));
    bytes.set(this.#buffer.subarray(0, length - first), first);
    return { offset, bytes };
  }
}
