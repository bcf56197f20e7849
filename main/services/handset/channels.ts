/** Memory that several cells see. */
import type { ChannelConfig } from '../../../emulator/machine/types.ts';
import { limits } from '../machines/plan.ts';
import type { Path } from './document.ts';
import type { Report } from './report.ts';
import type { Channel, Handset } from './schema.ts';
import { parseDuration, parseSize } from './units.ts';

export function channelsOf(report: Report, { channels, cells }: Handset): ChannelConfig[] {
  return channels.map((channel, index) => {
    const path = ['channels', index];
    const { name } = channel;
    if (channels.findIndex((other) => other.name === name) < index) {
      report.error('name-twice', `there are two channels ${JSON.stringify(name)}`, [...path, 'name'], 'rename one');
    }
    checkSides(report, channel, Object.keys(cells), path);
    const size = parseSize(channel.size);
    if (size === undefined || size === 0 || size % limits.memoryStep !== 0) {
      report.error('out-of-range', `${channel.size} is not a whole number of pages`, [...path, 'size'], 'give a multiple of 4K');
    }
    const distanceNs = channel.distance === undefined ? 0 : (parseDuration(channel.distance) ?? 0);
    return { name, sizeBytes: size ?? 0, cells: channel.cells, doorbell: channel.doorbell, distanceNs };
  });
}

function checkSides(report: Report, { name, cells, doorbell }: Channel, known: readonly string[], path: Path): void {
  const sides = Object.keys(cells);
  for (const side of sides) {
    if (!known.includes(side)) report.unknown('unknown-cell', 'cell', side, known, [...path, 'cells', side], true);
  }
  if (sides.length < 2) {
    report.error('one-sided', `the channel "${name}" leads nowhere`, [...path, 'cells'], 'name two cells or more');
  } else if (!Object.values(cells).includes('rw')) {
    report.error('no-writer', `nobody may write to the channel "${name}"`, [...path, 'cells'], 'give one side rw');
  }
  if (doorbell !== 'both' && doorbell !== 'none' && !sides.includes(doorbell)) {
    report.unknown('unknown-cell', 'side', doorbell, ['both', 'none', ...sides], [...path, 'doorbell']);
  }
}

/** Whether a side of a channel with that `doorbell` may ring. */
export const mayRing = (doorbell: string, side: string): boolean => doorbell === 'both' || doorbell === side;
