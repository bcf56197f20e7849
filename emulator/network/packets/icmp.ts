import { checksum } from './checksum.ts';

/** An echo request or reply (RFC 792). `rest` is identifier, sequence number and data, which a reply repeats. */
export interface IcmpEcho {
  readonly kind: 'request' | 'reply';
  readonly rest: Uint8Array;
}

const [ECHO_REPLY, UNREACHABLE, ECHO_REQUEST] = [0, 3, 8];
const HEADER = 4;
/** Identifier and sequence number. */
export const ECHO_FIELDS = 4;

/** Undefined for other messages, too few bytes, or a wrong checksum. */
export function parseEcho(bytes: Uint8Array): IcmpEcho | undefined {
  if (bytes.length < HEADER + ECHO_FIELDS || bytes[1] !== 0 || checksum(bytes) !== 0) return undefined;
  if (bytes[0] !== ECHO_REQUEST && bytes[0] !== ECHO_REPLY) return undefined;
  return { kind: bytes[0] === ECHO_REQUEST ? 'request' : 'reply', rest: bytes.subarray(HEADER) };
}

export function buildEcho({ kind, rest }: IcmpEcho): Uint8Array {
  return message(kind === 'request' ? ECHO_REQUEST : ECHO_REPLY, 0, rest);
}

export const unreachable = { network: 0, host: 1, port: 3, prohibited: 13 } as const;

/** Destination unreachable: the header of the packet that could not go on, and 8 bytes of what it carried (RFC 792). */
export function buildUnreachable(why: keyof typeof unreachable, packet: Uint8Array): Uint8Array {
  const header = ((packet[0] ?? 0) & 15) * 4;
  const rest = new Uint8Array(4 + Math.min(packet.length, header + 8));
  rest.set(packet.subarray(0, rest.length - 4), 4);
  return message(UNREACHABLE, unreachable[why], rest);
}

function message(type: number, code: number, rest: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER + rest.length);
  bytes[0] = type;
  bytes[1] = code;
  bytes.set(rest, HEADER);
  const sum = checksum(bytes);
  bytes[2] = sum >> 8;
  bytes[3] = sum & 0xff;
  return bytes;
}
