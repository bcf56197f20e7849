import type { Clock } from '../../devices/device.ts';
import { formatIpv4, isGroupMac, isUnicastIpv4, type Ipv4 } from '../addresses.ts';
import { etherTypes, MTU, parseEthernet } from '../packets/ethernet.ts';
import { buildIpv4Packet, fragments, parseIpv4Packet, protocols } from '../packets/ipv4.ts';
import type { UserNetworkConfig } from './config.ts';
import { DhcpServer } from './dhcp-server.ts';
import { Echo } from './echo.ts';
import { Neighbours } from './neighbours.ts';
import { Reassembly } from './reassembly.ts';
import type { HostTarget, SendCommand, SocketEvent } from './sockets.ts';
import type { Stack } from './stack.ts';
import { TcpConnections } from './tcp/connections.ts';
import { UdpFlows } from './udp-flows.ts';

const DNS_PORT = 53;

/**
 * A network that needs no rights on the host: its gateway turns the guest's TCP, UDP and echoes into the host's sockets, as QEMU's user mode
 * does. Whatever a frame holds, nothing is thrown. IPv6 is not spoken.
 */
export class UserNetwork {
  private readonly stack: Stack;
  private readonly neighbours: Neighbours;
  private readonly reassembly = new Reassembly();
  private readonly echo: Echo;
  private readonly udp: UdpFlows;
  private readonly tcp: TcpConnections;
  private lastId = 0;
  private lastPacket = 0;

  /** `send` takes frames for the guest's side. Neither it nor `sockets` may call back before it returns. */
  constructor(config: UserNetworkConfig, clock: Clock, send: (frame: Uint8Array) => void, sockets: SendCommand) {
    this.neighbours = new Neighbours(config, send);
    this.stack = {
      ...{ config, clock, sockets },
      newId: () => ++this.lastId,
      send: (source, destination, protocol, payload) => this.send(source, destination, protocol, payload),
      targetOf: (address, port) => this.targetOf(address, port),
    };
    this.echo = new Echo(this.stack);
    this.udp = new UdpFlows(this.stack, new DhcpServer(this.stack));
    this.tcp = new TcpConnections(this.stack);
  }

  /** Takes a frame of the guest. */
  receive(frame: Uint8Array): void {
    const ethernet = parseEthernet(frame);
    if (!ethernet || isGroupMac(ethernet.source)) return;
    const { destination, source, etherType, payload } = ethernet;
    if (!this.neighbours.isFor(destination)) return;
    if (etherType === etherTypes.arp) return this.neighbours.receiveArp(payload);
    const part = etherType === etherTypes.ipv4 ? parseIpv4Packet(payload) : undefined;
    if (!part) return;
    this.neighbours.learn(part.source, source);
    const packet = this.reassembly.take(part, this.stack.clock.nowNs());
    switch (packet?.protocol) {
      case protocols.icmp:
        return this.echo.receive(packet);
      case protocols.udp:
        return this.udp.receive(packet);
      case protocols.tcp:
        return this.tcp.receive(packet);
    }
  }

  /** Takes what a socket of the host told. */
  take(event: SocketEvent): void {
    if (event.type === 'accepted' || this.tcp.has(event.id)) this.tcp.take(event);
    else if (this.echo.has(event.id)) this.echo.take(event);
    else this.udp.take(event);
  }

  /** Whether the host can do something that the guest would notice: time must not race meanwhile. */
  get pending(): boolean {
    return this.stack.config.forwards.length > 0 || this.tcp.pending || this.udp.pending || this.echo.pending;
  }

  private send(source: Ipv4, destination: Ipv4, protocol: number, payload: Uint8Array): void {
    this.lastPacket = (this.lastPacket + 1) & 0xffff;
    const whole = { source, destination, protocol, id: this.lastPacket, payload };
    for (const packet of fragments(whole, MTU)) this.neighbours.deliver(destination, buildIpv4Packet(packet));
  }

  private targetOf(address: Ipv4, port: number): HostTarget | undefined {
    const { gateway, nameServer, network, mask, restricted } = this.stack.config;
    if (restricted) return undefined;
    if (address === gateway) return { address: 'loopback', port };
    if (address === nameServer) return port === DNS_PORT ? { address: 'resolver', port } : undefined;
    const isHere = (address & mask) >>> 0 === network;
    return isHere || !isUnicastIpv4(address) ? undefined : { address: formatIpv4(address), port };
  }
}
