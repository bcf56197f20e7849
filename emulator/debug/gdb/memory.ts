/** `m`, `M`, `X` and `qCRC`: memory as the chosen core sees it. */
import { errors, type Context, type Handler } from './context.ts';
import { MOST_BYTES } from './packet.ts';
import { fits, hexOf, parseBytes, parseRange } from './text.ts';

/** Bytes of an answer at most, in two digits each. */
const MOST_READ = MOST_BYTES / 4;

/** `m address,length`: may answer less than was asked for. */
export const read: Handler = ({ target, core }, rest) => {
  const range = parseRange(rest);
  if (!range || !fits(range.address, range.length)) return errors.invalid;
  const bytes = target.readMemory(core, range.address, Math.min(range.length, MOST_READ));
  return bytes.length === 0 && range.length > 0 ? errors.noMemory : hexOf(bytes);
};

/** `M address,length:digits`. */
export const write: Handler = (context, rest) => {
  const [head, digits] = split(rest);
  return put(context, head, parseBytes(digits));
};

/** `X address,length:bytes`. */
export const writeBinary: Handler = (context, rest) => {
  const [head, data] = split(rest);
  return put(
    context,
    head,
    Uint8Array.from(data, (character) => character.charCodeAt(0)),
  );
};

function split(rest: string): [head: string, data: string] {
  const at = rest.indexOf(':');
  return at < 0 ? ['', ''] : [rest.slice(0, at), rest.slice(at + 1)];
}

function put({ target, core }: Context, head: string, bytes: Uint8Array | undefined): string {
  const range = parseRange(head);
  if (!range || bytes?.length !== range.length || !fits(range.address, range.length)) return errors.invalid;
  return target.writeMemory(core, range.address, bytes) ? 'OK' : errors.noMemory;
}

/** What `compare-sections` asks for at most at a time. */
const MOST_SUMMED = 16 << 20;

/** `qCRC:address,length`: CRC-32, most significant bit first, polynomial 0x04c11db7, from all ones (GDB manual, E.4). */
export const checksum: Handler = ({ target, core }, rest) => {
  const range = parseRange(rest);
  if (!range || range.length > MOST_SUMMED || !fits(range.address, range.length)) return errors.invalid;
  let crc = -1;
  for (let done = 0; done < range.length;) {
    const bytes = target.readMemory(core, range.address + BigInt(done), Math.min(4096, range.length - done));
    if (bytes.length === 0) return errors.noMemory;
    for (const byte of bytes) {
      crc ^= byte << 24;
      for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1;
    }
    done += bytes.length;
  }
  return `C${(crc >>> 0).toString(16)}`;
};
