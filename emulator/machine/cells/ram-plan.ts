import type { CellConfig, ChannelConfig } from '../../hypervisor/config.ts';

/** A page, and a block of stage 2. */
const PAGE = 0x1000;
const BLOCK = 0x20_0000;
/** What the hypervisor keeps for stage 2 tables: each cell needs a few pages, and one more for each 2 MiB that are not whole. */
const TABLE_BYTES = 64 * PAGE;

/** What has memory of the board. */
export interface RamUsers {
  readonly cells: readonly Pick<CellConfig, 'memoryBytes'>[];
  readonly channels: readonly Pick<ChannelConfig, 'sizeBytes'>[];
}

/** Where cells, channels and the hypervisor have their memory in the board's. */
export interface RamPlan {
  readonly size: number;
  /** By cell, in order. */
  readonly cells: readonly number[];
  /** By channel, in order. */
  readonly channels: readonly number[];
  readonly tables: { readonly base: number; readonly size: number };
}

const alignUp = (value: number, to: number): number => Math.ceil(value / to) * to;

/** Puts cells behind each other, each at the start of a block of stage 2, then channels, and the hypervisor's own behind them. */
export function planRam({ cells, channels }: RamUsers, base: number): RamPlan {
  let at = base;
  const place = (size: number, alignment: number): number => {
    const start = alignUp(at, alignment);
    at = start + size;
    return start;
  };
  const plan = {
    cells: cells.map(({ memoryBytes }) => place(memoryBytes, BLOCK)),
    channels: channels.map(({ sizeBytes }) => place(sizeBytes, PAGE)),
    tables: { base: place(TABLE_BYTES * cells.length, PAGE), size: TABLE_BYTES * cells.length },
  };
  return { ...plan, size: at - base };
}
