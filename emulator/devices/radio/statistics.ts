/** How well events were answered. */
export type EventStatistics = {
  /** Events so far. */
  events: number;
  completed: number;
  /** Not done when the next one came, or without what the radio needed by then. */
  missed: number;
  /** Done, but after the deadline. */
  late: number;
  /** Answers that named no event that was open. */
  stray: number;
  /** From the event to its acceptance. */
  release: Durations;
  /** From the event to its completion. */
  response: Durations;
};

/** Durations in virtual ns; both are 0 as long as there is none. */
export type Durations = {
  shortestNs: number;
  longestNs: number;
  /** How many were at most so long ({@link histogramBoundsNs}), and longer than the bound before; the last entry has the rest. */
  histogram: number[];
};

const US = 1000;
const MS = 1_000_000;
/** Upper bounds of the columns of a histogram, each included; a last column has what is longer. */
export const histogramBoundsNs: readonly number[] = [
  ...[2 * US, 5 * US, 10 * US, 15 * US, 20 * US, 25 * US, 30 * US, 40 * US, 50 * US, 60 * US, 100 * US, 200 * US, 500 * US],
  ...[1 * MS, 2 * MS],
];

export function noEvents(): EventStatistics {
  return { events: 0, completed: 0, missed: 0, late: 0, stray: 0, release: noDurations(), response: noDurations() };
}

export function addDuration(durations: Durations, ns: number): void {
  const isFirst = durations.longestNs === 0 && durations.histogram.every((count) => count === 0);
  durations.shortestNs = isFirst ? ns : Math.min(durations.shortestNs, ns);
  durations.longestNs = Math.max(durations.longestNs, ns);
  const column = histogramBoundsNs.findIndex((bound) => ns <= bound);
  (durations.histogram[column < 0 ? histogramBoundsNs.length : column] as number)++;
}

/** Another one that is equal now. */
export function copyOfStatistics(statistics: EventStatistics): EventStatistics {
  const copy = (durations: Durations): Durations => ({ ...durations, histogram: [...durations.histogram] });
  return { ...statistics, release: copy(statistics.release), response: copy(statistics.response) };
}

function noDurations(): Durations {
  return { shortestNs: 0, longestNs: 0, histogram: Array.from({ length: histogramBoundsNs.length + 1 }, () => 0) };
}
