import type { ChannelConfig } from '../../hypervisor/config.ts';

/** Where channels are in every cell: intermediate addresses that no board has anything at, and as many interrupts. */
const CHANNEL_BASE = 0x0d00_0000;
export const CHANNEL_BYTES = 0x100_0000;
const CHANNEL_SPI = 128;
export const MOST_CHANNELS = 32;
/** Of a guest that has pages of 64 KiB, too, no page holds two channels. */
const ALIGNMENT = 0x1_0000;

/** A channel in the map of one cell. */
export interface ChannelPlace {
  /** Number of the channel in the configuration, and its rights there. */
  readonly channel: number;
  readonly rights: 'rw' | 'ro';
  /** A page of registers. */
  readonly doorbell: number;
  readonly memory: number;
  readonly size: number;
  /** What the other sides' doorbells raise. */
  readonly spi: number;
}

/** A cell's channels in the order of its capabilities, which is that of the configuration: for each a page for its doorbell, then its memory. */
export function channelPlaces(cell: string, channels: readonly Pick<ChannelConfig, 'cells' | 'sizeBytes'>[]): ChannelPlace[] {
  let at = CHANNEL_BASE;
  const own = channels.flatMap(({ cells, sizeBytes: size }, channel) => {
    const rights = cells[cell];
    return rights ? [{ channel, rights, size }] : [];
  });
  return own.map((place, capability) => {
    const memory = at + ALIGNMENT;
    const doorbell = at;
    at = memory + Math.ceil(place.size / ALIGNMENT) * ALIGNMENT;
    return { ...place, doorbell, memory, spi: CHANNEL_SPI + capability };
  });
}

/** Bytes of the window that channels of these sizes take in a cell. */
export function channelBytes(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + ALIGNMENT + Math.ceil(size / ALIGNMENT) * ALIGNMENT, 0);
}
