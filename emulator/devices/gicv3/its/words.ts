/** 64-bit registers, commands and table entries as 32-bit words, the low one first, with fields that are at most 52 bits wide: numbers. */
import type { Dma } from '../../device.ts';

export type Words = ArrayLike<number>;

/** The field of `width` bits from bit `from` of the first word on. */
export function field(words: Words, from: number, width: number): number {
  let value = 0;
  for (let done = 0; done < width;) {
    const [word, shift, count] = part(from + done, width - done);
    value += (((words[word] as number) >>> shift) % 2 ** count) * 2 ** done;
    done += count;
  }
  return value;
}

/** Puts `value` into a field that is zero. */
export function putField(words: Uint32Array, from: number, width: number, value: number): void {
  for (let done = 0; done < width;) {
    const [word, shift, count] = part(from + done, width - done);
    (words[word] as number) |= (Math.floor(value / 2 ** done) % 2 ** count) << shift;
    done += count;
  }
}

/** What of a field lies in one word: which one, from which bit on, how many bits. */
function part(bit: number, left: number): [word: number, shift: number, count: number] {
  return [bit >> 5, bit & 31, Math.min(left, 32 - (bit & 31))];
}

/** Words of guest memory; undefined where none answers. */
export function readWords(dma: Dma, address: number, count: number): Uint32Array | undefined {
  const bytes = new Uint8Array(count * 4);
  if (!dma.read(address, bytes)) return undefined;
  const view = new DataView(bytes.buffer);
  return Uint32Array.from({ length: count }, (_, n) => view.getUint32(n * 4, true));
}

/** False where no memory answers. */
export function writeWords(dma: Dma, address: number, words: Words): boolean {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  for (let n = 0; n < words.length; n++) view.setUint32(n * 4, words[n] as number, true);
  return dma.write(address, new Uint8Array(view.buffer));
}
