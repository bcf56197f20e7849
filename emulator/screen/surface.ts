import { createScreenMemory, CURSOR_SIDE, MAX_SIDE, screenParts, TILE, TILES_ACROSS, word, type ScreenParts } from './memory.ts';
import { OPAQUE } from './pixels.ts';

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A cursor without its image. The position is that of the image's upper left corner, as the guest gives it. */
export interface CursorPlace {
  readonly visible: boolean;
  readonly x: number;
  readonly y: number;
  readonly hotX: number;
  readonly hotY: number;
}

export const canShow = (width: number, height: number): boolean =>
  width > 0 && height > 0 && width <= MAX_SIDE && height <= MAX_SIDE;

/** A screen as the device behind it sees it: it only writes, in the machine's thread. Who reads, and whether anybody does, it cannot tell. */
export class Surface {
  readonly buffer = createScreenMemory();
  private readonly parts: ScreenParts = screenParts(this.buffer);
  private shownWidth = 0;
  private shownHeight = 0;

  /** 0 while nothing is shown. */
  get width(): number {
    return this.shownWidth;
  }
  get height(): number {
    return this.shownHeight;
  }

  /** Shows a black picture of that size; `canShow` says which can be. The same size again keeps what is there. */
  setMode(width: number, height: number): void {
    if (width === this.shownWidth && height === this.shownHeight) return;
    const { words, pixels } = this.parts;
    Atomics.add(words, word.MODE, 1);
    Atomics.store(words, word.WIDTH, width);
    Atomics.store(words, word.HEIGHT, height);
    pixels.fill(OPAQUE, 0, width * height);
    [this.shownWidth, this.shownHeight] = [width, height];
    Atomics.add(words, word.MODE, 1);
    this.changed({ x: 0, y: 0, width, height });
  }

  /** Shows nothing. */
  blank(): void {
    this.setMode(0, 0);
  }

  /** Part of a row, to be written into: 0xFFRRGGBB. Those who read hear of it by `changed`. */
  row(x: number, y: number, width: number): Uint32Array {
    const start = y * this.shownWidth + x;
    return this.parts.pixels.subarray(start, start + width);
  }

  /** What was written there is to be seen. */
  changed({ x, y, width, height }: Rect): void {
    const { words, stamps } = this.parts;
    const sequence = (Atomics.load(words, word.SEQUENCE) + 1) | 0;
    const [right, bottom] = [Math.ceil((x + width) / TILE), Math.ceil((y + height) / TILE)];
    for (let row = Math.floor(y / TILE); row < bottom; row++) {
      for (let column = Math.floor(x / TILE); column < right; column++) {
        Atomics.store(stamps, row * TILES_ACROSS + column, sequence);
      }
    }
    Atomics.store(words, word.SEQUENCE, sequence);
  }

  /** `image`: 64 rows of 64 pixels, 0xAARRGGBB, colours multiplied by A; without it the old one stays. */
  setCursor({ visible, x, y, hotX, hotY }: CursorPlace, image?: Uint32Array): void {
    const { words, cursor } = this.parts;
    Atomics.add(words, word.CURSOR, 1);
    if (image) {
      cursor.set(image.subarray(0, CURSOR_SIDE * CURSOR_SIDE));
      Atomics.add(words, word.CURSOR_IMAGE, 1);
    }
    Atomics.store(words, word.CURSOR_VISIBLE, visible ? 1 : 0);
    Atomics.store(words, word.CURSOR_X, x);
    Atomics.store(words, word.CURSOR_Y, y);
    Atomics.store(words, word.CURSOR_HOT_X, hotX);
    Atomics.store(words, word.CURSOR_HOT_Y, hotY);
    Atomics.add(words, word.CURSOR, 1);
    Atomics.add(words, word.SEQUENCE, 1);
  }

  /** Whether somebody looked since the last call: a device that is not told what its guest draws has to see for itself. */
  takeLookedAt(): boolean {
    return Atomics.exchange(this.parts.words, word.LOOKED_AT, 0) !== 0;
  }

  /** The pixels that are shown, as bytes. */
  save(): Uint8Array {
    return new Uint8Array(this.parts.pixels.slice(0, this.shownWidth * this.shownHeight).buffer);
  }

  /** Shows what `save` gave. */
  restore(width: number, height: number, saved: Uint8Array): void {
    this.setMode(width, height);
    const bytes = saved.slice();
    this.parts.pixels.set(new Uint32Array(bytes.buffer, 0, width * height));
    this.changed({ x: 0, y: 0, width, height });
  }
}
