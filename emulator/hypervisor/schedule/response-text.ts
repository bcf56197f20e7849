import type { Term } from './response-time.ts';

/** Microseconds as people write them into handset files: `700us`, `4615.4us`. */
export function microseconds(ns: number): string {
  return ns === Infinity ? 'unbounded' : `${Math.round(ns / 100) / 10}us`;
}

/** What a response is made of, the largest part first. */
export function termsText(terms: readonly Term[]): string {
  return [...terms]
    .sort((a, b) => b.ns - a.ns)
    .map(({ name, ns, count }) => `${microseconds(ns)} ${name}${count > 1 ? ` (${count} times)` : ''}`)
    .join(' + ');
}
