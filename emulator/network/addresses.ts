/** Addresses as numbers: 48 bits of a MAC address, 32 of an IPv4 address, the first octet highest. */
export type Mac = number;
export type Ipv4 = number;

export const BROADCAST_MAC: Mac = 0xffff_ffff_ffff;
export const BROADCAST_IPV4: Ipv4 = 0xffff_ffff;

/** Broadcast and multicast (IEEE 802.3 §3.2.3: the lowest bit of the first octet). */
export function isGroupMac(mac: Mac): boolean {
  return (Math.floor(mac / 2 ** 40) & 1) !== 0;
}

/** Whether a host may have it: not 0.x, loopback, multicast, reserved or broadcast (RFC 6890). */
export function isUnicastIpv4(address: Ipv4): boolean {
  const first = address >>> 24;
  return first > 0 && first !== 127 && first < 224;
}

export function ipv4(a: number, b: number, c: number, d: number): Ipv4 {
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

export function formatIpv4(address: Ipv4): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');
}

/** `10.0.2.15`; undefined for anything else. */
export function parseIpv4(text: string): Ipv4 | undefined {
  const octets = /^\d{1,3}(\.\d{1,3}){3}$/.test(text) ? text.split('.').map(Number) : [];
  const [a, b, c, d] = octets;
  if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
  return octets.every((octet) => octet <= 255) ? ipv4(a, b, c, d) : undefined;
}

export function formatMac(mac: Mac): string {
  const digits = mac.toString(16).padStart(12, '0');
  return (digits.match(/../g) as string[]).join(':');
}

/** `52:54:00:12:34:56`; undefined for anything else. */
export function parseMac(text: string): Mac | undefined {
  return /^[\da-f]{2}([:-][\da-f]{2}){5}$/i.test(text) ? Number.parseInt(text.replaceAll(/[:-]/g, ''), 16) : undefined;
}

export function readMac(bytes: Uint8Array, at: number): Mac {
  let mac = 0;
  for (let i = 0; i < 6; i++) mac = mac * 256 + (bytes[at + i] as number);
  return mac;
}

export function writeMac(bytes: Uint8Array, at: number, mac: Mac): void {
  for (let i = 5, rest = mac; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[at + i] = rest % 256;
}
