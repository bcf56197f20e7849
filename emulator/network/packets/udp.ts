import type { Ipv4 } from '../addresses.ts';
import { transportChecksum } from './checksum.ts';
import { protocols } from './ipv4.ts';

/** A UDP datagram (RFC 768). */
export interface UdpDatagram {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: Uint8Array;
}

const HEADER = 8;
/** Bytes of a datagram that IPv4 can carry. */
export const MAX_UDP_PAYLOAD = 0xffff - 20 - HEADER;

/** Undefined where the length or the checksum is wrong; a checksum of 0 means that there is none. */
export function parseUdp(source: Ipv4, destination: Ipv4, bytes: Uint8Array): UdpDatagram | undefined {
  if (bytes.length < HEADER) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = view.getUint16(4);
  if (length < HEADER || length > bytes.length) return undefined;
  const whole = bytes.subarray(0, length);
  if (view.getUint16(6) !== 0 && transportChecksum(source, destination, protocols.udp, whole) !== 0) return undefined;
  return { sourcePort: view.getUint16(0), destinationPort: view.getUint16(2), payload: whole.subarray(HEADER) };
}

export function buildUdp(source: Ipv4, destination: Ipv4, { sourcePort, destinationPort, payload }: UdpDatagram): Uint8Array {
  const bytes = new Uint8Array(HEADER + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, sourcePort);
  view.setUint16(2, destinationPort);
  view.setUint16(4, bytes.length);
  bytes.set(payload, HEADER);
  // 0 would say that there is none.
  view.setUint16(6, transportChecksum(source, destination, protocols.udp, bytes) || 0xffff);
  return bytes;
}
