import type { GicV3Core } from './state.ts';

/** ICC_SGI*R_EL1.IRM: bit 40, bit 8 of the upper word. */
const IRM = 1 << 8;

/**
 * Sends the SGI that a write to ICC_SGI0R_EL1, SGI1R_EL1 or ASGI1R_EL1 describes: to all cores but the sender, or to those of a
 * list within one cluster (IHI 0069 ICC_SGI1R_EL1). A core takes it only as an interrupt of the group that the register is for,
 * as on QEMU.
 */
export function sendSgi(from: GicV3Core, low: number, high: number, group: 0 | 1): void {
  const bit = 1 << ((low >>> 24) & 15);
  for (const core of from.gic.cores) {
    const named = high & IRM ? core !== from : isListed(core.affinity, low, high);
    if (!named || (core.bank.group & bit ? 1 : 0) !== group) continue;
    core.bank.latched |= bit;
    from.gic.interrupts.changed(core.bank);
  }
}

/** Aff3, Aff2 and Aff1 name the cluster, RS the sixteen values of Aff0 that the target list speaks of. */
function isListed(affinity: number, low: number, high: number): boolean {
  const cluster = (((high >>> 16) & 0xff) << 16) | ((high & 0xff) << 8) | ((low >>> 16) & 0xff);
  const aff0 = affinity & 0xff;
  return affinity >>> 8 === cluster && aff0 >> 4 === ((high >>> 12) & 15) && ((low >>> (aff0 & 15)) & 1) === 1;
}
