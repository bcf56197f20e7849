import type { Ipv4 } from '../addresses.ts';

/** The sum of 16-bit words that the Internet checksum is made of (RFC 1071), on top of `sum`. */
function sumOf(bytes: Uint8Array, sum = 0): number {
  const even = bytes.length & ~1;
  for (let i = 0; i < even; i += 2) sum += ((bytes[i] as number) << 8) | (bytes[i + 1] as number);
  if (bytes.length > even) sum += (bytes[even] as number) << 8;
  return sum;
}

function fold(sum: number): number {
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000);
  return ~sum & 0xffff;
}

/** The Internet checksum; over bytes that hold a right one it is 0. */
export function checksum(bytes: Uint8Array): number {
  return fold(sumOf(bytes));
}

/** That of a TCP segment or UDP datagram, with its pseudo header (RFC 9293 §3.1, RFC 768). */
export function transportChecksum(source: Ipv4, destination: Ipv4, protocol: number, bytes: Uint8Array): number {
  const pseudo = (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff) + protocol + bytes.length;
  return fold(sumOf(bytes, pseudo));
}
