/**
 * Bytes of one console in order, each once: after a connection was made again, the host sends what it has kept from the beginning, of
 * which most is on the screen already.
 */
export class ConsoleStream {
  #next = 0;

  /** What of an event is new, and how many bytes before it were lost. */
  accept({ offset, bytes }: { offset: number; bytes: Uint8Array }): { bytes: Uint8Array; lost: number } {
    const known = Math.max(0, this.#next - offset);
    const lost = Math.max(0, offset - this.#next);
    this.#next = Math.max(this.#next, offset + bytes.length);
    return { bytes: bytes.subarray(Math.min(known, bytes.length)), lost };
  }
}
