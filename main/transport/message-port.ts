/** A channel over a MessagePort: Electron's main process (`MessagePortMain`) has `on`, a renderer's port has `onmessage`. */
import type { Channel } from '../contract/index.ts';

/** What Electron's `MessagePortMain` offers and is used here; `main/desktop` alone imports Electron. */
export interface MainPortLike {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(data: unknown): void;
  start(): void;
  close(): void;
}

export function createMainPortChannel(port: MainPortLike): Channel {
  return {
    send: (data) => port.postMessage(data),
    onData(listener) {
      port.on('message', ({ data }) => {
        if (typeof data === 'string' || data instanceof Uint8Array) listener(data);
      });
      port.start();
    },
    onClose: (listener) => void port.on('close', listener),
    close: () => port.close(),
    pendingBytes: 0,
  };
}
