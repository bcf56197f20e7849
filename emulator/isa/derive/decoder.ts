import { fieldsOf, type Row } from './insn.ts';

/** A branch looks at `width` bits from `shift` up and goes on at `next[bits]`; a leaf (`width` 0) tries its rows in turn. */
interface Node {
  readonly shift: number;
  readonly width: number;
  readonly next: readonly Node[];
  readonly rows: readonly Row[];
}

/** The widest table that a branch may have: 2 ** 6 entries. */
const WIDEST = 6;

function fixedBits({ mask }: Row): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** The longest run of bits in a mask. */
function longestRun(mask: number): { shift: number; width: number } {
  let best = { shift: 0, width: 0 };
  for (let shift = 0; shift < 32; shift++) {
    let width = 0;
    while (width < WIDEST && shift + width < 32 && (mask >>> (shift + width)) & 1) width++;
    if (width > best.width) best = { shift, width };
  }
  return best;
}

/** The bit that leaves fewest rows on its fuller side; those that do not fix it are on both. `undefined` where none divides. */
function bestBit(rows: readonly Row[]): number | undefined {
  let best: number | undefined;
  let fewest = rows.length;
  for (let bit = 31; bit >= 0; bit--) {
    let [zeros, ones] = [0, 0];
    for (const { mask, value } of rows) {
      const fixed = (mask >>> bit) & 1;
      zeros += fixed & ~(value >>> bit);
      ones += fixed & (value >>> bit);
    }
    const fuller = rows.length - Math.min(zeros, ones);
    if (fuller < fewest) [best, fewest] = [bit, fuller];
  }
  return best;
}

/** Splits on bits that all rows fix and that were not yet looked at; where there are none, on the one bit that divides best. */
function grow(rows: readonly Row[], seen: number): Node {
  const leaf: Node = { shift: 0, width: 0, next: [], rows };
  if (rows.length <= 1) return leaf;
  let { shift, width } = longestRun(rows.reduce((mask, row) => mask & row.mask, ~seen));
  if (width === 0) {
    const bit = bestBit(rows);
    if (bit === undefined) return leaf;
    [shift, width] = [bit, 1];
  }
  const mask = (2 ** width - 1) << shift;
  const next = Array.from({ length: 2 ** width }, (_, bits) =>
    grow(
      rows.filter((row) => ((row.value ^ (bits << shift)) & row.mask & mask) === 0),
      seen | mask,
    ),
  );
  return { shift, width, next, rows: [] };
}

/** A decoder for a set of rows. Where several rows match, the one with more fixed bits wins, then `when` decides. */
export function makeDecoder(rows: readonly Row[]): (word: number) => { row: Row; fields: Record<string, number> } | undefined {
  const root = grow(
    [...rows].sort((a, b) => fixedBits(b) - fixedBits(a)),
    0,
  );
  return (word) => {
    let node = root;
    while (node.width > 0) node = node.next[(word >>> node.shift) & ((1 << node.width) - 1)] as Node;
    for (const row of node.rows) {
      if ((word & row.mask) >>> 0 !== row.value) continue;
      const fields = fieldsOf(row, word);
      if (!row.valid || row.valid(fields)) return { row, fields };
    }
    return undefined;
  };
}
