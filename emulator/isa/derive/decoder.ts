import { fieldsOf, type Row } from './insn.ts';

type Tree = { readonly mask: number; readonly next: ReadonlyMap<number, Tree> } | { readonly rows: readonly Row[] };

/** Splits on the bits that all rows fix; where there are none, on the bit that most rows fix (rows that do not go both ways). */
function grow(rows: readonly Row[], tested: number, depth: number): Tree {
  if (rows.length <= 1 || depth > 12) return { rows };
  let common = rows.reduce((mask, row) => mask & row.mask, ~tested);
  if (common === 0) {
    let best = 0;
    for (let bit = 31; bit >= 0; bit--) {
      const one = 1 << bit;
      if (tested & one) continue;
      const count = rows.filter((row) => row.mask & one).length;
      if (count > best) [best, common] = [count, one];
    }
    if (best === 0) return { rows };
  }
  const groups = new Map<number, Row[]>();
  const put = (key: number, row: Row): void => {
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  };
  for (const row of rows) {
    if ((row.mask & common) === common) put(row.value & common, row);
    else [0, common].forEach((key) => put(key, row));
  }
  return { mask: common, next: new Map([...groups].map(([key, group]) => [key, grow(group, tested | common, depth + 1)])) };
}

/** A decoder for a set of rows. Where several rows match, the one with more fixed bits wins, then `when` decides. */
export function makeDecoder(rows: readonly Row[]): (word: number) => { row: Row; fields: Record<string, number> } | undefined {
  const bits = (mask: number): number => mask.toString(2).replaceAll('0', '').length;
  const root = grow(
    [...rows].sort((a, b) => bits(b.mask) - bits(a.mask)),
    0,
    0,
  );
  return (word) => {
    let node = root;
    while ('next' in node) {
      const next = node.next.get(word & node.mask);
      if (!next) return undefined;
      node = next;
    }
    for (const row of node.rows) {
      if ((word & row.mask) >>> 0 !== row.value) continue;
      const fields = fieldsOf(row, word);
      if (!row.valid || row.valid(fields)) return { row, fields };
    }
    return undefined;
  };
}
