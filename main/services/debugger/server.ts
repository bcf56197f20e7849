import { rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { UserError } from '../../../emulator/base/user-error.ts';
import type { MachineCommand } from '../../../emulator/machine/types.ts';
import { describeAddress, type DebugAddress } from './address.ts';

/** How long a debugger may take to read what it was told last. */
const CLOSE_MS = 1000;

/** The socket of a debug server: carries bytes between a debugger, one at a time, and the machine's worker, which speaks the protocol. */
export class DebugServer {
  /** Where it listens, with the port that was chosen. */
  readonly address: DebugAddress;
  readonly #server: Server;
  readonly #post: (command: MachineCommand) => void;
  #debugger: Socket | undefined;
  #isOpen = false;

  private constructor(server: Server, address: DebugAddress, post: (command: MachineCommand) => void) {
    this.#server = server;
    this.#post = post;
    const bound = server.address() as AddressInfo;
    this.address = 'path' in address ? address : { ...address, port: bound.port };
    server.on('connection', (socket) => this.#take(socket));
  }

  /** Throws a `UserError` where that is not possible. */
  static listen(address: DebugAddress, post: (command: MachineCommand) => void): Promise<DebugServer> {
    const server = createServer({ noDelay: true });
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        const hint = error.code === 'EADDRINUSE' ? 'another debug server has it: take another' : 'give a port of this machine';
        reject(
          new UserError('no-debug-server', `no debugger can attach at ${describeAddress(address)}: ${error.message}`, { hint }),
        );
      });
      server.listen('path' in address ? { path: address.path } : address, () => {
        server.unref();
        resolve(new DebugServer(server, address, post));
      });
    });
  }

  /** The machine was started: who has connected already is let in. */
  open(): void {
    this.#isOpen = true;
    if (this.#debugger) this.#admit(this.#debugger);
  }

  /** Bytes for the debugger. */
  send(bytes: Uint8Array): void {
    this.#debugger?.write(bytes);
  }

  /** Ends when the debugger has read all, or does not care. */
  close(): Promise<void> {
    this.#server.close();
    if ('path' in this.address) rmSync(this.address.path, { force: true });
    const socket = this.#debugger;
    this.#debugger = undefined;
    if (!socket || socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const limit = setTimeout(() => socket.destroy(), CLOSE_MS);
      socket.once('close', () => {
        clearTimeout(limit);
        resolve();
      });
      socket.end();
    });
  }

  #take(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    if (this.#debugger) return void socket.destroy();
    this.#debugger = socket;
    socket.unref();
    socket.on('close', () => {
      if (this.#debugger !== socket) return;
      this.#debugger = undefined;
      if (this.#isOpen) this.#post({ type: 'debugger-closed' });
    });
    if (this.#isOpen) this.#admit(socket);
  }

  #admit(socket: Socket): void {
    this.#post({ type: 'debugger-opened' });
    socket.on('data', (bytes: Buffer) => this.#post({ type: 'debugger', bytes: new Uint8Array(bytes) }));
  }
}
