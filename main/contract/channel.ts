/**
 * One connection between a screen and a host. A text is a JSON message, bytes are a console frame. Delivery is in order, once; listeners
 * are set once and before anything can arrive (in the same turn in which the channel was made).
 */
export interface Channel {
  send(data: string | Uint8Array<ArrayBuffer>): void;
  onData(listener: (data: string | Uint8Array) => void): void;
  /** Called once, when the other side is gone or `close` was called. */
  onClose(listener: () => void): void;
  close(): void;
  /** Bytes that were sent but have not left yet, where the transport knows. */
  readonly pendingBytes: number;
}
