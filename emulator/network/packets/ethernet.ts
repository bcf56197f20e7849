import { readMac, writeMac, type Mac } from '../addresses.ts';

export const etherTypes = { ipv4: 0x0800, arp: 0x0806 } as const;

export const ETHERNET_HEADER = 14;
/** Of what lies in a frame. */
export const MTU = 1500;
/** With the tag of a VLAN (IEEE 802.3 §3.2.7, 802.1Q), without the check sequence. */
export const MAX_FRAME = ETHERNET_HEADER + 4 + MTU;

export interface EthernetFrame {
  readonly destination: Mac;
  readonly source: Mac;
  readonly etherType: number;
  readonly payload: Uint8Array;
}

/** Whether a frame may go over a wire. Shorter than 60 bytes may be: there is no collision to detect. */
export function isFrame(bytes: Uint8Array): boolean {
  return bytes.length >= ETHERNET_HEADER && bytes.length <= MAX_FRAME;
}

/** Undefined for what is no frame. */
export function parseEthernet(bytes: Uint8Array): EthernetFrame | undefined {
  if (!isFrame(bytes)) return undefined;
  const etherType = ((bytes[12] as number) << 8) | (bytes[13] as number);
  return {
    ...{ destination: readMac(bytes, 0), source: readMac(bytes, 6), etherType },
    payload: bytes.subarray(ETHERNET_HEADER),
  };
}

export function buildEthernet({ destination, source, etherType, payload }: EthernetFrame): Uint8Array {
  const bytes = new Uint8Array(ETHERNET_HEADER + payload.length);
  writeMac(bytes, 0, destination);
  writeMac(bytes, 6, source);
  bytes[12] = etherType >> 8;
  bytes[13] = etherType & 0xff;
  bytes.set(payload, ETHERNET_HEADER);
  return bytes;
}
