import type { Core } from './core.ts';
import type { Runtime } from './runtime.ts';

const EC_HVC = 0x16;
const EC_SMC = 0x17;
const TSC = 1n << 19n;
const HCD = 1n << 29n;
/** Of the call, beside its immediate: whether it was made by HVC. */
const BY_HVC = 0x1_0000;

/**
 * HVC and SMC where a core has EL2 (DDI 0487 C6.2, HVC and SMC): HVC is EL2's own, SMC may be trapped (HCR_EL2.TSC). Answers how the
 * instruction at `pc` ends; `undefined` where EL2 takes no part.
 */
export function callOfEl2(core: Core, runtime: Runtime, call: number, pc: bigint): number | undefined {
  const level = core.get32('EL');
  if (!core.hasEl2 || level === 0) return undefined;
  const hcr = core.get64('HCR_EL2');
  const immediate = call & 0xffff;
  if ((call & BY_HVC) === 0) {
    if (level !== 1 || (hcr & TSC) === 0n) return undefined;
    runtime.raiseToEl2(core.pointer, EC_SMC, immediate, pc);
    return core.get32('LEAVE');
  }
  if ((hcr & HCD) !== 0n) runtime.raise(core.pointer, 0, 0, pc);
  else {
    // SSAdvance: a call counts as done when its exception is taken (D2.12.5).
    core.set32('SS', 0);
    runtime.raiseToEl2(core.pointer, EC_HVC, immediate, BigInt.asUintN(64, pc + 4n));
  }
  return core.get32('LEAVE');
}
