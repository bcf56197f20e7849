import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConsoleRing } from './console-ring.ts';

test('a ring has the last bytes of what was written, by their numbers', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 20 })),
      fc.nat(60),
      fc.integer({ min: 1, max: 30 }),
      (writes, from, limit) => {
        const ring = new ConsoleRing(16);
        for (const bytes of writes) ring.write(bytes);
        const all = writes.flatMap((bytes) => [...bytes]);
        const start = Math.max(0, all.length - 16);
        expect([ring.start, ring.end]).toEqual([start, all.length]);
        const { offset, bytes } = ring.read(from, limit);
        expect(offset).toBe(Math.min(Math.max(from, start), all.length));
        expect([...bytes]).toEqual(all.slice(offset, offset + limit));
      },
    ),
  );
});
