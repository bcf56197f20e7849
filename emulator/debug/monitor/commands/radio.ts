/** `info radio`: how well the guest keeps up with its frames. */
import { UserError } from '../../../base/user-error.ts';
import type { MonitorContext } from '../command.ts';
import type { DurationRow, RadioSourceRow } from '../target.ts';

export function radio({ target }: MonitorContext): readonly string[] {
  const rows = target.radio();
  if (!rows)
    throw new UserError('no-radio', 'this machine has no radio', {
      hint: 'run --radio, or radio among the devices of a handset',
    });
  const sources = Object.entries(rows.sources);
  if (sources.length === 0) return ['the radio is off'];
  const bounds = rows.histogramBoundsNs.map(inUs);
  return sources.flatMap(([name, source]) => sourceLines(name, source, bounds));
}

function sourceLines(name: string, source: RadioSourceRow, bounds: readonly string[]): string[] {
  const { events, completed, missed, late, stray, release, response } = source;
  return [
    `${name}: ${events} events, ${completed} done, ${missed} missed, ${late} late, ${stray} stray answers`,
    ...durationLines('begun', release, bounds),
    ...durationLines('done', response, bounds),
  ];
}

/** `  begun after 0.36 to 13.16 us: 1000 up to 1 us, 83 up to 20 us`. */
function durationLines(what: string, { shortestNs, longestNs, histogram }: DurationRow, bounds: readonly string[]): string[] {
  const columns = histogram.flatMap((count, n) => {
    if (count === 0) return [];
    const bound = bounds[n];
    return [bound === undefined ? `${count} later` : `${count} up to ${bound} us`];
  });
  return columns.length === 0 ? [] : [`  ${what} after ${inUs(shortestNs)} to ${inUs(longestNs)} us: ${columns.join(', ')}`];
}

const inUs = (ns: number): string => String(ns / 1000);
