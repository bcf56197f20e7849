/** How a PIN may look in memory: as text, as numbers, as keys and as places of fingers. */
import { abs, ev } from '../../../emulator/devices/virtio/input/event-codes.ts';

export interface Needle {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Where a finger came down, as an input device tells it. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Linux's number of a digit's key. */
export const keyOfDigit = (digit: number): number => (digit === 0 ? 11 : digit + 1);

const little = (bytes: 1 | 2 | 4, numbers: readonly number[]): Buffer => {
  const buffer = Buffer.alloc(bytes * numbers.length);
  numbers.forEach((number, n) => buffer.writeUIntLE(number, bytes * n, bytes));
  return buffer;
};

/** An event of Linux's input layer without its time: what virtio-input delivers. */
const event = (type: number, code: number, value: number): Buffer => Buffer.concat([little(2, [type, code]), little(4, [value])]);
const SYN = event(ev.SYN, 0, 0);

/** All of one PIN, typed by keys or by fingers at these places. Each is long enough not to be anywhere by accident. */
export function needlesOf(digits: readonly number[], places: readonly Place[]): Needle[] {
  const text = digits.join('');
  const keys = digits.map(keyOfDigit);
  const packed = Buffer.from(digits.length % 2 ? `${text}0` : text, 'hex');
  return [
    { name: 'text', bytes: Buffer.from(text, 'latin1') },
    { name: 'text of 16 bits', bytes: Buffer.from(text, 'utf16le') },
    { name: 'text of 32 bits', bytes: little(4, [...Buffer.from(text, 'latin1')]) },
    { name: 'packed digits', bytes: packed },
    { name: 'digits as bytes', bytes: little(1, digits) },
    { name: 'digits of 32 bits', bytes: little(4, digits) },
    { name: 'keys as bytes', bytes: little(1, keys) },
    { name: 'keys of 16 bits', bytes: little(2, keys) },
    { name: 'keys of 32 bits', bytes: little(4, keys) },
    ...[...new Set(keys)].map((key) => ({
      name: `events of key ${key}`,
      bytes: Buffer.concat([event(ev.KEY, key, 1), SYN, event(ev.KEY, key, 0), SYN]),
    })),
    ...places.flatMap(({ x, y }, n) => [
      {
        name: `events of finger ${n}`,
        bytes: Buffer.concat([event(ev.ABS, abs.MT_POSITION_X, x), event(ev.ABS, abs.MT_POSITION_Y, y)]),
      },
      { name: `place of finger ${n}`, bytes: little(4, [x, y]) },
    ]),
  ];
}

/** Names of those that are in it. */
export const found = (bytes: Buffer, needles: readonly Needle[]): string[] =>
  needles.filter((needle) => bytes.includes(needle.bytes)).map(({ name }) => name);
