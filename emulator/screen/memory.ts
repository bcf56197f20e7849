/**
 * A screen in shared memory, as the device that writes it and those who read it agree on it. Words of control come first, then a stamp for each
 * tile, the image of the cursor, and the pixels, rows without gaps. Nobody waits for anybody: what a reader saw half done it is told of again.
 */

/** What a screen can show: its memory is that large from the start, and a page of it is the host's affair once it is written. */
export const MAX_SIDE = 4096;
/** Sides of the squares in which changes are told. */
export const TILE = 64;
/** Sides of the cursor's image. */
export const CURSOR_SIDE = 64;
export const TILES_ACROSS = MAX_SIDE / TILE;

/** Control words (32 bits). */
export const word = {
  /** Counts sizes; odd while it changes. */
  MODE: 0,
  /** 0: nothing is shown. */
  WIDTH: 1,
  HEIGHT: 2,
  /** Counts changes of any kind; the last of them that a tile had is its stamp. */
  SEQUENCE: 3,
  /** Counts changes of the cursor; odd while it changes. */
  CURSOR: 4,
  CURSOR_VISIBLE: 5,
  CURSOR_X: 6,
  CURSOR_Y: 7,
  CURSOR_HOT_X: 8,
  CURSOR_HOT_Y: 9,
  /** Counts images of the cursor. */
  CURSOR_IMAGE: 10,
  /** The one word of readers: somebody looks. */
  LOOKED_AT: 11,
} as const;

const WORDS = 16;
const CURSOR_PIXELS = CURSOR_SIDE * CURSOR_SIDE;
const TILES = TILES_ACROSS * TILES_ACROSS;

/** Views of the parts. Pixels are 32 bits, 0xAARRGGBB; A of the screen's own is always 255. */
export interface ScreenParts {
  readonly words: Int32Array;
  readonly stamps: Int32Array;
  readonly cursor: Uint32Array;
  readonly pixels: Uint32Array;
}

export function createScreenMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * (WORDS + TILES + CURSOR_PIXELS + MAX_SIDE * MAX_SIDE));
}

export function screenParts(buffer: SharedArrayBuffer): ScreenParts {
  return {
    words: new Int32Array(buffer, 0, WORDS),
    stamps: new Int32Array(buffer, 4 * WORDS, TILES),
    cursor: new Uint32Array(buffer, 4 * (WORDS + TILES), CURSOR_PIXELS),
    pixels: new Uint32Array(buffer, 4 * (WORDS + TILES + CURSOR_PIXELS)),
  };
}
