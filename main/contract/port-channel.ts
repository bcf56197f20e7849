/** The screen's end of a MessagePort, as the desktop's preload script hands it over. */
import type { Channel } from './channel.ts';

/** The part of the DOM's `MessagePort` that is used. */
export interface PortLike {
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: () => void): void;
  start(): void;
  postMessage(data: unknown): void;
  close(): void;
}

/** `window` gets a message with this `data` and one port when it runs in the desktop's window. */
export const portMessage = 'pocketvisor:port';

export function createPortChannel(port: PortLike): Channel {
  let closed = () => {};
  return {
    send: (data) => port.postMessage(data),
    onData(listener) {
      port.addEventListener('message', ({ data }) => {
        if (typeof data === 'string' || data instanceof Uint8Array) listener(data);
      });
      port.start();
    },
    onClose(listener) {
      closed = listener;
      port.addEventListener('close', listener);
    },
    close() {
      port.close();
      // Closing one's own end raises no event.
      closed();
    },
    pendingBytes: 0,
  };
}
