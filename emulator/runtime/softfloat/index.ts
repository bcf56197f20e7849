/** Exact floating point of AArch64 (Armv8.0): bits in, bits out; `fpsr` is the address of the cumulative flags. */
export * from './add';
export { fpMul32, fpMul64, fpMulX32, fpMulX64 } from './mul';
export { fpDiv32, fpDiv64 } from './div';
export { fpSqrt32, fpSqrt64 } from './sqrt';
export { fpMulAdd32, fpMulAdd64, fpRecipStepFused32, fpRecipStepFused64, fpRSqrtStepFused32, fpRSqrtStepFused64 } from './fma';
export { fpRoundInt32, fpRoundInt64 } from './round';
export * from './convert';
export {
  fpCompare32,
  fpCompare64,
  fpCompareEQ32,
  fpCompareEQ64,
  fpCompareGE32,
  fpCompareGE64,
  fpCompareGT32,
  fpCompareGT64,
} from './compare';
export * from './minmax';
export * from './estimate';
