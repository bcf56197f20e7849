import type { Core } from '../core.ts';
import { psciCall, type PowerControl } from './psci.ts';

const SUCCESS = 0;
/** Of ARCH_FEATURES for a workaround: it may be called, and this core does not need it. */
const NOT_REQUIRED = 1;
const NOT_SUPPORTED = -1;

const VERSION_1_1 = 0x1_0001;
const VERSION = 0x8000_0000;
const ARCH_FEATURES = 0x8000_0001;
/** SMCCC_ARCH_WORKAROUND_1, 2 and 3: against speculation, of which there is none here. */
const workarounds: readonly number[] = [0x8000_8000, 0x8000_7fff, 0x8000_3fff];

/**
 * What the board's firmware answers to a call by SMC or HVC (Arm DEN 0028, SMCCC 1.1): the calls of the architecture, and PSCI. All others, SOC_ID
 * among them, are not supported. The identifier is in X0 of the core, and so is the answer.
 */
export function firmwareCall(power: PowerControl, core: Core): void {
  if (psciCall(power, core)) return;
  const result = architectureCall(Number(core.x(0) & 0xffff_ffffn), Number(core.x(1) & 0xffff_ffffn));
  if (result !== undefined) core.setX(0, BigInt(result));
}

function architectureCall(id: number, argument: number): number | undefined {
  if (id === VERSION) return VERSION_1_1;
  if (workarounds.includes(id)) return undefined;
  if (id !== ARCH_FEATURES) return NOT_SUPPORTED;
  if (argument === VERSION || argument === ARCH_FEATURES) return SUCCESS;
  return workarounds.includes(argument) ? NOT_REQUIRED : NOT_SUPPORTED;
}
