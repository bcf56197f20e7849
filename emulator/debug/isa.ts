/** What tools ask of the instruction set: text of a word, and the table of what is implemented. */
import { coverageOf, type ClassCoverage } from '../isa/derive/coverage.ts';
import { makeDisassembler } from '../isa/derive/disassembler.ts';
import { encodingClasses } from '../isa/a64/encoding-classes.ts';
import { decode, rows } from '../isa/a64/index.ts';

export type { ClassCoverage } from '../isa/derive/coverage.ts';

/** The assembler text of a word at an address, as objdump writes it; `undefined` where we do not decode it (`.inst`). */
export const disassemble = makeDisassembler(decode);

/** Every class of the A64 index with the rows that implement it. */
export const coverage = (): ClassCoverage[] => coverageOf(encodingClasses, rows);
