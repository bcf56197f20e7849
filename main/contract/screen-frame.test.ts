import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeScreen, encodeScreen, type ScreenEvent } from './screen-frame.ts';

const [WIDTH, HEIGHT] = [200, 100];

/** Pixels of few colours, so that there are runs, or of many. */
const part = fc
  .record({
    x: fc.nat(WIDTH - 1),
    y: fc.nat(HEIGHT - 1),
    width: fc.integer({ min: 1, max: 70 }),
    height: fc.integer({ min: 1, max: 70 }),
  })
  .map((rect) => ({ ...rect, width: Math.min(rect.width, WIDTH - rect.x), height: Math.min(rect.height, HEIGHT - rect.y) }))
  .chain((rect) =>
    fc.record({ seed: fc.nat(), colours: fc.constantFrom(1, 2, 256) }).map(({ seed, colours }) => {
      const rgba = new Uint8ClampedArray(4 * rect.width * rect.height);
      let state = seed;
      for (let at = 0; at < rgba.length; at += 4) {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        rgba.set([(state >>> 16) % colours, (state >>> 8) % colours, state % colours, 255], at);
      }
      return { ...rect, rgba };
    }),
  );
const image = fc.uint8Array({ minLength: 16384, maxLength: 16384 }).map((bytes) => new Uint8ClampedArray(bytes));
const cursor = fc.record(
  { visible: fc.boolean(), x: fc.integer({ min: -64, max: 4096 }), y: fc.integer({ min: -64, max: 4096 }), image },
  { requiredKeys: ['visible', 'x', 'y'] },
);
const event: fc.Arbitrary<ScreenEvent> = fc.record(
  {
    machine: fc.integer({ min: 1, max: 0xffff_ffff }),
    screen: fc.nat(255),
    width: fc.constant(WIDTH),
    height: fc.constant(HEIGHT),
    parts: fc.array(part, { maxLength: 4 }),
    cursor,
  },
  { requiredKeys: ['machine', 'screen', 'width', 'height', 'parts'] },
) as fc.Arbitrary<ScreenEvent>;

test('what comes out is what went in', () => {
  fc.assert(
    fc.property(event, (sent) => {
      expect(decodeScreen(encodeScreen(sent))).toEqual(sent);
    }),
    { numRuns: 60 },
  );
});

test('nothing that is cut, longer or changed is thrown at, and what is decoded fits', () => {
  fc.assert(
    fc.property(event, fc.nat(), fc.nat(255), (sent, at, value) => {
      const frame = encodeScreen(sent);
      expect(decodeScreen(frame.subarray(0, at % frame.length))).toBeUndefined();
      expect(decodeScreen(Uint8Array.of(...frame.subarray(0, 64), 1))?.parts ?? []).toEqual([]);
      frame[at % Math.min(64, frame.length)] = value;
      const found = decodeScreen(frame);
      for (const { x, y, width, height, rgba } of found?.parts ?? []) {
        expect(x + width <= found!.width && y + height <= found!.height && rgba.length === 4 * width * height).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});

test('one colour is small, noise is not larger than itself', () => {
  const size = (fill: (n: number) => number) => {
    const rgba = new Uint8ClampedArray(4 * 64 * 640).map((_, n) => ((n & 3) === 3 ? 255 : fill(n)));
    return encodeScreen({ machine: 1, screen: 0, width: 640, height: 64, parts: [{ x: 0, y: 0, width: 640, height: 64, rgba }] })
      .length;
  };
  expect(size(() => 7)).toBeLessThan(1000);
  expect(size((n) => Math.imul(n, 2654435761) >>> 24)).toBe(16 + 16 + 3 * 64 * 640);
});
