import { fieldsOf, type Row } from './insn.ts';

/** Draws that a row's `when` may refuse before we call the row empty. */
const ATTEMPTS = 10_000;

/**
 * A word that the row allocates: bits that do not matter are random too. Each field is uniform three times out of four and otherwise
 * at an edge (zero, one, top bit, all ones), where registers are zero or the stack pointer and immediates change sign.
 * `random` gives uniform 32-bit numbers; the same sequence gives the same words.
 */
export function randomWord(row: Row, random: () => number): number {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    let word = ((random() & ~row.mask) | row.value) >>> 0;
    for (const { shift, width } of row.fields) {
      const choice = random();
      if ((choice & 3) !== 0) continue;
      const ones = 2 ** width - 1;
      const edge = [0, 1, 2 ** (width - 1), ones][(choice >>> 2) & 3] as number;
      word = ((word & ~(ones << shift)) | (edge << shift)) >>> 0;
    }
    if (!row.valid || row.valid(fieldsOf(row, word))) return word;
  }
  throw new Error(`${row.name}: no word is allocated`);
}

/** A seeded source of uniform 32-bit numbers (xorshift32, period 2^32 - 1), for tests that must be repeatable. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>>= 0);
  };
}
