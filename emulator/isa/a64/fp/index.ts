import type { Row } from '../../derive/insn.ts';
import { comparisons } from './compare.ts';
import { conversions } from './convert.ts';
import { dataProcessing } from './data-processing.ts';

/** Scalar floating point (DDI 0487 C4.1.96): single and double precision, half precision in conversions only. */
export const scalarFp: readonly Row[] = [...dataProcessing, ...comparisons, ...conversions];
