/** Packets of the GDB remote serial protocol (GDB manual, appendix E.1 "Overview"): `$body#checksum`, with `}` before escaped bytes. */

const DOLLAR = 0x24;
const HASH = 0x23;
const ESCAPE = 0x7d;
const RUN = 0x2a;
const INTERRUPT = 0x03;
const PLUS = 0x2b;
const MINUS = 0x2d;

/** Bytes of a body that is taken; what is longer counts as damaged. GDB is told half of it, so that escaped bytes find room. */
export const MOST_BYTES = 0x8000;

export type Token =
  | { readonly kind: 'packet'; readonly body: Uint8Array }
  /** A packet whose checksum is wrong, or that is too long. */
  | { readonly kind: 'damaged' }
  | { readonly kind: 'ack' }
  | { readonly kind: 'nak' }
  | { readonly kind: 'interrupt' };

/** Finds packets in a stream of bytes, however it is cut. */
export class PacketReader {
  private readonly body = new Uint8Array(MOST_BYTES);
  private length = 0;
  private sum = 0;
  private where: 'outside' | 'body' | 'high' | 'low' = 'outside';
  private high = 0;

  feed(bytes: Uint8Array): Token[] {
    const tokens: Token[] = [];
    for (const byte of bytes) {
      const token = this.take(byte);
      if (token) tokens.push(token);
    }
    return tokens;
  }

  private take(byte: number): Token | undefined {
    switch (this.where) {
      case 'outside':
        if (byte === DOLLAR) this.begin();
        else if (byte === PLUS) return { kind: 'ack' };
        else if (byte === MINUS) return { kind: 'nak' };
        else if (byte === INTERRUPT) return { kind: 'interrupt' };
        return undefined;
      case 'body':
        if (byte === DOLLAR) this.begin();
        else if (byte === HASH) this.where = 'high';
        else {
          this.sum = (this.sum + byte) & 0xff;
          if (this.length < MOST_BYTES) this.body[this.length] = byte;
          this.length++;
        }
        return undefined;
      case 'high':
        this.high = byte;
        this.where = 'low';
        return undefined;
      case 'low': {
        this.where = 'outside';
        const sum = Number.parseInt(String.fromCharCode(this.high, byte), 16);
        if (sum !== this.sum || this.length > MOST_BYTES) return { kind: 'damaged' };
        return { kind: 'packet', body: unescaped(this.body.subarray(0, this.length)) };
      }
    }
  }

  private begin(): void {
    this.where = 'body';
    this.length = 0;
    this.sum = 0;
  }
}

function unescaped(bytes: Uint8Array): Uint8Array {
  const plain = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    // An escape at the very end stands for nothing.
    plain[length++] = byte === ESCAPE ? (bytes[++at] ?? 0) ^ 0x20 : byte;
  }
  return plain.subarray(0, length);
}

/** The packet for a body, whose characters are bytes. */
export function packet(body: string): Uint8Array {
  const bytes = [DOLLAR];
  let sum = 0;
  const add = (byte: number): void => {
    bytes.push(byte);
    sum = (sum + byte) & 0xff;
  };
  for (let at = 0; at < body.length; at++) {
    const byte = body.charCodeAt(at) & 0xff;
    if (byte === DOLLAR || byte === HASH || byte === ESCAPE || byte === RUN) {
      add(ESCAPE);
      add(byte ^ 0x20);
    } else add(byte);
  }
  const digits = sum.toString(16).padStart(2, '0');
  return Uint8Array.from([...bytes, HASH, digits.charCodeAt(0), digits.charCodeAt(1)]);
}
