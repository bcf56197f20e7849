import type { Ipv4 } from '../addresses.ts';
import { buildIpv4Packet, protocols, type Ipv4Packet } from '../packets/ipv4.ts';
import { buildUdp, MAX_UDP_PAYLOAD, parseUdp } from '../packets/udp.ts';
import { DHCP_SERVER_PORT, type DhcpServer } from './dhcp-server.ts';
import { refuse } from './echo.ts';
import type { SocketEvent } from './sockets.ts';
import type { Stack } from './stack.ts';

interface Flow {
  readonly id: number;
  readonly key: string;
  readonly guest: Ipv4;
  readonly guestPort: number;
  readonly remote: Ipv4;
  readonly remotePort: number;
  lastNs: number;
  /** The guest's datagram that was not answered yet. */
  unanswered: Uint8Array | undefined;
}

const MAX_FLOWS = 256;
/** How long a flow lives without datagrams, and how long an answer is awaited. */
const IDLE_NS = 60e9;
const PATIENCE_NS = 5e9;
/** Where datagrams of forwarded ports come from: ports that nobody listens on. */
const FIRST_PORT = 49_152;

/** UDP through the host's sockets: each pair of a guest's and another's port is a flow. DHCP is answered here, DNS by the host's resolver. */
export class UdpFlows {
  private readonly stack: Stack;
  private readonly dhcp: DhcpServer;
  /** By the two ends, and by number; in the order of their last use. */
  private readonly flows = new Map<string, Flow>();
  private readonly byId = new Map<number, Flow>();
  private nextPort = FIRST_PORT;

  constructor(stack: Stack, dhcp: DhcpServer) {
    this.stack = stack;
    this.dhcp = dhcp;
  }

  receive(packet: Ipv4Packet): void {
    const { source, destination } = packet;
    const datagram = parseUdp(source, destination, packet.payload);
    if (!datagram) return;
    const { sourcePort, destinationPort, payload } = datagram;
    const isForUs = destination === this.stack.config.gateway || destination >>> 0 === 0xffff_ffff;
    if (isForUs && destinationPort === DHCP_SERVER_PORT) return this.dhcp.receive(payload);
    const known = this.flows.get(keyOf(source, sourcePort, destination, destinationPort));
    const target = this.stack.targetOf(destination, destinationPort);
    if (!known && !target) return;
    const flow = known ?? this.open(this.stack.newId(), source, sourcePort, destination, destinationPort);
    this.touch(flow);
    flow.unanswered = buildIpv4Packet(packet);
    this.stack.sockets({ type: 'datagram', id: flow.id, ...(known || !target ? {} : { target }), bytes: payload.slice() });
  }

  take(event: SocketEvent): void {
    let flow = this.byId.get(event.id);
    if (!flow && event.type === 'datagram' && event.forward !== undefined) {
      const { config } = this.stack;
      const forward = config.forwards[event.forward];
      if (!forward) return;
      this.nextPort = this.nextPort >= 0xffff ? FIRST_PORT : this.nextPort + 1;
      flow = this.open(event.id, forward.guestAddress, forward.guestPort, config.gateway, this.nextPort);
    }
    if (!flow) return;
    const { guest, guestPort, remote, remotePort } = flow;
    const { unanswered } = flow;
    flow.unanswered = undefined;
    if (event.type === 'refused') {
      if (unanswered) refuse(this.stack, 'port', guest, unanswered);
      this.close(flow);
    } else if (event.type === 'datagram' && event.bytes.length <= MAX_UDP_PAYLOAD) {
      this.touch(flow);
      const datagram = buildUdp(remote, guest, { sourcePort: remotePort, destinationPort: guestPort, payload: event.bytes });
      this.stack.send(remote, guest, protocols.udp, datagram);
    }
  }

  /** Whether an answer of the host is awaited. */
  get pending(): boolean {
    const now = this.stack.clock.nowNs();
    for (const { unanswered, lastNs } of this.flows.values()) if (unanswered && now - lastNs < PATIENCE_NS) return true;
    return false;
  }

  has(id: number): boolean {
    return this.byId.has(id);
  }

  private open(id: number, guest: Ipv4, guestPort: number, remote: Ipv4, remotePort: number): Flow {
    const now = this.stack.clock.nowNs();
    for (const flow of this.flows.values()) {
      if (this.flows.size < MAX_FLOWS && now - flow.lastNs < IDLE_NS) break;
      this.close(flow);
    }
    const key = keyOf(guest, guestPort, remote, remotePort);
    const flow: Flow = { id, key, guest, guestPort, remote, remotePort, lastNs: now, unanswered: undefined };
    this.flows.set(key, flow);
    this.byId.set(id, flow);
    return flow;
  }

  private touch(flow: Flow): void {
    flow.lastNs = this.stack.clock.nowNs();
    this.flows.delete(flow.key);
    this.flows.set(flow.key, flow);
  }

  private close(flow: Flow): void {
    this.flows.delete(flow.key);
    this.byId.delete(flow.id);
    this.stack.sockets({ type: 'close', id: flow.id });
  }
}

const keyOf = (...parts: readonly number[]): string => parts.join(' ');
