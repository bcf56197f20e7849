import { readMac, writeMac, type Ipv4, type Mac } from '../addresses.ts';

export const dhcpTypes = { DISCOVER: 1, OFFER: 2, REQUEST: 3, DECLINE: 4, ACK: 5, NAK: 6, RELEASE: 7, INFORM: 8 } as const;

export interface DhcpRequest {
  /** Absent from a BOOTP client. */
  readonly type?: number;
  readonly transaction: number;
  readonly flags: number;
  /** The address that the client has already, or 0. */
  readonly clientAddress: Ipv4;
  readonly client: Mac;
  readonly requestedAddress?: Ipv4;
  readonly server?: Ipv4;
}

export interface DhcpReply {
  readonly type: number | undefined;
  readonly request: DhcpRequest;
  /** 0 in a refusal. */
  readonly address: Ipv4;
  readonly server: Ipv4;
  /** Options that hold addresses or times, by number: 32 bits each. */
  readonly words: readonly (readonly [option: number, value: number])[];
}

/** RFC 2131 §2, RFC 2132. */
const OPTIONS = 240;
const COOKIE = 0x6382_5363;
/** BOOTP clients may expect this much (RFC 1542 §2.1). */
const MIN_REPLY = 300;
const ETHERNET = 0x0106;
const [PAD, REQUESTED, TYPE, SERVER, END] = [0, 50, 53, 54, 255];

/** Undefined for what is no request of an Ethernet client, or where options run over the end. */
export function parseDhcp(bytes: Uint8Array): DhcpRequest | undefined {
  if (bytes.length < OPTIONS) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint8(0) !== 1 || view.getUint16(1) !== ETHERNET || view.getUint32(236) !== COOKIE) return undefined;
  const found: { type?: number; requestedAddress?: Ipv4; server?: Ipv4 } = {};
  for (let at = OPTIONS; at < bytes.length;) {
    const option = bytes[at] as number;
    if (option === END) break;
    if (option === PAD) {
      at++;
      continue;
    }
    const length = bytes[at + 1];
    if (length === undefined || at + 2 + length > bytes.length) return undefined;
    if (option === TYPE && length === 1) found.type = view.getUint8(at + 2);
    if (option === REQUESTED && length === 4) found.requestedAddress = view.getUint32(at + 2);
    if (option === SERVER && length === 4) found.server = view.getUint32(at + 2);
    at += 2 + length;
  }
  return {
    ...{ transaction: view.getUint32(4), flags: view.getUint16(10), clientAddress: view.getUint32(12) },
    ...{ client: readMac(bytes, 28), ...found },
  };
}

export function buildDhcpReply({ type, request, address, server, words }: DhcpReply): Uint8Array {
  const length = OPTIONS + (type === undefined ? 0 : 3) + 6 * words.length + 1;
  const bytes = new Uint8Array(Math.max(length, MIN_REPLY));
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 2);
  view.setUint16(1, ETHERNET);
  view.setUint32(4, request.transaction);
  view.setUint16(10, request.flags);
  view.setUint32(12, type === dhcpTypes.NAK ? 0 : request.clientAddress);
  view.setUint32(16, address);
  view.setUint32(20, server);
  writeMac(bytes, 28, request.client);
  view.setUint32(236, COOKIE);
  let at = OPTIONS;
  if (type !== undefined) {
    bytes.set([TYPE, 1, type], at);
    at += 3;
  }
  for (const [option, value] of words) {
    bytes.set([option, 4], at);
    view.setUint32(at + 2, value);
    at += 6;
  }
  bytes[at] = END;
  return bytes;
}
