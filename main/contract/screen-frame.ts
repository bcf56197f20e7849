/**
 * What changed on a screen, on the wire from the host; little endian. Kind (1), screen (1), flags (u16), machine (u32), width, height and number of
 * parts (u16 each), two zero bytes. With the flag `cursor`: x, y (i32), visible (u32); with `image` its 64x64 pixels in RGBA. Then each part: x, y,
 * width, height (u16), encoding (u32), bytes (u32), and that many bytes of pixels without alpha, rows without gaps.
 */

/** Pixels are red, green, blue, alpha. */
export interface ScreenPart {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** 64 by 64 pixels at (x, y), whose colours are multiplied by alpha; `image` where it is another. */
export interface ScreenCursor {
  readonly visible: boolean;
  readonly x: number;
  readonly y: number;
  readonly image?: Uint8ClampedArray<ArrayBuffer>;
}

/** Width 0: nothing is shown. */
export interface ScreenEvent {
  readonly machine: number;
  readonly screen: number;
  readonly width: number;
  readonly height: number;
  readonly parts: readonly ScreenPart[];
  readonly cursor?: ScreenCursor;
}

export const screenKind = 2;
const HEADER = 16;
const PART_HEADER = 16;
const CURSOR_HEADER = 12;
const CURSOR_SIDE = 64;
const IMAGE = 4 * CURSOR_SIDE * CURSOR_SIDE;
const flags = { cursor: 1, image: 2 } as const;
/** Runs of equal pixels are what most of a screen is made of; where they are short, plain pixels are. */
const encodings = { plain: 0, runs: 1 } as const;
const MAX_RUN = 256;

export function encodeScreen({ machine, screen, width, height, parts, cursor }: ScreenEvent): Uint8Array<ArrayBuffer> {
  const packed = parts.map((part) => ({ part, ...pack(part.rgba) }));
  const cursorBytes = cursor ? CURSOR_HEADER + (cursor.image ? IMAGE : 0) : 0;
  const total = packed.reduce((sum, { bytes }) => sum + PART_HEADER + bytes.length, HEADER + cursorBytes);
  const frame = new Uint8Array(total);
  const view = new DataView(frame.buffer);
  view.setUint8(0, screenKind);
  view.setUint8(1, screen);
  view.setUint16(2, (cursor ? flags.cursor : 0) | (cursor?.image ? flags.image : 0), true);
  view.setUint32(4, machine, true);
  [width, height, parts.length].forEach((value, n) => view.setUint16(8 + 2 * n, value, true));
  let at = HEADER;
  if (cursor) {
    [cursor.x, cursor.y, cursor.visible ? 1 : 0].forEach((value, n) => view.setInt32(at + 4 * n, value, true));
    if (cursor.image) frame.set(cursor.image, at + CURSOR_HEADER);
    at += cursorBytes;
  }
  for (const { part, encoding, bytes } of packed) {
    [part.x, part.y, part.width, part.height].forEach((value, n) => view.setUint16(at + 2 * n, value, true));
    view.setUint32(at + 8, encoding, true);
    view.setUint32(at + 12, bytes.length, true);
    frame.set(bytes, at + PART_HEADER);
    at += PART_HEADER + bytes.length;
  }
  return frame;
}

/** Answers undefined for what is not a well-formed frame. */
export function decodeScreen(frame: Uint8Array): ScreenEvent | undefined {
  if (frame.length < HEADER || frame[0] !== screenKind) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const flag = view.getUint16(2, true);
  const [machine, width, height, count] = [view.getUint32(4, true), ...[8, 10, 12].map((at) => view.getUint16(at, true))] as [
    number,
    number,
    number,
    number,
  ];
  if (machine === 0 || view.getUint16(14) !== 0 || flag > 3 || flag === flags.image) return undefined;
  let at = HEADER;
  let cursor: ScreenCursor | undefined;
  if (flag & flags.cursor) {
    const end = at + CURSOR_HEADER + (flag & flags.image ? IMAGE : 0);
    if (end > frame.length) return undefined;
    const image = flag & flags.image ? { image: new Uint8ClampedArray(frame.subarray(at + CURSOR_HEADER, end)) } : {};
    cursor = {
      visible: view.getUint32(at + 8, true) !== 0,
      x: view.getInt32(at, true),
      y: view.getInt32(at + 4, true),
      ...image,
    };
    at = end;
  }
  const parts: ScreenPart[] = [];
  for (let n = 0; n < count; n++) {
    if (at + PART_HEADER > frame.length) return undefined;
    const [x, y, w, h] = [0, 2, 4, 6].map((offset) => view.getUint16(at + offset, true)) as [number, number, number, number];
    const end = at + PART_HEADER + view.getUint32(at + 12, true);
    if (x + w > width || y + h > height || end > frame.length) return undefined;
    const rgba = unpack(frame.subarray(at + PART_HEADER, end), view.getUint32(at + 8, true), w * h);
    if (!rgba) return undefined;
    parts.push({ x, y, width: w, height: h, rgba });
    at = end;
  }
  if (at !== frame.length) return undefined;
  return { machine, screen: view.getUint8(1), width, height, parts, ...(cursor ? { cursor } : {}) };
}

function pack(rgba: Uint8ClampedArray): { encoding: number; bytes: Uint8Array } {
  const pixels = new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.length / 4);
  const bytes = new Uint8Array(3 * pixels.length);
  let to = 0;
  for (let at = 0; at < pixels.length;) {
    const pixel = pixels[at]!;
    let end = at + 1;
    while (end < pixels.length && pixels[end] === pixel && end - at < MAX_RUN) end++;
    if (to + 4 > bytes.length) return { encoding: encodings.plain, bytes: withoutAlpha(rgba, bytes) };
    bytes[to] = end - at - 1;
    bytes[to + 1] = rgba[4 * at]!;
    bytes[to + 2] = rgba[4 * at + 1]!;
    bytes[to + 3] = rgba[4 * at + 2]!;
    to += 4;
    at = end;
  }
  return { encoding: encodings.runs, bytes: bytes.subarray(0, to) };
}

function withoutAlpha(rgba: Uint8ClampedArray, into: Uint8Array): Uint8Array {
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    into[to] = rgba[from]!;
    into[to + 1] = rgba[from + 1]!;
    into[to + 2] = rgba[from + 2]!;
  }
  return into;
}

function unpack(bytes: Uint8Array, encoding: number, count: number): Uint8ClampedArray<ArrayBuffer> | undefined {
  const isRuns = encoding === encodings.runs;
  if (!isRuns && (encoding !== encodings.plain || bytes.length !== 3 * count)) return undefined;
  // A run names 256 pixels at most: what claims more is not believed before there is memory for it.
  if (isRuns && (bytes.length % 4 !== 0 || MAX_RUN * bytes.length < 4 * count)) return undefined;
  const rgba = new Uint8ClampedArray(4 * count);
  const size = isRuns ? 4 : 3;
  let to = 0;
  for (let from = 0; from < bytes.length; from += size) {
    const run = isRuns ? bytes[from]! + 1 : 1;
    const first = from + size - 3;
    if (to + 4 * run > rgba.length) return undefined;
    for (const end = to + 4 * run; to < end; to += 4) {
      rgba[to] = bytes[first]!;
      rgba[to + 1] = bytes[first + 1]!;
      rgba[to + 2] = bytes[first + 2]!;
      rgba[to + 3] = 255;
    }
  }
  return to === rgba.length ? rgba : undefined;
}
