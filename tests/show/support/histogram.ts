import type { Durations } from '../../../emulator/devices/radio/statistics.ts';

/** What a duration is called that was in that column. */
const columnText = (bounds: readonly number[], column: number): string =>
  column < bounds.length ? `<= ${bounds[column]! / 1000} us` : `> ${bounds.at(-1)! / 1000} us`;

/** A line for each column that has something. */
export function histogramLines({ histogram }: Durations, bounds: readonly number[]): string[] {
  const most = Math.max(...histogram);
  const used = histogram.flatMap((count, column) => (count > 0 ? [column] : []));
  return used.map((column) => {
    const count = histogram[column]!;
    const bar = '#'.repeat(Math.ceil((40 * count) / most));
    return `  ${columnText(bounds, column).padStart(12)}  ${count.toLocaleString('en-US').padStart(9)}  ${bar}`;
  });
}

/** Shortest, median and longest; the median as far as the columns tell. */
export function medianText({ histogram, shortestNs, longestNs }: Durations, bounds: readonly number[]): string {
  const half = histogram.reduce((sum, count) => sum + count, 0) / 2;
  let seen = 0;
  const column = histogram.findIndex((count) => (seen += count) >= half);
  return `${shortestNs / 1000} to ${longestNs / 1000} us, the median ${columnText(bounds, column)}`;
}
