/** What a monitor says of itself: a base block of VESA's E-EDID (Release A, Rev. 2; structure 1.4), 128 bytes. */
import { encodeUtf8 } from '../../../base/utf8.ts';

const BLOCK_BYTES = 128;
const HEADER = [0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00];
const DIGITAL_8_BITS = 0xa0;
/** As 2.2. */
const GAMMA = 120;
/** The first timing is the native one; colours are sRGB's, and RGB 4:4:4 is all there is. */
const FEATURES = 0x06;
/** sRGB: x and y of red, green, blue and white. */
const CHROMATICITIES = [0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329] as const;
const DOTS_PER_INCH = 100;
/** A detailed timing has 12 bits for each side. */
export const MAX_EDID_SIDE = 4095;

/** Established timings at 60 Hz: byte and bit of each (table 3.18). */
const established = [
  { width: 640, height: 480, byte: 35, bit: 5 },
  { width: 800, height: 600, byte: 35, bit: 0 },
  { width: 1024, height: 768, byte: 36, bit: 3 },
] as const;

export interface Monitor {
  /** Its native size, up to {@link MAX_EDID_SIDE} a side. */
  readonly width: number;
  readonly height: number;
  /** Up to 13 characters. */
  readonly name: string;
}

export function createEdid({ width, height, name }: Monitor): Uint8Array {
  const bytes = new Uint8Array(BLOCK_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(HEADER);
  view.setUint16(8, manufacturer('PKV'));
  view.setUint16(10, 1, true);
  // Week 1 of 2026, so that no run depends on a date.
  bytes.set([1, 2026 - 1990, 1, 4], 16);
  bytes.set([DIGITAL_8_BITS, centimetres(width), centimetres(height), GAMMA, FEATURES], 20);
  bytes.set(chromaticity(), 25);
  for (const { byte, bit, ...mode } of established) {
    if (mode.width <= width && mode.height <= height) bytes[byte]! |= 1 << bit;
  }
  // Standard timings: none.
  bytes.fill(1, 38, 54);
  bytes.set(detailedTiming(width, height), 54);
  bytes.set(textDescriptor(0xfc, name), 72);
  bytes.set(dummyDescriptor, 90);
  bytes.set(dummyDescriptor, 108);
  bytes[127] = -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return bytes;
}

/** Three letters of five bits. */
const manufacturer = (letters: string): number =>
  [...letters].reduce((all, letter) => (all << 5) | (letter.charCodeAt(0) & 31), 0);

const millimetres = (pixels: number): number => Math.round((pixels * 25.4) / DOTS_PER_INCH);
const centimetres = (pixels: number): number => Math.max(1, Math.min(255, Math.round(millimetres(pixels) / 10)));

/** Ten bits of each coordinate: the two low ones first, then the rest (section 3.7). */
function chromaticity(): number[] {
  const values = CHROMATICITIES.map((value) => Math.round(value * 1024));
  const low = (n: number): number => values.slice(n, n + 4).reduce((all, value) => (all << 2) | (value & 3), 0);
  return [low(0), low(4), ...values.map((value) => value >> 2)];
}

/** The native size at 60 Hz, or as near as the pixel clock's 16 bits go, with CVT's reduced blanking (section 3.10.2). */
function detailedTiming(width: number, height: number): Uint8Array {
  const [hBlank, hFront, hSync] = [160, 48, 32];
  const [vFront, vSync, vBack] = [3, verticalSync(width, height), 6];
  // CVT: the vertical blanking takes 460 us at least.
  const vBlank = Math.max(vFront + vSync + vBack, Math.floor((460 * height) / (1e6 / 60 - 460)) + 1);
  // Below 10 MHz decoders see no timing.
  const clock10kHz = Math.max(1000, Math.min(0xffff, Math.round(((width + hBlank) * (height + vBlank) * 60) / 10_000)));
  const [mmWide, mmHigh] = [Math.min(4095, millimetres(width)), Math.min(4095, millimetres(height))];
  return Uint8Array.of(
    ...[clock10kHz & 0xff, clock10kHz >> 8],
    ...[width & 0xff, hBlank & 0xff, ((width >> 8) << 4) | (hBlank >> 8)],
    ...[height & 0xff, vBlank & 0xff, ((height >> 8) << 4) | (vBlank >> 8)],
    ...[hFront, hSync, (vFront << 4) | vSync, 0],
    ...[mmWide & 0xff, mmHigh & 0xff, ((mmWide >> 8) << 4) | (mmHigh >> 8)],
    // No border. Digital separate sync, horizontal positive, vertical negative, as reduced blanking has it.
    ...[0, 0, 0x1a],
  );
}

/** CVT tells the aspect ratio by the width of the vertical sync. */
function verticalSync(width: number, height: number): number {
  const ratios = [
    { across: 4, down: 3, lines: 4 },
    { across: 16, down: 9, lines: 5 },
    { across: 16, down: 10, lines: 6 },
    { across: 5, down: 4, lines: 7 },
    { across: 15, down: 9, lines: 7 },
  ];
  return ratios.find(({ across, down }) => width * down === height * across)?.lines ?? 10;
}

function textDescriptor(tag: number, text: string): Uint8Array {
  const bytes = new Uint8Array(18).fill(0x20, 5);
  bytes[3] = tag;
  const characters = encodeUtf8(`${text.slice(0, 13)}${text.length < 13 ? '\n' : ''}`);
  bytes.set(characters.subarray(0, 13), 5);
  return bytes;
}

const dummyDescriptor = Uint8Array.of(0, 0, 0, 0x10, ...new Uint8Array(14));
