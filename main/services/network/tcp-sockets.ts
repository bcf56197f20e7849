import { connect, type Socket } from 'node:net';
import { HOST_CREDIT, type SocketCommand, type SocketEvent } from '../../../emulator/machine/network-settings.ts';
import type { Place } from './targets.ts';

interface Open {
  readonly socket: Socket;
  /** Bytes that the guest has not confirmed. */
  underWay: number;
  isConnected: boolean;
  /** It sent its last byte. */
  hasEnded: boolean;
}

/** The host's ends of the guest's TCP connections, by number. */
export class TcpSockets {
  readonly #open = new Map<number, Open>();
  readonly #emit: (event: SocketEvent) => void;

  constructor(emit: (event: SocketEvent) => void) {
    this.#emit = emit;
  }

  /** Connects to a place; without one, there is no such place. */
  connect(id: number, place: Place | undefined): void {
    if (!place) return this.#emit({ type: 'refused', id });
    const socket = connect({ ...place, allowHalfOpen: true });
    const open = this.#add(id, socket, false);
    socket.once('connect', () => {
      open.isConnected = true;
      this.#emit({ type: 'opened', id });
    });
  }

  /** A connection that came in through a forwarded port. */
  accept(id: number, forward: number, socket: Socket): void {
    this.#add(id, socket, true);
    this.#emit({ type: 'accepted', id, forward });
  }

  take(command: SocketCommand): void {
    const open = this.#open.get(command.id);
    if (!open) return;
    const { socket } = open;
    switch (command.type) {
      case 'data': {
        const { id, bytes } = command;
        socket.write(bytes, (error) => {
          if (!error && this.#open.has(id)) this.#emit({ type: 'written', id, bytes: bytes.length });
        });
        return;
      }
      case 'end':
        socket.end();
        return;
      case 'reset':
        this.#open.delete(command.id);
        socket.resetAndDestroy();
        return;
      case 'credit':
        open.underWay -= command.bytes;
        if (open.underWay < HOST_CREDIT && socket.isPaused()) socket.resume();
        return;
    }
  }

  close(): void {
    for (const { socket } of this.#open.values()) socket.destroy();
    this.#open.clear();
  }

  #add(id: number, socket: Socket, isConnected: boolean): Open {
    const open: Open = { socket, underWay: 0, isConnected, hasEnded: false };
    this.#open.set(id, open);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      open.underWay += chunk.length;
      if (open.underWay >= HOST_CREDIT) socket.pause();
      if (this.#open.has(id)) this.#emit({ type: 'data', id, bytes: new Uint8Array(chunk) });
    });
    socket.once('end', () => {
      open.hasEnded = true;
      if (this.#open.has(id)) this.#emit({ type: 'end', id });
    });
    // What went wrong is told by `close`, which follows.
    socket.on('error', () => undefined);
    socket.once('close', (failed) => {
      if (!this.#open.delete(id)) return;
      if (!open.isConnected) this.#emit({ type: 'refused', id });
      else if (failed || !open.hasEnded) this.#emit({ type: 'reset', id });
    });
    return open;
  }
}
