import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConsoleStream } from './stream.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (some: Uint8Array) => new TextDecoder().decode(some);

test('what was seen before is not shown again', () => {
  const stream = new ConsoleStream();
  stream.accept({ offset: 0, bytes: bytes('hello') });
  const again = stream.accept({ offset: 0, bytes: bytes('hello world') });
  expect(text(again.bytes)).toBe(' world');
  expect(again.lost).toBe(0);
  expect(stream.accept({ offset: 2, bytes: bytes('llo') }).bytes).toHaveLength(0);
});

test('a gap is told', () => {
  const stream = new ConsoleStream();
  expect(stream.accept({ offset: 100, bytes: bytes('x') })).toEqual({ bytes: bytes('x'), lost: 100 });
});

test('whatever is repeated, the whole arrives once and in order', () => {
  const whole = bytes('The quick brown fox jumps over the lazy dog');
  const cut = fc.nat({ max: whole.length });
  fc.assert(
    fc.property(fc.array(cut, { maxLength: 8 }), (starts) => {
      const stream = new ConsoleStream();
      let shown = '';
      let end = 0;
      // Each piece begins at or before what has come so far, as a host's does.
      for (const start of [...starts, 0]) {
        const from = Math.min(start, end);
        end = Math.max(end, Math.min(whole.length, from + 12));
        shown += text(stream.accept({ offset: from, bytes: whole.subarray(from, end) }).bytes);
      }
      expect(shown).toBe(text(whole.subarray(0, end)));
    }),
  );
});
