import { type Row, withStackBase } from '../../derive/insn.ts';
import { exclusives } from './exclusive.ts';
import { pairs } from './pair.ts';
import { singleRegister } from './single.ts';
import { structures } from './structures.ts';

/** Literal forms have no base, and prefetches check nothing. */
const accessesThroughBase = ({ name, fields }: Row): boolean =>
  !name.startsWith('PRFM') && fields.some((field) => field.name === 'Rn');

/** Loads and stores (DDI 0487 C4.1.94). */
export const loadsAndStores: readonly Row[] = [...singleRegister, ...pairs, ...exclusives, ...structures].map((row) =>
  accessesThroughBase(row) ? withStackBase(row) : row,
);
