import type { Line } from '../devices/device.ts';
import type { Core } from './core.ts';
import type { Hardware } from './hardware.ts';
import type { GenericTimers } from './timers.ts';

/** When the lines of cores' timers and PMUs may change next, where one thread runs all cores. */
export class Deadlines {
  private readonly hardware: Hardware;
  private readonly byCore: number[];

  constructor(hardware: Hardware) {
    this.hardware = hardware;
    this.byCore = hardware.cores.map(() => Infinity);
  }

  /** As of the last update, in virtual ns; Infinity for never. */
  of(core: Core): number {
    return this.byCore[core.index] as number;
  }

  /** Drives the lines of a core's timers and PMU; answers when to look again. */
  update(core: Core, nowNs: number): number {
    const { runtime } = this.hardware;
    const timers = this.hardware.timers[core.index] as GenericTimers;
    const pmuLine = this.hardware.pmuLines[core.index] as Line;
    timers.update(nowNs);
    let deadline = timers.deadlineNs;
    if (core.get32('PMU_ACTIVE') !== 0 || core.get64('PMOVSSET_EL0') !== 0n) {
      pmuLine.set(runtime.pmuInterrupt(core.pointer) !== 0);
      const left = runtime.pmuDeadline(core.pointer);
      if (left < 1n << 50n) deadline = Math.min(deadline, core.clock.nsAt(core.cycles + Math.max(1, Number(left))));
    } else pmuLine.set(false);
    this.byCore[core.index] = deadline;
    return deadline;
  }
}
