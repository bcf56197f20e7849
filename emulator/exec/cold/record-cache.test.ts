import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordCache } from './record-cache.ts';

test('a record comes back for its word alone, until another word takes its place', () => {
  const view = new DataView(new ArrayBuffer(64));
  const words = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.uint8Array({ minLength: 16, maxLength: 16 })));
  fc.assert(
    fc.property(words, fc.boolean(), (entries, ends) => {
      const cache = new RecordCache(view);
      const bytes = new Uint8Array(view.buffer);
      expect(entries.map(([word]) => cache.copy(word, 16))).toEqual(entries.map(() => 0));
      for (const [word, record] of entries) {
        bytes.set(record, 0);
        cache.keep(word, 0, ends);
        bytes.fill(0xee);
        expect(cache.copy(word, 16)).toBe(ends ? 2 : 1);
        expect(bytes.subarray(16, 32)).toEqual(record);
        expect(new Set([...bytes.subarray(0, 16), ...bytes.subarray(32)])).toEqual(new Set([0xee]));
      }
    }),
  );
});

test('the word 0 is not known before it was kept', () => {
  const cache = new RecordCache(new DataView(new ArrayBuffer(32)));
  expect(cache.copy(0, 0)).toBe(0);
  cache.keep(0, 0, true);
  expect(cache.copy(0, 16)).toBe(2);
});
