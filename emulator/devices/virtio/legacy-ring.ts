/** How drivers of before version 1.0 say where a queue lies: all of it in one piece, by the number of its first page (virtio 1.2 §2.7.2, §4.2.4). */
import type { VirtioCore } from './core.ts';
import type { SplitRing } from './split-ring.ts';

/** The page number that was set, 0 for none. Pages may have another size by now: then it is the register's part of some number. */
export function pageNumber({ state }: SplitRing, pageSize: number): number {
  return pageSize > 0 && state.ready ? Math.floor((state.descHigh * 2 ** 32 + state.descLow) / pageSize) >>> 0 : 0;
}

/** The driver says in which page a queue begins, 0: in none, and by that whether it is to be used. */
export function setPage(core: VirtioCore, ring: SplitRing, pageSize: number, page: number): void {
  core.setReady(ring, 0);
  placeParts(ring, pageSize, page);
  if (page !== 0) core.setReady(ring, 1);
}

/** Puts the three parts of the queue where they belong; with an odd alignment they lie where no ring is sound. */
function placeParts({ state }: SplitRing, pageSize: number, page: number): void {
  const desc = page * pageSize;
  const avail = desc + 16 * state.size;
  const end = avail + 2 * (3 + state.size);
  const used = state.align > 0 ? Math.ceil(end / state.align) * state.align : end;
  [state.descLow, state.descHigh] = halves(desc);
  [state.driverLow, state.driverHigh] = halves(avail);
  [state.deviceLow, state.deviceHigh] = halves(used);
}

const halves = (pa: number): [low: number, high: number] => [pa >>> 0, Math.floor(pa / 2 ** 32) >>> 0];
