/** All that the page gets of the desktop: one port, over which the contract is spoken. */
import { ipcRenderer } from 'electron';

/** The part of the page's `window` that is used: this folder has no types of the DOM. */
declare const window: {
  addEventListener(type: 'load', listener: () => void): void;
  postMessage(message: unknown, origin: string, ports: readonly MessagePort[]): void;
};

// The same name as in main/contract: a sandboxed preload script is one file, and the contract is too much for it.
const portMessage = 'pocketvisor:port';

const loaded = new Promise<void>((resolve) => window.addEventListener('load', resolve));

ipcRenderer.on(portMessage, async (event) => {
  // The page listens once its scripts have run.
  await loaded;
  window.postMessage(portMessage, '*', event.ports);
});
