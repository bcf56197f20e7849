import { encodeUtf8 } from '../../base/utf8.ts';

/** Block types and options of draft-ietf-opsawg-pcapng. */
const [SECTION, INTERFACE, ENHANCED_PACKET] = [0x0a0d_0d0a, 1, 6];
const BYTE_ORDER = 0x1a2b_3c4d;
const ETHERNET = 1;
const [HARDWARE, APPLICATION] = [2, 4];
const [NAME, TIME_RESOLUTION] = [2, 9];
const FLAGS = 2;
const [INBOUND, OUTBOUND] = [1, 2];
const NANOSECONDS = 9;

interface Option {
  readonly code: number;
  readonly value: Uint8Array;
}

/** The beginning of a capture: what wrote it, and the interfaces by name. Times will be in nanoseconds. */
export function captureHeader(interfaces: readonly string[]): Uint8Array {
  const section = new DataView(new ArrayBuffer(16));
  section.setUint32(0, BYTE_ORDER, true);
  section.setUint16(4, 1, true);
  // The length of the section is not known.
  section.setBigInt64(8, -1n, true);
  const program = [
    { code: HARDWARE, value: encodeUtf8('AArch64') },
    { code: APPLICATION, value: encodeUtf8('Pocketvisor') },
  ];
  const blocks = [block(SECTION, new Uint8Array(section.buffer), program)];
  for (const name of interfaces) {
    const description = new DataView(new ArrayBuffer(8));
    description.setUint16(0, ETHERNET, true);
    const options = [
      { code: NAME, value: encodeUtf8(name) },
      { code: TIME_RESOLUTION, value: Uint8Array.of(NANOSECONDS) },
    ];
    blocks.push(block(INTERFACE, new Uint8Array(description.buffer), options));
  }
  return concatenate(blocks);
}

/** A frame at an interface, by its place in the list. `timeNs` counts since 1970. */
export function capturedFrame(at: number, timeNs: bigint, direction: 'in' | 'out', frame: Uint8Array): Uint8Array {
  const body = new Uint8Array(20 + padded(frame.length));
  const view = new DataView(body.buffer);
  view.setUint32(0, at, true);
  view.setUint32(4, Number(BigInt.asUintN(32, timeNs >> 32n)), true);
  view.setUint32(8, Number(BigInt.asUintN(32, timeNs)), true);
  view.setUint32(12, frame.length, true);
  view.setUint32(16, frame.length, true);
  body.set(frame, 20);
  return block(ENHANCED_PACKET, body, [{ code: FLAGS, value: Uint8Array.of(direction === 'in' ? INBOUND : OUTBOUND, 0, 0, 0) }]);
}

/** The length of `body` is a multiple of 4. */
function block(type: number, body: Uint8Array, options: readonly Option[]): Uint8Array {
  const optionBytes = options.reduce((sum, { value }) => sum + 4 + padded(value.length), 4);
  const bytes = new Uint8Array(12 + body.length + optionBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, bytes.length, true);
  bytes.set(body, 8);
  let offset = 8 + body.length;
  for (const { code, value } of options) {
    view.setUint16(offset, code, true);
    view.setUint16(offset + 2, value.length, true);
    bytes.set(value, offset + 4);
    offset += 4 + padded(value.length);
  }
  // opt_endofopt is zero; behind it the length once more.
  view.setUint32(bytes.length - 4, bytes.length, true);
  return bytes;
}

const padded = (length: number): number => (length + 3) & ~3;

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
