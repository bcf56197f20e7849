import { encodeUtf8 } from '../../../base/utf8.ts';
import { ev } from './event-codes.ts';
import type { InputDescription } from './kinds.ts';

/** What the driver may ask for by `select` (virtio 1.2 §5.8.5). */
export const select = {
  ...{ ID_NAME: 0x01, ID_SERIAL: 0x02, ID_DEVIDS: 0x03 },
  ...{ PROP_BITS: 0x10, EV_BITS: 0x11, ABS_INFO: 0x12 },
} as const;

/** `select`, `subsel`, `size`, 5 reserved bytes; then the answer. */
export const CONFIG_HEADER = 8;
const ANSWER_BYTES = 128;
export const CONFIG_BYTES = CONFIG_HEADER + ANSWER_BYTES;
const BUS_VIRTUAL = 0x06;
/** As QEMU has it for all its input devices. */
const VENDOR = 0x0627;

/** The answer to a question; empty where there is none. */
export function answer(
  { name, product, version, properties = [], events, axes }: InputDescription,
  serial: string,
  question: number,
  sub: number,
): Uint8Array {
  switch (question) {
    case select.ID_NAME:
      // With the NUL behind it, as QEMU has it.
      return sub === 0 ? text(`${name}\0`) : empty;
    case select.ID_SERIAL:
      return sub === 0 ? text(serial) : empty;
    case select.ID_DEVIDS:
      return sub === 0 ? words(2, [BUS_VIRTUAL, VENDOR, product, version]) : empty;
    case select.PROP_BITS:
      return sub === 0 ? bitmap(properties) : empty;
    case select.EV_BITS: {
      const codes = events.get(sub);
      // EV_REP has no codes of its own: that there is an answer says that it is meant.
      return codes === undefined ? empty : sub === ev.REP ? new Uint8Array(1) : bitmap(codes);
    }
    case select.ABS_INFO: {
      const max = axes?.get(sub);
      // min, max, fuzz, flat, resolution
      return max === undefined ? empty : words(4, [0, max, 0, 0, 0]);
    }
    default:
      return empty;
  }
}

const empty = new Uint8Array();

const text = (value: string): Uint8Array => encodeUtf8(value).subarray(0, ANSWER_BYTES);

/** Little-endian numbers of `size` bytes. */
function words(size: 2 | 4, values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(size * values.length));
  values.forEach((value, n) => (size === 2 ? view.setUint16(2 * n, value, true) : view.setUint32(4 * n, value, true)));
  return new Uint8Array(view.buffer);
}

function bitmap(numbers: readonly number[]): Uint8Array {
  if (numbers.length === 0) return empty;
  const bytes = new Uint8Array((Math.max(...numbers) >> 3) + 1);
  for (const number of numbers) bytes[number >> 3]! |= 1 << (number & 7);
  return bytes;
}
