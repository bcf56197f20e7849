import { createRandom } from '../../base/random.ts';
import { fieldsOf, parsePattern, type Row } from './insn.ts';

/** A class of the encoding index, or what a later feature adds to one. */
export interface EncodingClass {
  readonly group: string;
  readonly name: string;
  readonly pattern: string;
  readonly mask: number;
  readonly value: number;
  /** The optional feature that brings the class; without it, ARMv8.0's base. */
  readonly feature: string | undefined;
}

/** One line of the coverage table: plain data. */
export interface ClassCoverage {
  readonly group: string;
  readonly name: string;
  readonly pattern: string;
  readonly feature: string | undefined;
  readonly done: boolean;
  /** The rows that have encodings in this class. */
  readonly rows: readonly string[];
}

/** A group of classes: name, bits 31 down (what is not written is `x`), feature. */
export const encodingClassGroup = (
  group: string,
  classes: readonly (readonly [name: string, bits: string, feature?: string])[],
): EncodingClass[] =>
  classes.map(([name, bits, feature]) => {
    const pattern = bits.replaceAll(' ', '').padEnd(32, 'x');
    const { mask, value } = parsePattern(name, pattern);
    return { group, name, pattern, mask, value, feature };
  });

const fixedBits = ({ mask }: EncodingClass): number => mask.toString(2).replaceAll('0', '').length;

/** Finds the class of a word: of those that match, the one with most fixed bits. `undefined` where nothing is allocated. */
export function classFinder(classes: readonly EncodingClass[]): (word: number) => EncodingClass | undefined {
  const bySpecificity = [...classes].sort((a, b) => fixedBits(b) - fixedBits(a));
  return (word) => bySpecificity.find(({ mask, value }) => (word & mask) >>> 0 === value);
}

/** Words that are tried before a row is held to have none in a class. */
const ATTEMPTS = 256;

/** Which rows each class has. A row counts where a word of both patterns is allocated by the row and is of no narrower class. */
export function coverageOf(classes: readonly EncodingClass[], rows: readonly Row[]): ClassCoverage[] {
  const classOf = classFinder(classes);
  const random = createRandom(0, 'coverage');
  const shares = (row: Row, wanted: EncodingClass): boolean => {
    if (((row.value ^ wanted.value) & row.mask & wanted.mask) !== 0) return false;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const word = ((random.next() & ~(row.mask | wanted.mask)) | row.value | wanted.value) >>> 0;
      if (classOf(word) === wanted && (!row.valid || row.valid(fieldsOf(row, word)))) return true;
    }
    return false;
  };
  return classes.map((wanted) => {
    const { group, name, pattern, feature } = wanted;
    const found = rows.filter((row) => shares(row, wanted)).map((row) => row.name);
    return { group, name, pattern, feature, done: found.length > 0, rows: found };
  });
}
