import type { Row } from '../../derive/insn.ts';
import { byElement } from './by-element.ts';
import { fixedPoint } from './fixed-point.ts';
import { narrowAndWiden } from './narrow-widen.ts';
import { pairwiseAndAcross } from './pairwise.ts';
import { threeSame } from './three-same.ts';
import { twoMisc } from './two-misc.ts';

/** Floating point of Advanced SIMD, vectors and scalars (DDI 0487 C4.1.96): single and double precision. */
export const simdFp: readonly Row[] = [
  ...threeSame,
  ...twoMisc,
  ...narrowAndWiden,
  ...pairwiseAndAcross,
  ...byElement,
  ...fixedPoint,
];
