import type { Block, Place, Region } from './region.ts';

/**
 * Where returns may come back to within the region: for each return the places behind the calls of the functions that lead to it.
 */
export function returnSites({ blocks }: Region): Map<Place, Place[]> {
  const byFirst = new Map(blocks.map((block) => [block.first, block]));
  const sites = new Map<Place, Place[]>();
  const callees = new Map<Place, Place[]>();
  for (const block of blocks) {
    const { branch, links } = block.flow;
    const last = lastOf(block);
    if (!links || branch === undefined || !byFirst.has(last + branch) || !byFirst.has(last + 1)) continue;
    callees.set(last + branch, [...(callees.get(last + branch) ?? []), last + 1]);
  }
  for (const [callee, callers] of callees) {
    for (const at of returnsOf(callee, byFirst)) sites.set(at, [...new Set([...(sites.get(at) ?? []), ...callers])]);
  }
  return sites;
}

/** The returns that a function comes to, what it calls left aside. */
function returnsOf(callee: Place, byFirst: ReadonlyMap<Place, Block>): Place[] {
  const seen = new Set([callee]);
  const returns: Place[] = [];
  for (const first of seen) {
    const block = byFirst.get(first);
    if (!block) continue;
    const { branch, falls, links, by } = block.flow;
    const last = lastOf(block);
    if (by === 'return') returns.push(last);
    if (falls || links) seen.add(last + 1);
    if (branch !== undefined && !links) seen.add(last + branch);
  }
  return returns;
}

const lastOf = ({ instructions }: Block): Place => (instructions.at(-1) as { place: Place }).place;
