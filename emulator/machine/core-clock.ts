import { assert } from '../base/assert.ts';

/**
 * Cycles of a core's clock and ns of virtual time. A core counts cycles, and everything around it ns; the quotient of the two is a fraction in
 * lowest terms, so a conversion is exact but for one rounding, and none adds up.
 */
export class CoreClock {
  /** As many ns are as many cycles. */
  readonly unitNs: number;
  readonly unitCycles: number;

  constructor(hz: number) {
    const divisor = greatestCommonDivisor(1e9, hz);
    this.unitNs = 1e9 / divisor;
    this.unitCycles = hz / divisor;
    assert(hz > 0 && hz <= 1e9 && Number.isInteger(hz), `a clock of ${hz} Hz: a cycle takes a nanosecond or more`);
    assert(this.unitNs * this.unitCycles <= Number.MAX_SAFE_INTEGER, `a clock of ${hz} Hz is no simple part of a GHz`);
  }

  /** The virtual time at that cycle: whole ns that have passed. */
  nsAt(cycle: number): number {
    if (this.unitCycles === this.unitNs) return cycle;
    const units = Math.floor(cycle / this.unitCycles);
    return units * this.unitNs + Math.floor(((cycle - units * this.unitCycles) * this.unitNs) / this.unitCycles);
  }

  /** The first cycle at that time or later. As a cycle is no shorter than a ns, the inverse of {@link nsAt} for the times that it gives. */
  cycleAt(ns: number): number {
    if (this.unitCycles === this.unitNs) return ns;
    const units = Math.floor(ns / this.unitNs);
    return units * this.unitCycles + Math.ceil(((ns - units * this.unitNs) * this.unitCycles) / this.unitNs);
  }

  /** The first whole ns at that time or later at which a cycle begins. */
  align(ns: number): number {
    return this.unitCycles === this.unitNs ? ns : this.nsAt(this.cycleAt(ns));
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
