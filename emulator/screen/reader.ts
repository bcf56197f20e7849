import { screenParts, TILE, TILES_ACROSS, CURSOR_SIDE, MAX_SIDE, word, type ScreenParts } from './memory.ts';
import { fromRgba } from './pixels.ts';
import type { CursorPlace, Rect } from './surface.ts';

/** A picture, 8 bits each of red, green, blue and alpha, rows without gaps. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array<ArrayBuffer>;
}

/** What changed on a screen since its reader last asked. */
export interface ScreenChanges {
  /** 0: nothing is shown. */
  readonly width: number;
  readonly height: number;
  /** The size is another; all of the picture is new. */
  readonly isResized: boolean;
  /** Parts of the picture, in rows of tiles. */
  readonly damage: readonly Rect[];
  /** Where it changed. */
  readonly cursor?: CursorChange;
}

export interface CursorChange extends CursorPlace {
  /** Where it is another: 64 rows of 64 pixels; colours are multiplied by alpha. */
  readonly image?: Picture;
}

/** A screen as somebody else sees it, in any thread: each reader has its own, and none disturbs another or the machine. Sizes are in pixels. */
export class ScreenReader {
  private readonly parts: ScreenParts;
  private sequence = 0;
  private mode = 0;
  private cursor = 0;
  private image = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.parts = screenParts(buffer);
  }

  /** What changed since the last call; `undefined` when nothing did. To be called as often as one wants to draw, a few times a second at least. */
  changes(): ScreenChanges | undefined {
    const { words, stamps } = this.parts;
    Atomics.store(words, word.LOOKED_AT, 1);
    const sequence = Atomics.load(words, word.SEQUENCE);
    const size = this.size();
    if (sequence === this.sequence || !size) return undefined;
    const { width, height, mode } = size;
    const isResized = mode !== this.mode;
    const isNew = (tile: number): boolean => isResized || ((Atomics.load(stamps, tile) - this.sequence) | 0) > 0;
    const damage: Rect[] = [];
    for (let y = 0; y < height; y += TILE) {
      for (let x = 0; x < width; x += TILE) {
        if (!isNew((y / TILE) * TILES_ACROSS + x / TILE)) continue;
        const [start, rows] = [x, Math.min(TILE, height - y)];
        while (x + TILE < width && isNew((y / TILE) * TILES_ACROSS + x / TILE + 1)) x += TILE;
        damage.push({ x: start, y, width: Math.min(x + TILE, width) - start, height: rows });
      }
    }
    const cursor = this.cursorChange();
    [this.sequence, this.mode] = [sequence, mode];
    return { width, height, isResized, damage, ...(cursor ? { cursor } : {}) };
  }

  /** Part of the picture. While the guest draws it may be half of the old and half of the new; then `changes` names it again. */
  read({ x, y, width, height }: Rect): Picture {
    const size = this.size();
    const rgba = new Uint8Array(4 * width * height);
    if (!size || x + width > size.width || y + height > size.height) return { width, height, rgba };
    const into = new Uint32Array(rgba.buffer);
    for (let row = 0; row < height; row++) {
      const start = (y + row) * size.width + x;
      convert(this.parts.pixels.subarray(start, start + width), into.subarray(row * width));
    }
    return { width, height, rgba };
  }

  /** All of the picture, without the cursor; `undefined` when nothing is shown. */
  picture(): Picture | undefined {
    const size = this.size();
    return size && size.width > 0 ? this.read({ x: 0, y: 0, ...size }) : undefined;
  }

  /** `undefined` while it changes. */
  private size(): { width: number; height: number; mode: number } | undefined {
    const { words } = this.parts;
    const mode = Atomics.load(words, word.MODE);
    const [width, height] = [Atomics.load(words, word.WIDTH), Atomics.load(words, word.HEIGHT)];
    const isWhole = (mode & 1) === 0 && mode === Atomics.load(words, word.MODE);
    return isWhole && width <= MAX_SIDE && height <= MAX_SIDE ? { width, height, mode } : undefined;
  }

  private cursorChange(): CursorChange | undefined {
    const { words, cursor } = this.parts;
    const count = Atomics.load(words, word.CURSOR);
    // What is half done is seen by the next call: it counts as a change, too.
    if (count === this.cursor || count & 1) return undefined;
    const at = (name: keyof typeof word): number => Atomics.load(words, word[name]);
    const place = { x: at('CURSOR_X'), y: at('CURSOR_Y'), hotX: at('CURSOR_HOT_X'), hotY: at('CURSOR_HOT_Y') };
    const image = at('CURSOR_IMAGE');
    const rgba = new Uint8Array(4 * CURSOR_SIDE * CURSOR_SIDE);
    if (image !== this.image) convert(cursor, new Uint32Array(rgba.buffer));
    const change = { visible: at('CURSOR_VISIBLE') !== 0, ...place };
    if (Atomics.load(words, word.CURSOR) !== count) return undefined;
    this.cursor = count;
    if (image === this.image) return change;
    this.image = image;
    return { ...change, image: { width: CURSOR_SIDE, height: CURSOR_SIDE, rgba } };
  }
}

/** 0xAARRGGBB to red, green, blue, alpha in memory (hosts are little-endian): the same exchange of bytes as the other way round. */
function convert(from: Uint32Array, into: Uint32Array): void {
  for (let i = 0; i < from.length; i++) into[i] = fromRgba(from[i] as number);
}
