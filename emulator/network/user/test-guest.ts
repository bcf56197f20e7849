import { TestClock } from '../../devices/test-clock.ts';
import { BROADCAST_MAC, ipv4, type Ipv4 } from '../addresses.ts';
import { buildArp } from '../packets/arp.ts';
import { buildEthernet, etherTypes, parseEthernet } from '../packets/ethernet.ts';
import { buildIpv4Packet, parseIpv4Packet, protocols, type Ipv4Packet } from '../packets/ipv4.ts';
import { buildTcp, parseTcp, type TcpSegment } from '../packets/tcp.ts';
import { buildUdp, parseUdp, type UdpDatagram } from '../packets/udp.ts';
import { defaultUserNetwork, type UserNetworkConfig } from './config.ts';
import type { SocketCommand } from './sockets.ts';
import { UserNetwork } from './user-network.ts';

export const guest = ipv4(10, 0, 2, 15);
export const gateway = ipv4(10, 0, 2, 2);
export const guestMac = 0x5254_0012_3456;
export const gatewayMac = 0x5255_0a00_0202;

/** A user network with a guest that sends what a test says, and host sockets that only note what they should do. */
export class TestGuest {
  readonly clock = new TestClock();
  readonly network: UserNetwork;
  readonly frames: Uint8Array[] = [];
  readonly commands: SocketCommand[] = [];

  constructor(config: Partial<UserNetworkConfig> = {}) {
    const whole = { ...defaultUserNetwork(), ...config };
    const send = (frame: Uint8Array): void => void this.frames.push(frame);
    this.network = new UserNetwork(whole, this.clock, send, (command) => this.commands.push(command));
  }

  /** Makes it known where the guest is. */
  announce(): this {
    const arp = { operation: 'request', senderMac: guestMac, sender: guest, targetMac: 0, target: gateway } as const;
    this.network.receive(frameOf(buildArp(arp), etherTypes.arp, BROADCAST_MAC));
    this.frames.length = 0;
    return this;
  }

  sendIp(packet: Partial<Ipv4Packet> & { payload: Uint8Array; protocol: number }): void {
    const rest = { source: guest, destination: gateway, id: 1, fragmentOffset: 0, moreFragments: false };
    this.network.receive(frameOf(buildIpv4Packet({ ...rest, ...packet }), etherTypes.ipv4));
  }

  sendUdp(destination: Ipv4, datagram: UdpDatagram): void {
    this.sendIp({ destination, protocol: protocols.udp, payload: buildUdp(guest, destination, datagram) });
  }

  sendTcp(destination: Ipv4, segment: Partial<TcpSegment> & { flags: number }): void {
    const rest = {
      sourcePort: 5000,
      destinationPort: 80,
      sequence: 0,
      acknowledgment: 0,
      window: 65_535,
      payload: new Uint8Array(),
    };
    this.sendIp({ destination, protocol: protocols.tcp, payload: buildTcp(guest, destination, { ...rest, ...segment }) });
  }

  /** Takes what came out since: the packets of one protocol. */
  takeIp(protocol: number): Ipv4Packet[] {
    const packets = this.frames.splice(0).flatMap((frame) => {
      const ethernet = parseEthernet(frame)!;
      return ethernet.etherType === etherTypes.ipv4 ? [parseIpv4Packet(ethernet.payload)!] : [];
    });
    return packets.filter((packet) => packet.protocol === protocol);
  }

  takeUdp(): UdpDatagram[] {
    return this.takeIp(protocols.udp).map(({ source, destination, payload }) => parseUdp(source, destination, payload)!);
  }

  takeTcp(): TcpSegment[] {
    return this.takeIp(protocols.tcp).map(({ source, destination, payload }) => parseTcp(source, destination, payload)!);
  }
}

export function frameOf(payload: Uint8Array, etherType: number, destination: number = gatewayMac): Uint8Array {
  return buildEthernet({ destination, source: guestMac, etherType, payload });
}
