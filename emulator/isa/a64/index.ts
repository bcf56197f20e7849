import type { Row } from '../derive/insn.ts';
import { makeDecoder } from '../derive/decoder.ts';
import { branches } from './branch/index.ts';
import { dataImmediate } from './data-immediate/index.ts';
import { dataRegister } from './data-register/index.ts';
import { scalarFp } from './fp/index.ts';
import { loadsAndStores } from './load-store/index.ts';
import { simdRows } from './simd/index.ts';
import { simdFp } from './simd-fp/index.ts';
import { systemInstructions } from './system/index.ts';

/** Every row of A64 that is implemented. */
export const rows: readonly Row[] = [
  ...dataImmediate,
  ...dataRegister,
  ...branches,
  ...systemInstructions,
  ...loadsAndStores,
  ...scalarFp,
  ...simdFp,
  ...simdRows,
];

/** The row and fields of a word, or `undefined` where nothing is allocated. */
export const decode = makeDecoder(rows);
