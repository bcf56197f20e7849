import { readMac, writeMac, type Ipv4, type Mac } from '../addresses.ts';

/** An ARP packet for IPv4 over Ethernet (RFC 826). */
export interface ArpPacket {
  readonly operation: 'request' | 'reply';
  readonly senderMac: Mac;
  readonly sender: Ipv4;
  readonly targetMac: Mac;
  readonly target: Ipv4;
}

const LENGTH = 28;
/** Ethernet, IPv4, and the lengths of their addresses. */
const KIND = 0x0001_0800;
const SIZES = 0x0604;

/** Undefined for another operation, other kinds of addresses, or too few bytes; padding may follow. */
export function parseArp(bytes: Uint8Array): ArpPacket | undefined {
  if (bytes.length < LENGTH) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const operation = view.getUint16(6);
  if (view.getUint32(0) !== KIND || view.getUint16(4) !== SIZES || operation < 1 || operation > 2) return undefined;
  return {
    operation: operation === 1 ? 'request' : 'reply',
    ...{ senderMac: readMac(bytes, 8), sender: view.getUint32(14) },
    ...{ targetMac: readMac(bytes, 18), target: view.getUint32(24) },
  };
}

export function buildArp({ operation, senderMac, sender, targetMac, target }: ArpPacket): Uint8Array {
  const bytes = new Uint8Array(LENGTH);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, KIND);
  view.setUint16(4, SIZES);
  view.setUint16(6, operation === 'request' ? 1 : 2);
  writeMac(bytes, 8, senderMac);
  view.setUint32(14, sender);
  writeMac(bytes, 18, targetMac);
  view.setUint32(24, target);
  return bytes;
}
