/** A pixel as a little-endian word of memory, to 0xAARRGGBB. Named by the bytes in memory. */
export type ToArgb = (word: number) => number;

export const fromBgra: ToArgb = (word) => word;
export const fromArgb: ToArgb = (word) => (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
export const fromRgba: ToArgb = (word) => (word & 0xff00_ff00) | ((word & 0xff) << 16) | ((word >>> 16) & 0xff);
export const fromAbgr: ToArgb = (word) => (word >>> 8) | (word << 24);

export const OPAQUE = 0xff00_0000;
