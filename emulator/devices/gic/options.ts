import { assert } from '../../base/assert.ts';
import type { Line } from '../device.ts';
import { Bank } from './bank.ts';

/** What a machine says and gives to either GIC. */
export interface GicOptions {
  readonly cores: number;
  /** Shared peripheral interrupts, INTIDs from 32: rounded up to a multiple of 32, at most 988. */
  readonly spis: number;
  /** The core whose access to a device runs now: GICv2's frames are banked by it. */
  currentCore(): number;
  /** A core's interrupt input. */
  output(core: number, input: CoreInput): Line;
  /** For whoever lets cores sleep: what is pending for a core may have changed, whether its CPU interface signals it or not. */
  pendingChanged?(core: number): void;
  /**
   * Where a hypervisor's list registers take the interrupts, and not the CPU interfaces here: called when what is pending for a core may have
   * changed.
   */
  readonly listed?: ((core: number) => void) | undefined;
  /** The virtualization that a hypervisor uses, with its maintenance interrupt: a PPI, INTID 16 + n. Absent: it is not there. */
  readonly virtualization?: { readonly maintenancePpi: number } | undefined;
}

/** Interrupts that a core takes, and those for the virtual machine that runs on it. */
export type CoreInput = 'irq' | 'fiq' | 'virq' | 'vfiq';

/** The banks of SPIs; INTIDs 1020 to 1023 are none. */
export function sharedBanks(spis: number): Bank[] {
  assert(spis >= 0 && spis <= 988, 'a GIC has at most 988 SPIs');
  return Array.from({ length: Math.ceil(spis / 32) }, (_, n) => {
    const base = (n + 1) * 32;
    return new Bank({ base, implemented: base === 992 ? 0x0fff_ffff : -1 });
  });
}
