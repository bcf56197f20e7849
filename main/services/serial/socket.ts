import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { UserError } from '../../../emulator/base/user-error.ts';
import { describeSocket, type Backend } from './backend.ts';
import type { Endpoint, GuestEnd } from './endpoint.ts';

type SocketBackend = Extract<Backend, { kind: 'socket' }>;

/** Bytes that may be under way to the guest, or wait for the other program: beyond it the one who sends has to wait. */
const MOST_UNDER_WAY = 256 * 1024;

/** A serial line that leads to a socket, at which one program is at a time. */
export class SocketEndpoint implements Endpoint {
  readonly #server: Server | undefined;
  #socket: Socket | undefined;
  #guest: GuestEnd | undefined;
  #underWay = 0;
  #isHeld = false;

  private constructor(server: Server | undefined) {
    this.#server = server;
  }

  /** Listens, or connects; with `wait` somebody is there when it answers. */
  static async open({ address, server, wait }: SocketBackend, role: string): Promise<SocketEndpoint> {
    try {
      if (!server) {
        const endpoint = new SocketEndpoint(undefined);
        const socket = connect(address);
        await once(socket, 'connect');
        endpoint.#take(socket);
        return endpoint;
      }
      const listener = createServer();
      const endpoint = new SocketEndpoint(listener);
      listener.on('connection', (socket) => endpoint.#take(socket));
      listener.listen(address);
      await once(listener, 'listening');
      if (wait) await once(listener, 'connection');
      return endpoint;
    } catch (error) {
      throw new UserError('no-socket', `${role} ${describeSocket(address)}: ${(error as Error).message}`);
    }
  }

  get isOpen(): boolean {
    return this.#socket !== undefined;
  }

  connect(guest: GuestEnd): void {
    this.#guest = guest;
    if (this.#socket) guest.open(true);
    this.#socket?.resume();
  }

  write(bytes: Uint8Array): void {
    const socket = this.#socket;
    if (!socket || socket.write(bytes) || this.#isHeld || socket.writableLength < MOST_UNDER_WAY) return;
    this.#hold(true);
    socket.once('drain', () => this.#hold(false));
  }

  taken(count: number): void {
    this.#underWay -= count;
    if (this.#underWay < MOST_UNDER_WAY) this.#socket?.resume();
  }

  close(): void {
    this.#server?.close();
    this.#socket?.destroySoon();
  }

  #hold(isHeld: boolean): void {
    if (this.#isHeld === isHeld) return;
    this.#isHeld = isHeld;
    this.#guest?.held(isHeld);
  }

  #take(socket: Socket): void {
    // A line has two ends.
    if (this.#socket) return void socket.destroy();
    this.#socket = socket;
    socket.pause();
    socket.on('data', (bytes: Buffer) => {
      this.#underWay += bytes.length;
      if (this.#underWay >= MOST_UNDER_WAY) socket.pause();
      this.#guest?.input(new Uint8Array(bytes));
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#socket = undefined;
      this.#hold(false);
      this.#guest?.open(false);
    });
    if (!this.#guest) return;
    this.#guest.open(true);
    socket.resume();
  }
}
