import { fromAbgr, fromArgb, fromBgra, fromRgba, OPAQUE, type ToArgb } from '../../../screen/pixels.ts';

interface Format {
  readonly toArgb: ToArgb;
  readonly hasAlpha: boolean;
}

/** Formats of resources (§5.7.6.8), by their number. All have 32 bits. */
export const formats: ReadonlyMap<number, Format> = new Map([
  [1, { toArgb: fromBgra, hasAlpha: true }],
  [2, { toArgb: fromBgra, hasAlpha: false }],
  [3, { toArgb: fromArgb, hasAlpha: true }],
  [4, { toArgb: fromArgb, hasAlpha: false }],
  [67, { toArgb: fromRgba, hasAlpha: true }],
  [68, { toArgb: fromAbgr, hasAlpha: false }],
  [121, { toArgb: fromAbgr, hasAlpha: true }],
  [134, { toArgb: fromRgba, hasAlpha: false }],
]);

/** Translates a row of a resource. A screen's own pixels are opaque whatever they say; so are a cursor's without an alpha. */
export function convertRow(format: number, from: Uint32Array, into: Uint32Array, forCursor = false): void {
  const { toArgb, hasAlpha } = formats.get(format) as Format;
  const alpha = forCursor && hasAlpha ? 0 : OPAQUE;
  for (let i = 0; i < into.length; i++) into[i] = toArgb(from[i] as number) | alpha;
}
