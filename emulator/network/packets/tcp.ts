import type { Ipv4 } from '../addresses.ts';
import { transportChecksum } from './checksum.ts';
import { protocols } from './ipv4.ts';

/** A TCP segment (RFC 9293 §3.1). */
export interface TcpSegment {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  /** As it is in the segment, not scaled. */
  readonly window: number;
  /** Options of a SYN that we know: the largest segment, and the shift of windows (RFC 7323 §2.2). */
  readonly maxSegment?: number | undefined;
  readonly windowShift?: number | undefined;
  readonly payload: Uint8Array;
}

export const tcpFlags = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16 } as const;

export const TCP_HEADER = 20;
const MAX_SHIFT = 14;
const [END, NOTHING, MAX_SEGMENT, WINDOW_SHIFT] = [0, 1, 2, 3];

/** Undefined where lengths, options or the checksum are wrong. */
export function parseTcp(source: Ipv4, destination: Ipv4, bytes: Uint8Array): TcpSegment | undefined {
  if (bytes.length < TCP_HEADER) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const header = (view.getUint8(12) >> 4) * 4;
  if (header < TCP_HEADER || header > bytes.length) return undefined;
  if (transportChecksum(source, destination, protocols.tcp, bytes) !== 0) return undefined;
  const options = parseOptions(bytes.subarray(TCP_HEADER, header));
  return (
    options && {
      ...{ sourcePort: view.getUint16(0), destinationPort: view.getUint16(2) },
      ...{ sequence: view.getUint32(4), acknowledgment: view.getUint32(8), flags: view.getUint8(13) & 0x3f },
      ...{ window: view.getUint16(14), ...options, payload: bytes.subarray(header) },
    }
  );
}

function parseOptions(bytes: Uint8Array): { maxSegment?: number; windowShift?: number } | undefined {
  const found: { maxSegment?: number; windowShift?: number } = {};
  for (let at = 0; at < bytes.length;) {
    const kind = bytes[at] as number;
    if (kind === END) break;
    if (kind === NOTHING) {
      at++;
      continue;
    }
    const length = bytes[at + 1] ?? 0;
    if (length < 2 || at + length > bytes.length) return undefined;
    if (kind === MAX_SEGMENT && length === 4) found.maxSegment = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
    if (kind === WINDOW_SHIFT && length === 3) found.windowShift = Math.min(bytes[at + 2] as number, MAX_SHIFT);
    at += length;
  }
  return found;
}

export function buildTcp(source: Ipv4, destination: Ipv4, segment: TcpSegment): Uint8Array {
  const { maxSegment, windowShift, payload } = segment;
  const header = TCP_HEADER + (maxSegment === undefined ? 0 : 4) + (windowShift === undefined ? 0 : 4);
  const bytes = new Uint8Array(header + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, segment.sourcePort);
  view.setUint16(2, segment.destinationPort);
  view.setUint32(4, segment.sequence);
  view.setUint32(8, segment.acknowledgment);
  view.setUint8(12, (header / 4) << 4);
  view.setUint8(13, segment.flags);
  view.setUint16(14, segment.window);
  let at = TCP_HEADER;
  if (maxSegment !== undefined) {
    view.setUint32(at, (MAX_SEGMENT << 24) | (4 << 16) | maxSegment);
    at += 4;
  }
  if (windowShift !== undefined) view.setUint32(at, (NOTHING << 24) | (WINDOW_SHIFT << 16) | (3 << 8) | windowShift);
  bytes.set(payload, header);
  view.setUint16(16, transportChecksum(source, destination, protocols.tcp, bytes));
  return bytes;
}

/** Sequence numbers go around (RFC 9293 §3.4): how far `a` is ahead of `b`, negative when behind. */
export function distance(a: number, b: number): number {
  return (a - b) | 0;
}

export function advance(sequence: number, by: number): number {
  return (sequence + by) >>> 0;
}
