/** Cores that stand in an endless loop of one or two instructions: what handlers do that know no better. */
import type { Death } from './death.ts';
import { instructionAt, isCallClass, isInterrupt } from './facts.ts';
import { bits } from '../views.ts';

const BRANCH_TO_ITSELF = 0x1400_0000;
const BRANCH_BACK = 0x17ff_ffff;
/** WFE, WFI. */
const waits = new Set([0xd503_205f, 0xd503_207f]);

/** Whether a core took a fault, never returned from it, and goes round in circles now. `nested`: exceptions since the last return. */
export function isParked(death: Omit<Death, 'exact' | 'hopeless'>, nested: number): boolean {
  const { core, cause } = death;
  if (nested === 0 || isInterrupt(cause) || isCallClass(bits(cause.esr, 26, 6))) return false;
  const word = (at: bigint): number | undefined =>
    instructionAt({ ...death, exact: false, hopeless: false }, at, core.get32('EL'))?.word;
  const here = word(core.pc);
  if (here === BRANCH_TO_ITSELF) return true;
  if (here === BRANCH_BACK) return waits.has(word(core.pc - 4n) ?? 0);
  return waits.has(here ?? 0) && word(core.pc + 4n) === BRANCH_BACK;
}
