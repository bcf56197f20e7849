/** Hexadecimal digits in packets: numbers, bytes, texts. What is not well-formed is `undefined`. */

/** A number of at most 64 bits. */
export function parseNumber(text: string): bigint | undefined {
  return /^[\da-f]{1,16}$/i.test(text) ? BigInt(`0x${text}`) : undefined;
}

/** A number of bytes and the like: at most 32 bits. */
export function parseCount(text: string): number | undefined {
  return /^[\da-f]{1,8}$/i.test(text) ? Number.parseInt(text, 16) : undefined;
}

export function parseBytes(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[\da-f]*$/i.test(text)) return undefined;
  return Uint8Array.from({ length: text.length / 2 }, (_, n) => Number.parseInt(text.slice(2 * n, 2 * n + 2), 16));
}

export const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export const hexOfText = (text: string): string => hexOf(Uint8Array.from(text, (character) => character.charCodeAt(0)));

/** The characters of bytes, one each. */
export function textOf(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}

/** `ADDRESS,LENGTH`. */
export function parseRange(text: string): { address: bigint; length: number } | undefined {
  const [first = '', second = '', ...rest] = text.split(',');
  const address = parseNumber(first);
  const length = parseCount(second);
  return address === undefined || length === undefined || rest.length > 0 ? undefined : { address, length };
}

/** Whether the bytes end within 64 bits of address. */
export const fits = (address: bigint, length: number): boolean => address + BigInt(length) <= 1n << 64n;

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
