import type { Row } from '../../derive/insn.ts';
import { acrossLanes } from './across-lanes.ts';
import { aes } from './aes.ts';
import { byElement } from './by-element.ts';
import { copies } from './copy.ts';
import { modifiedImmediate } from './modified-immediate.ts';
import { permutations } from './permute.ts';
import { sha1 } from './sha1.ts';
import { sha256 } from './sha256.ts';
import { shiftImmediate } from './shift-immediate.ts';
import { threeDifferent } from './three-different.ts';
import { threeSame } from './three-same.ts';
import { twoRegisters } from './two-registers.ts';

/** Advanced SIMD on integers, and the cryptographic extensions (DDI 0487 C4.1.96). */
export const simdRows: readonly Row[] = [
  ...threeSame,
  ...threeDifferent,
  ...twoRegisters,
  ...acrossLanes,
  ...byElement,
  ...shiftImmediate,
  ...modifiedImmediate,
  ...copies,
  ...permutations,
  ...aes,
  ...sha1,
  ...sha256,
];
