import type { Line } from '../device.ts';

const ENABLE = 1n;
const IMASK = 2n;

interface TimerLine {
  readonly control: string;
  readonly compare: string;
  readonly offset: string | undefined;
  readonly line: Line;
}

/** Where the timers' registers are: a core's state, or what is kept of it while another virtual CPU runs there. */
export interface TimerRegisters {
  get64(name: string, index?: number): bigint;
}

/**
 * The interrupt lines of one core's generic timers (DDI 0487 D11.2.4): level, up while the timer is enabled, not masked and its condition
 * holds. Registers are in the core's state; this only compares and says when to compare again.
 */
export class GenericTimers {
  private readonly core: TimerRegisters;
  private readonly timers: TimerLine[];
  private readonly counterHz: number;
  /** Virtual time at which a condition may become true; Infinity when none will. */
  deadlineNs = Infinity;

  constructor(core: TimerRegisters, counterHz: number, lines: { virtual: Line; physical: Line; hypervisor?: Line }) {
    this.core = core;
    this.counterHz = counterHz;
    this.timers = [
      { control: 'CNTV_CTL_EL0', compare: 'CNTV_CVAL_EL0', offset: 'CNTVOFF_EL2', line: lines.virtual },
      { control: 'CNTP_CTL_EL0', compare: 'CNTP_CVAL_EL0', offset: undefined, line: lines.physical },
    ];
    const { hypervisor } = lines;
    if (hypervisor) {
      this.timers.push({ control: 'CNTHP_CTL_EL2', compare: 'CNTHP_CVAL_EL2', offset: undefined, line: hypervisor });
    }
  }

  /** Drives the lines for a time, and finds the next deadline. */
  update(nowNs: number): void {
    this.deadlineNs = Infinity;
    const ticks = BigInt(this.ticksAt(nowNs));
    for (const { control, compare, offset, line } of this.timers) {
      const ctl = this.core.get64(control);
      if ((ctl & ENABLE) === 0n) {
        line.set(false);
        continue;
      }
      const count = offset ? BigInt.asUintN(64, ticks - this.core.get64(offset)) : ticks;
      const cval = this.core.get64(compare);
      const met = count >= cval;
      line.set(met && (ctl & IMASK) === 0n);
      if (!met) this.deadlineNs = Math.min(this.deadlineNs, this.timeOf(ticks + (cval - count)));
    }
  }

  private ticksAt(ns: number): number {
    const seconds = Math.floor(ns / 1e9);
    return seconds * this.counterHz + Math.floor(((ns - seconds * 1e9) * this.counterHz) / 1e9);
  }

  /** The first ns at which the counter shows `ticks`; Infinity when that is beyond what a number holds (104 days). */
  private timeOf(ticks: bigint): number {
    const ns = (ticks * 1_000_000_000n + BigInt(this.counterHz) - 1n) / BigInt(this.counterHz);
    return ns > BigInt(Number.MAX_SAFE_INTEGER) ? Infinity : Number(ns);
  }
}
