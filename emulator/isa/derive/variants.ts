import type { Row } from './insn.ts';

/** Draws for the fields that make no variant, before a combination counts as unallocated. */
const ATTEMPTS = 24;

/**
 * The fields of one word for each variant of the row that some word has: what a handler may be built for. `random` gives uniform 32-bit
 * numbers for the fields that make no variant. Rows of many variants (MRS: 2^15) take a while.
 */
export function* variantsOf(row: Row, random: () => number): Generator<Record<string, number>> {
  const bits = row.variantFields.reduce((sum, { width }) => sum + width, 0);
  for (let number = 0; number < 2 ** bits; number++) {
    const fields: Record<string, number> = {};
    let rest = number;
    for (const { name, width } of row.variantFields) {
      fields[name] = rest & (2 ** width - 1);
      rest >>>= width;
    }
    const word = complete(row, fields, random);
    if (word) yield word;
  }
}

/** Adds the other fields so that the row allocates the word. */
function complete(row: Row, fixed: Record<string, number>, random: () => number): Record<string, number> | undefined {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const fields = { ...fixed };
    for (const { name, width } of row.fields) fields[name] ??= attempt === 0 ? 0 : random() >>> (32 - width);
    if (!row.valid || row.valid(fields)) return fields;
  }
  return undefined;
}
