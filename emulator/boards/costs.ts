import type { CostModel } from '../hypervisor/config.ts';

/**
 * Cycles of a hypervisor's operations, after measurements on hardware (an 8-core Armv8-A X-Gene): C. Dall et al., "ARM Virtualization: Performance
 * and Architectural Implications", ISCA 2016; Xen, which has EL2 for itself as ours does, in table II, and KVM's save and restore by class of
 * register in table III. What our split assumes beyond them is said at the line. None of it was checked against a phone's processor.
 */
const cycles = {
  /** Saving general registers (table III). */
  enter: 152,
  /** Restoring them (table III). */
  return: 184,
  /** What remains of Xen's hypercall of 376 cycles. */
  hypercall: 376 - 152 - 184,
  /** What remains of Xen's trapped access to the interrupt controller, 1,356 cycles. */
  emulate: 1356 - 152 - 184,
  /** FP, EL1 system registers, interrupt interface, timer, EL2's configuration and stage 2, saved and restored (table III). */
  switch: 282 + 310 + 230 + 511 + 3250 + 181 + 104 + 106 + 92 + 107 + 92 + 107,
  /** Restoring the interrupt interface (table III) stands for writing a list register. */
  inject: 181,
  /** Ours: reading the time, the heads of two queues and setting a timer, some 150 instructions at an Armv8-A core's usual cycle and a half. */
  schedule: 225,
  /** Ours: a MiB in lines of 64 bytes, each a write that takes 20 cycles of the core's clock to reach memory. */
  clearMiB: (2 ** 20 / 64) * 20,
};

/** The cost model of a board whose cores have that clock: as many cycles, each as long as the clock says. */
export function costsAt(clockHz: number): CostModel {
  const ns = (count: number): number => Math.ceil((count * 1e9) / clockHz);
  return {
    enterNs: ns(cycles.enter),
    returnNs: ns(cycles.return),
    switchNs: ns(cycles.switch),
    injectNs: ns(cycles.inject),
    emulateNs: ns(cycles.emulate),
    hypercallNs: ns(cycles.hypercall),
    scheduleNs: ns(cycles.schedule),
    clearNsPerMiB: ns(cycles.clearMiB),
  };
}
