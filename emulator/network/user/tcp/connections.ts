import type { Ipv4 } from '../../addresses.ts';
import { protocols, type Ipv4Packet } from '../../packets/ipv4.ts';
import { advance, buildTcp, parseTcp, tcpFlags, type TcpSegment } from '../../packets/tcp.ts';
import type { SocketEvent } from '../sockets.ts';
import type { Stack } from '../stack.ts';
import { TcpConnection } from './connection.ts';

const { FIN, SYN, RST, ACK } = tcpFlags;
const MAX_CONNECTIONS = 1024;
/** Where connections through forwarded ports come from. */
const FIRST_PORT = 49_152;

interface Ends {
  readonly guest: Ipv4;
  readonly guestPort: number;
  readonly remote: Ipv4;
  readonly remotePort: number;
}

/** The guest's TCP connections, by their two ends and by number. */
export class TcpConnections {
  private readonly stack: Stack;
  private readonly byEnds = new Map<string, TcpConnection>();
  private readonly byId = new Map<number, TcpConnection>();
  private nextPort = FIRST_PORT;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  receive({ source, destination, payload }: Ipv4Packet): void {
    const segment = parseTcp(source, destination, payload);
    if (!segment) return;
    const { flags, sourcePort, destinationPort } = segment;
    const ends = { guest: source, guestPort: sourcePort, remote: destination, remotePort: destinationPort };
    const connection = this.byEnds.get(keyOf(ends));
    if (connection) return connection.receive(segment);
    if (flags & RST) return;
    const target = flags & SYN && !(flags & ACK) ? this.stack.targetOf(destination, destinationPort) : undefined;
    if (!target || this.byEnds.size >= MAX_CONNECTIONS) return this.refuse(ends, segment);
    const id = this.stack.newId();
    this.open(id, ends).awaitHost(segment);
    this.stack.sockets({ type: 'connect', id, target });
  }

  take(event: SocketEvent): void {
    if (event.type === 'accepted') return this.accept(event.id, event.forward);
    const connection = this.byId.get(event.id);
    if (!connection) return;
    switch (event.type) {
      case 'opened':
        return connection.opened();
      case 'refused':
      case 'reset':
        return connection.hostReset();
      case 'data':
        return connection.hostData(event.bytes);
      case 'end':
        return connection.hostEnd();
      case 'written':
        return connection.written(event.bytes);
    }
  }

  has(id: number): boolean {
    return this.byId.has(id);
  }

  /** Whether the host can still do something that a guest would notice. */
  get pending(): boolean {
    return this.byEnds.size > 0;
  }

  private accept(id: number, index: number): void {
    const { config, sockets } = this.stack;
    const forward = config.forwards[index];
    if (!forward || this.byEnds.size >= MAX_CONNECTIONS) return sockets({ type: 'reset', id });
    const ends = { guest: forward.guestAddress, guestPort: forward.guestPort, remote: config.gateway };
    let remotePort: number;
    do {
      remotePort = this.nextPort;
      this.nextPort = remotePort >= 0xffff ? FIRST_PORT : remotePort + 1;
    } while (this.byEnds.has(keyOf({ ...ends, remotePort })));
    this.open(id, { ...ends, remotePort }).askGuest();
  }

  private open(id: number, ends: Ends): TcpConnection {
    const key = keyOf(ends);
    const connection = new TcpConnection({
      ...{ id, clock: this.stack.clock, sockets: this.stack.sockets },
      emit: (segment) => this.send(ends, segment),
      over: () => {
        this.byEnds.delete(key);
        this.byId.delete(id);
      },
    });
    this.byEnds.set(key, connection);
    this.byId.set(id, connection);
    return connection;
  }

  /** RFC 9293 §3.10.7.1. */
  private refuse(ends: Ends, { flags, sequence, acknowledgment, payload }: TcpSegment): void {
    const length = payload.length + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);
    const answer = { window: 0, payload: new Uint8Array() };
    if (flags & ACK) this.send(ends, { ...answer, flags: RST, sequence: acknowledgment, acknowledgment: 0 });
    else this.send(ends, { ...answer, flags: RST | ACK, sequence: 0, acknowledgment: advance(sequence, length) });
  }

  private send(ends: Ends, segment: Omit<TcpSegment, 'sourcePort' | 'destinationPort'>): void {
    const { guest, guestPort, remote, remotePort } = ends;
    const bytes = buildTcp(remote, guest, { ...segment, sourcePort: remotePort, destinationPort: guestPort });
    this.stack.send(remote, guest, protocols.tcp, bytes);
  }
}

const keyOf = ({ guest, guestPort, remote, remotePort }: Ends): string => `${guest} ${guestPort} ${remote} ${remotePort}`;
