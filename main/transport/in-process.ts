import type { Channel } from '../contract/index.ts';

/** Two ends of a connection within one process, for tests. Delivery is asynchronous, as with every other transport. */
export function inProcessPair(): [Channel, Channel] {
  const first = new End();
  const second = new End();
  first.other = second;
  second.other = first;
  return [first, second];
}

class End implements Channel {
  other!: End;
  readonly pendingBytes = 0;
  #open = true;
  #data: (data: string | Uint8Array) => void = () => {};
  #closed: () => void = () => {};

  send(data: string | Uint8Array<ArrayBuffer>): void {
    const copy = typeof data === 'string' ? data : data.slice();
    queueMicrotask(() => this.other.#open && this.other.#data(copy));
  }
  onData(listener: (data: string | Uint8Array) => void): void {
    this.#data = listener;
  }
  onClose(listener: () => void): void {
    this.#closed = listener;
  }
  close(): void {
    for (const end of [this, this.other]) {
      if (!end.#open) continue;
      end.#open = false;
      queueMicrotask(() => end.#closed());
    }
  }
}
