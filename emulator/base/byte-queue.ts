/** Bytes in the order in which they came, as few copies as can be. */
export class ByteQueue {
  private readonly chunks: Uint8Array[] = [];
  /** Of the first chunk, bytes that are gone. */
  private skipped = 0;
  length = 0;

  /** Keeps `bytes` itself. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.chunks.push(bytes);
    this.length += bytes.length;
  }

  /** A copy of `count` bytes from `offset` on; both lie within the queue. */
  copy(offset: number, count: number): Uint8Array {
    const into = new Uint8Array(count);
    let skip = offset + this.skipped;
    let done = 0;
    for (const chunk of this.chunks) {
      if (done === count) break;
      if (skip < chunk.length) {
        const part = chunk.subarray(skip, skip + count - done);
        into.set(part, done);
        done += part.length;
      }
      skip = Math.max(0, skip - chunk.length);
    }
    return into;
  }

  /** Forgets the first `count` bytes. */
  drop(count: number): void {
    this.length -= count;
    this.skipped += count;
    while (this.chunks[0] && this.skipped >= this.chunks[0].length) {
      this.skipped -= this.chunks[0].length;
      this.chunks.shift();
    }
  }
}
