import { fieldsOf, type Row } from './insn.ts';

/** Draws for the fields that make no variant, before a combination counts as unallocated. */
const ATTEMPTS = 24;

/**
 * A word for each variant of the row that some word has: what a handler may be built for. `random` gives uniform 32-bit numbers for the
 * fields that make no variant. Rows of many variants (MRS: 2^15) take a while.
 */
export function* variantWords(row: Row, random: () => number): Generator<number> {
  const own = row.variantFields.filter((field) => row.fields.includes(field));
  // Rn alone decides one variant field that is not in the encoding: whether it is the stack pointer.
  const rn = row.fields.find(({ name }) => name === 'Rn');
  const bases = row.stackBase && rn ? [0, 31 << rn.shift] : [0];
  const kept = [...own, ...(row.stackBase && rn ? [rn] : [])].reduce(
    (m, { shift, width }) => m | ((2 ** width - 1) << shift),
    row.mask,
  );
  const bits = own.reduce((sum, { width }) => sum + width, 0);
  for (const base of bases) {
    for (let number = 0; number < 2 ** bits; number++) {
      let word = row.value | base;
      let rest = number;
      for (const { shift, width } of own) {
        word |= (rest & (2 ** width - 1)) << shift;
        rest >>>= width;
      }
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const tried = (word | (attempt === 0 ? 0 : random() & ~kept)) >>> 0;
        if (row.valid && !row.valid(fieldsOf(row, tried))) continue;
        yield tried;
        break;
      }
    }
  }
}
