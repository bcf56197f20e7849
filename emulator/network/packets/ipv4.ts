import type { Ipv4 } from '../addresses.ts';
import { checksum } from './checksum.ts';

export const protocols = { icmp: 1, tcp: 6, udp: 17 } as const;

/** An IPv4 packet (RFC 791), or a fragment of one. Options are skipped. */
export interface Ipv4Packet {
  readonly source: Ipv4;
  readonly destination: Ipv4;
  readonly protocol: number;
  readonly id: number;
  /** Of `payload` in the whole packet, in bytes. */
  readonly fragmentOffset: number;
  readonly moreFragments: boolean;
  readonly payload: Uint8Array;
}

export const IPV4_HEADER = 20;
/** Of a whole packet with its header. */
export const MAX_IPV4 = 0xffff;
const TTL = 64;
const MORE_FRAGMENTS = 0x2000;

/** Undefined where lengths or the checksum are wrong, or no hop is left. What follows the packet is padding of the frame. */
export function parseIpv4Packet(bytes: Uint8Array): Ipv4Packet | undefined {
  if (bytes.length < IPV4_HEADER) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const header = (view.getUint8(0) & 15) * 4;
  const total = view.getUint16(2);
  if (view.getUint8(0) >> 4 !== 4 || header < IPV4_HEADER || total < header || total > bytes.length) return undefined;
  if (checksum(bytes.subarray(0, header)) !== 0 || view.getUint8(8) === 0) return undefined;
  const fragment = view.getUint16(6);
  return {
    ...{ source: view.getUint32(12), destination: view.getUint32(16), protocol: view.getUint8(9), id: view.getUint16(4) },
    ...{ fragmentOffset: (fragment & 0x1fff) * 8, moreFragments: (fragment & MORE_FRAGMENTS) !== 0 },
    payload: bytes.subarray(header, total),
  };
}

export function buildIpv4Packet(packet: Ipv4Packet): Uint8Array {
  const bytes = new Uint8Array(IPV4_HEADER + packet.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x45);
  view.setUint16(2, bytes.length);
  view.setUint16(4, packet.id);
  view.setUint16(6, (packet.fragmentOffset >> 3) | (packet.moreFragments ? MORE_FRAGMENTS : 0));
  view.setUint8(8, TTL);
  view.setUint8(9, packet.protocol);
  view.setUint32(12, packet.source);
  view.setUint32(16, packet.destination);
  view.setUint16(10, checksum(bytes.subarray(0, IPV4_HEADER)));
  bytes.set(packet.payload, IPV4_HEADER);
  return bytes;
}

/** The packets that carry `payload` over a link of that MTU: one, or fragments (RFC 791 §2.3). */
export function fragments(packet: Omit<Ipv4Packet, 'fragmentOffset' | 'moreFragments'>, mtu: number): Ipv4Packet[] {
  const { payload } = packet;
  const room = mtu - IPV4_HEADER;
  if (payload.length <= room) return [{ ...packet, fragmentOffset: 0, moreFragments: false }];
  const step = room & ~7;
  const list: Ipv4Packet[] = [];
  for (let at = 0; at < payload.length; at += step) {
    const part = payload.subarray(at, at + step);
    list.push({ ...packet, payload: part, fragmentOffset: at, moreFragments: at + step < payload.length });
  }
  return list;
}
