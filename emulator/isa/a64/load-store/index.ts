import type { Row } from '../../derive/insn.ts';
import { exclusives } from './exclusive.ts';
import { pairs } from './pair.ts';
import { singleRegister } from './single.ts';
import { structures } from './structures.ts';

/** Loads and stores (DDI 0487 C4.1.94). */
export const loadsAndStores: readonly Row[] = [...singleRegister, ...pairs, ...exclusives, ...structures];
