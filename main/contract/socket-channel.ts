/** A channel over what a browser calls `WebSocket`, and `ws` has alike: the one transport that both sides share. */
import type { Channel } from './channel.ts';

/** The part of `WebSocket` that is used, so that the contract needs no DOM. */
export interface SocketLike {
  binaryType: string;
  readonly bufferedAmount: number;
  readonly readyState: number;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: () => void): void;
}

const open = 1;

/** `socket` has to be open, or opening on the side that listens first. */
export function createSocketChannel(socket: SocketLike): Channel {
  socket.binaryType = 'arraybuffer';
  return {
    send(data) {
      if (socket.readyState === open) socket.send(data);
    },
    onData(listener) {
      socket.addEventListener('message', ({ data }) => {
        if (typeof data === 'string') listener(data);
        else if (data instanceof ArrayBuffer) listener(new Uint8Array(data));
      });
    },
    onClose: (listener) => socket.addEventListener('close', listener),
    close: () => socket.close(),
    get pendingBytes() {
      return socket.bufferedAmount;
    },
  };
}
