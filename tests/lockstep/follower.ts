import type { Core } from '../../emulator/machine/core.ts';
import type { Stepper } from '../../emulator/machine/stepper.ts';
import type { Exception } from './log.ts';
import { countsEvents, identification, reserved, showsTime } from './outside.ts';

/** How often our side was put right where both may do as they like, and by how much at most: what could hide a mistake. */
export interface Followed {
  /** Reads of a counter whose value was QEMU's. Our time is then set to QEMU's. */
  counters: number;
  countersNs: number;
  /** Reads of event counters whose value was QEMU's. */
  events: number;
  /** What else was read: registers of devices that identify them, system registers with reserved bits, results of PSCI. */
  names: Set<string>;
  /** Interrupts, all taken where QEMU takes them; how long ours were up before that, and how much too early QEMU's came. */
  interrupts: number;
  lateNs: number;
  earlyNs: number;
  /** Waits (WFI, WFE) that ended. */
  waits: number;
}

/** QEMU looks at interrupts between blocks; ours must not be up for longer before QEMU takes one. */
const PATIENCE_NS = 5_000;
/** What the clocks may differ by. */
const CLOCK_NS = 1_000;
const TICK_NS = 16;

/**
 * Makes our machine follow QEMU in what the architecture leaves open: where interrupts are taken, when waits end, and what the counters
 * show. Answers a complaint where QEMU does what ours could not do.
 */
export class Follower {
  readonly followed: Followed = {
    ...{ counters: 0, countersNs: 0, events: 0, interrupts: 0, lateNs: 0, earlyNs: 0, waits: 0 },
    names: new Set(),
  };
  private readonly stepper: Stepper;
  private readonly core: Core;
  /** Since when an interrupt is up. */
  private pendingNs: number | undefined;

  constructor(stepper: Stepper) {
    this.stepper = stepper;
    this.core = stepper.core;
  }

  /** QEMU goes on with the next instruction. */
  resume(): string | undefined {
    const { stepper } = this;
    const complaint = this.wake();
    if (complaint) return complaint;
    if (!stepper.interruptPending) this.pendingNs = undefined;
    else {
      this.pendingNs ??= this.core.nowNs;
      const waitedNs = this.core.nowNs - this.pendingNs;
      if (waitedNs > PATIENCE_NS) return `an interrupt of ours has been up for ${waitedNs} ns and QEMU does not take it`;
    }
    return undefined;
  }

  /** QEMU takes an interrupt. */
  interrupt({ name, elr }: Exception): string | undefined {
    const { stepper, core, followed } = this;
    const complaint = this.wake();
    if (complaint) return complaint;
    if (core.pc !== elr) return `QEMU takes exception ${name} at ${elr.toString(16)}, ours is at ${core.pc.toString(16)}`;
    const startNs = core.nowNs;
    while (!stepper.interruptPending && stepper.nextDueNs <= startNs + CLOCK_NS) stepper.passTime(stepper.nextDueNs);
    followed.earlyNs = Math.max(followed.earlyNs, core.nowNs - startNs);
    followed.lateNs = Math.max(followed.lateNs, core.nowNs - (this.pendingNs ?? core.nowNs));
    this.pendingNs = undefined;
    followed.interrupts++;
    return stepper.takeInterrupt() ? undefined : `QEMU takes exception ${name}, and no interrupt of ours is up`;
  }

  /** QEMU has read `theirs` from a system register to X[n]. False when ours must be the same. */
  adoptRegister(name: string, n: number, theirs: bigint): boolean {
    const { stepper, core, followed } = this;
    if (showsTime.test(name)) {
      // A timer value counts down.
      const ahead = name.includes('TVAL') ? BigInt.asIntN(32, core.x(n) - theirs) : BigInt.asIntN(64, theirs - core.x(n));
      const shiftNs = this.shortestShift(Number(ahead));
      if (Math.abs(shiftNs) > CLOCK_NS) return false;
      stepper.passTime(core.nowNs + shiftNs);
      followed.counters++;
      followed.countersNs = Math.max(followed.countersNs, Math.abs(shiftNs));
    } else if (countsEvents.test(name)) followed.events++;
    else if ((core.x(n) ^ theirs) === ((core.x(n) ^ theirs) & (reserved[name] ?? 0n))) followed.names.add(name);
    else return false;
    core.setX(n, theirs);
    return true;
  }

  /** How far the clock must be moved for the last instruction to have read `ticks` more. */
  private shortestShift(ticks: number): number {
    const readNs = this.core.nowNs - 1;
    const tick = Math.floor(readNs / TICK_NS) + ticks;
    return tick * TICK_NS + (ticks > 0 ? 0 : TICK_NS - 1) - readNs;
  }

  /** The same for a result of PSCI. */
  adoptResult(n: number, theirs: bigint): boolean {
    if (n > 3) return false;
    this.followed.names.add('PSCI');
    this.core.setX(n, theirs);
    return true;
  }

  /** The same for a device's register. */
  adoptDevice(address: number, n: number, theirs: bigint): boolean {
    const name = identification.get(address);
    if (name === undefined) return false;
    this.followed.names.add(name);
    this.core.setX(n, theirs);
    return true;
  }

  /** QEMU's core is awake. WFE may end at any time, WFI with an interrupt. */
  private wake(): string | undefined {
    const { stepper, core } = this;
    if (core.waiting === 0) return undefined;
    this.followed.waits++;
    if (core.waiting === 2) core.waiting = 0;
    while (core.waiting !== 0) {
      if (stepper.nextDueNs === Infinity) return 'QEMU wakes up, and ours would wait for ever';
      stepper.passTime(stepper.nextDueNs);
    }
    return undefined;
  }
}
