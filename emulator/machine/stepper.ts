import type { Core } from './core.ts';
import type { EventQueue } from './events.ts';
import type { Runtime } from './runtime.ts';

/** What a stepper needs of its machine. */
export interface Stepped {
  readonly core: Core;
  readonly events: EventQueue;
  readonly runtime: Runtime;
  /** The machine's time becomes `ns`: what is due happens. Answers when next something will. */
  attend(ns: number): number;
  /** When the lines of the core's timers may change next. */
  deadlineNs(): number;
  /** Runs the instruction at PC by itself. Answers the physical address that it read from a device. */
  runAlone(): number | undefined;
}

/** SError, FIQ, IRQ, as runtime's `takeInterrupt` counts them: the first that is taken masks the others. */
const interruptKinds = [2, 1, 0];
/** A core's budget counts down from where time was last set, in 32 bits. */
const LONGEST_NS = 1_000_000_000;

/**
 * Runs the first core one instruction at a time, in the caller's hands: interrupts are taken when it says so, so that another
 * emulator's choices can be followed. Not for a machine with several cores.
 */
export class Stepper {
  readonly core: Core;
  /** The physical address that the last step read from a device. */
  deviceRead: number | undefined;
  private readonly machine: Stepped;
  private dueNs = 0;
  private lookNs = 0;

  constructor(machine: Stepped) {
    this.core = machine.core;
    this.machine = machine;
    this.passTime(this.core.nowNs);
  }

  /** Runs the instruction at PC. Answers whether it raised an exception instead of retiring. */
  step(): boolean {
    const { core, machine } = this;
    const exceptions = core.get64('EXCEPTION_COUNT');
    this.deviceRead = machine.runAlone();
    this.dueNs = Math.min(machine.events.nextNs, machine.deadlineNs());
    if (core.nowNs >= Math.min(this.lookNs, this.dueNs)) this.passTime(core.nowNs);
    return core.get64('EXCEPTION_COUNT') !== exceptions;
  }

  /** Time becomes `ns` (earlier than now is allowed, to follow another clock) without an instruction. */
  passTime(ns: number): void {
    const { core } = this;
    core.passTo(ns);
    this.dueNs = this.machine.attend(ns);
    this.lookNs = Math.min(this.dueNs, ns + LONGEST_NS);
  }

  /** When the next event is due, a timer's or a device's; Infinity when none is. */
  get nextDueNs(): number {
    return this.dueNs;
  }

  /** Whether an interrupt is up that the present level takes and that PSTATE does not mask. */
  get interruptPending(): boolean {
    const { core, machine } = this;
    machine.runtime.interruptsChanged(core.pointer);
    return (core.get32('IRQ_LINES') & ~core.get32('DAIF')) !== 0;
  }

  /** Takes a pending interrupt before the instruction at PC; false when there is none. */
  takeInterrupt(): boolean {
    const { core, machine } = this;
    return interruptKinds.some((kind) => machine.runtime.takeInterrupt(core.pointer, kind, core.pc) !== 0);
  }
}
