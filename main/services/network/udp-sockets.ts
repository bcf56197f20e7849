import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { SocketCommand, SocketEvent } from '../../../emulator/machine/network-settings.ts';
import type { Place } from './targets.ts';

/** A flow's way out: a socket of its own, or a forwarded port and who spoke to it. */
interface Open {
  send(bytes: Uint8Array): void;
  close(): void;
}

/** The host's ends of the guest's UDP flows, by number. */
export class UdpSockets {
  readonly #open = new Map<number, Open>();
  /** Flows of forwarded ports by port and peer. */
  readonly #peers = new Map<string, number>();
  readonly #emit: (event: SocketEvent) => void;
  readonly #newId: () => number;

  constructor(emit: (event: SocketEvent) => void, newId: () => number) {
    this.#emit = emit;
    this.#newId = newId;
  }

  /** Sends on a flow; to a place where it is new. */
  send(id: number, bytes: Uint8Array, place: Place | undefined): void {
    const open = this.#open.get(id) ?? (place && this.#connect(id, place));
    if (open) open.send(bytes);
    else this.#emit({ type: 'refused', id });
  }

  /** Somebody spoke to a forwarded port. */
  received(forward: number, server: Socket, bytes: Uint8Array, { address, port }: RemoteInfo): void {
    const key = `${forward} ${address} ${port}`;
    const known = this.#peers.get(key);
    if (known !== undefined) return this.#emit({ type: 'datagram', id: known, bytes: new Uint8Array(bytes) });
    const id = this.#newId();
    this.#peers.set(key, id);
    this.#open.set(id, { send: (answer) => server.send(answer, port, address), close: () => void this.#peers.delete(key) });
    this.#emit({ type: 'datagram', id, forward, bytes: new Uint8Array(bytes) });
  }

  take(command: SocketCommand): void {
    if (command.type !== 'close') return;
    this.#open.get(command.id)?.close();
    this.#open.delete(command.id);
  }

  close(): void {
    for (const open of this.#open.values()) open.close();
    this.#open.clear();
  }

  #connect(id: number, { host, port }: Place): Open {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    let early: Uint8Array[] | undefined = [];
    const refuse = () => {
      if (this.#open.has(id)) this.#emit({ type: 'refused', id });
    };
    socket.on('message', (bytes) => this.#emit({ type: 'datagram', id, bytes: new Uint8Array(bytes) }));
    socket.on('error', refuse);
    // A send that fails calls back; an answer of ICMP is an error of the socket.
    const send = (bytes: Uint8Array) => socket.send(bytes, (error) => (error ? refuse() : undefined));
    socket.connect(port, host, () => {
      for (const bytes of early ?? []) send(bytes);
      early = undefined;
    });
    const open = {
      send: (bytes: Uint8Array) => (early ? void early.push(bytes) : void send(bytes)),
      close: () => void socket.close(),
    };
    this.#open.set(id, open);
    return open;
  }
}
