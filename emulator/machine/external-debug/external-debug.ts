import type { DebugRegister } from '../../debug/target-description.ts';
import type { MemoryRegion, Step, Stop, StopReason, Watchpoint } from '../../debug/target.ts';
import { CodePages } from '../../exec/hot/code-pages.ts';
import { offsetOf } from '../../state/layout.ts';
import { leaveReasons } from '../../state/memory-map.ts';
import type { Core } from '../core.ts';
import { Breakpoints } from './breakpoints.ts';
import type { Debugged } from './debugged.ts';
import { DebugMemory } from './memory.ts';
import { readRegister, writeRegister } from './registers.ts';
import { Watchpoints } from './watchpoints.ts';

/** What `run` answers beside leave reasons: the machine stands still, in the middle of the core's turn. */
export const STOPPED = 100;

/** SError, FIQ, IRQ, as runtime's `takeInterrupt` counts them: the first that is taken masks the others. */
const interruptKinds = [2, 1, 0];
const BUDGET = offsetOf('BUDGET');

interface Spot {
  readonly core: number;
  readonly pc: bigint;
}

/** Where a step goes on that an interrupt came before: behind the guest's handler. */
interface Return extends Spot {
  readonly sp: bigint;
  readonly level: number;
  /** Whether the breakpoint there is ours alone. */
  readonly isOurs: boolean;
}

/**
 * A debugger from outside: it stops the machine between two instructions of a core, in the middle of its turn where need be, and goes on
 * so that the guest cannot tell. Interrupts are taken and turns end at checkpoints that the guest's program defines; hence a core that was
 * stopped anywhere else goes by single instructions to its next one, which looks at neither, before the engine has it again.
 */
export class ExternalDebug {
  readonly memory: DebugMemory;
  private readonly machine: Debugged;
  private readonly view: DataView;
  private readonly breakpoints: Breakpoints;
  private readonly watchpoints: Watchpoints;
  /** By core: it stands behind the checks of its last checkpoint. */
  private readonly isBetween: boolean[];
  private wanted: Step | undefined;
  /** The step that is wanted ends when the machine has done what the instruction asks of it. */
  private isStepDone = false;
  private returning: Return | undefined;
  /** Why the machine stands still. */
  private stopped: Stop | undefined;
  /** Where a core was stopped by a breakpoint or watchpoint last; and whether it is passed there now, because the machine goes on. */
  private told: Spot | undefined;
  private passed: Spot | undefined;

  constructor(machine: Debugged) {
    this.machine = machine;
    this.view = new DataView(machine.buffer);
    this.memory = new DebugMemory(machine);
    this.breakpoints = new Breakpoints(machine);
    this.watchpoints = new Watchpoints(machine);
    this.isBetween = machine.cores.map(() => false);
  }

  // --- what the debugger says -----------------------------------------------------------------------------------------------------

  get stop(): Stop | undefined {
    return this.stopped;
  }

  get cores(): readonly Core[] {
    return this.machine.cores;
  }

  get regions(): readonly MemoryRegion[] {
    return this.machine.regions;
  }

  setBreakpoint(address: bigint): boolean {
    return this.breakpoints.set(address);
  }

  clearBreakpoint(address: bigint): void {
    this.breakpoints.clear(address);
  }

  setWatchpoint(watchpoint: Watchpoint): boolean {
    return this.watchpoints.set(watchpoint);
  }

  clearWatchpoint(watchpoint: Watchpoint): void {
    this.watchpoints.clear(watchpoint);
  }

  clearAll(): void {
    this.breakpoints.clearAll();
    this.watchpoints.clearAll();
    this.returning = undefined;
    this.wanted = undefined;
  }

  readRegister(core: number, register: DebugRegister): Uint8Array {
    return readRegister(this.machine.runtime, this.core(core), register);
  }

  writeRegister(core: number, register: DebugRegister, bytes: Uint8Array): boolean {
    if (!writeRegister(this.core(core), register, bytes)) return false;
    if (register.name !== 'pc') this.machine.registersChanged(this.core(core));
    return true;
  }

  /** The machine goes on: with a step of one core, or until something stops it. */
  resume(step?: Step): void {
    const { told } = this;
    this.stopped = undefined;
    this.wanted = step;
    this.isStepDone = false;
    this.passed = told && this.core(told.core).pc === told.pc ? told : undefined;
    this.told = undefined;
  }

  /** Stands still for a reason that came from outside, between turns. */
  halt(reason: StopReason): Stop {
    const running = this.machine.cores.find((core) => !core.poweredOff && core.waiting === 0);
    return (this.stopped ??= this.standStill(running?.index ?? 0, reason));
  }

  /** Cores begin anew. */
  reset(): void {
    this.isBetween.fill(false);
    this.forgetReturn();
    this.told = this.passed = undefined;
    this.isStepDone = false;
  }

  // --- what the machine asks ------------------------------------------------------------------------------------------------------

  /** A page of micro-ops begins to be fetched from at an address. */
  fetched(va: bigint, page: number): void {
    this.breakpoints.fetched(va, page);
  }

  /** While `act` runs an instruction that the machine has to run by itself, watchpoints stop nothing: they were looked at before. */
  alone(act: () => void): void {
    this.watchpoints.passing(act);
  }

  /** Runs a core as the engine does, and answers why it left: a leave reason, or STOPPED. */
  run(core: Core): number {
    const { index } = core;
    for (;;) {
      if (!this.isBetween[index]) {
        const reason = this.fromCheckpoint(core);
        if (reason !== undefined) return reason;
        if (this.stopsBefore(core)) return STOPPED;
      }
      const reason = this.one(core);
      if (reason !== undefined) return reason;
    }
  }

  /** To be asked when the machine has done what the core left for: whether the step that was wanted is done, so that it stands still. */
  stepEnds(core: Core): boolean {
    if (!this.isStepDone || this.wanted?.core !== core.index) return false;
    this.isStepDone = false;
    if (this.isInRange(core)) return false;
    this.standStill(core.index, { kind: 'step' });
    return true;
  }

  private fromCheckpoint(core: Core): number | undefined {
    const { index } = core;
    if (this.isStepped(index)) {
      // What the engine does at its entry.
      const { pc } = core;
      if (this.takeInterrupts(core)) this.stepBehind(core, pc);
      if (core.view.getInt32(BUDGET, true) <= 0) return leaveReasons.BUDGET;
      if (this.isStepped(index)) {
        this.isBetween[index] = true;
        return undefined;
      }
    }
    const reason = this.machine.engine.run(core.pointer);
    core.settle();
    if (reason !== leaveReasons.STEP) return reason;
    this.isBetween[index] = true;
    return undefined;
  }

  /** Runs the instruction at PC. Answers why the machine must act, if it must. */
  private one(core: Core): number | undefined {
    const { index } = core;
    const mayPass = this.passes(core);
    const reason = mayPass ? this.watchpoints.passing(() => this.execute(core)) : this.execute(core);
    switch (reason) {
      case leaveReasons.STEP:
        if (this.watchesHit(core)) return STOPPED;
        // The guest's own debugger: the machine has the instruction.
        return this.leave(core, reason);
      case leaveReasons.DEVICE:
      case leaveReasons.WAIT:
      case leaveReasons.HOST:
        return this.leave(core, reason);
      default:
        if (mayPass) this.passed = undefined;
        // Exceptions are checkpoints as well, and the ends of pages.
        this.isBetween[index] = (reason === 0 && (core.pc & 0xfffn) !== 0n) || reason === leaveReasons.JUMPED;
    }
    if (this.isStepped(index) && !this.isInRange(core)) return this.stopAt(core, { kind: 'step' });
    return this.isBetween[index] && this.stopsBefore(core) ? STOPPED : undefined;
  }

  private leave(core: Core, reason: number): number {
    this.isBetween[core.index] = false;
    if (this.passes(core)) this.passed = undefined;
    this.isStepDone = this.isStepped(core.index);
    return reason;
  }

  /** The instruction at PC as the engine would run it, by the page that the fetch table has. */
  private execute(core: Core): number {
    const { engine, runtime } = this.machine;
    const { pc, pointer } = core;
    let record = CodePages.recordAt(this.view, pointer, pc);
    if (record === 0) {
      const page = runtime.fetchPage(pointer, BigInt.asIntN(64, pc)) >>> 0;
      if (page === 0) return core.get32('LEAVE');
      record = CodePages.recordIn(page, Number(pc & 0xffcn) / 4);
    }
    const result = engine.runOne(pointer, record, pc);
    const isUnretired =
      result === leaveReasons.RESYNC ||
      result === leaveReasons.DEVICE ||
      result === leaveReasons.STEP ||
      // A guest that only faults leaves for the same reason as instructions that ask the host.
      (result === leaveReasons.HOST && core.get32('LEAVE') === leaveReasons.HOST);
    if (isUnretired) return result;
    if (result === 0) core.pc = BigInt.asUintN(64, pc + 4n);
    core.retire();
    return result;
  }

  // --- where to stop --------------------------------------------------------------------------------------------------------------

  /** Whether the machine stands still before the instruction at PC: then it does. */
  private stopsBefore(core: Core): boolean {
    if (this.watchesHit(core)) return true;
    if (this.isBack(core) || this.passes(core) || !this.breakpoints.has(core.pc)) return false;
    if (this.returning?.isOurs && this.returning.pc === core.pc) return false;
    this.stopAt(core, { kind: 'breakpoint' });
    return true;
  }

  private watchesHit(core: Core): boolean {
    const hit = this.watchpoints.takeHit();
    if (!hit || this.passes(core)) return false;
    this.stopAt(core, { kind: 'watchpoint', address: hit.address, access: hit.watchpoint.access });
    return true;
  }

  private passes(core: Core): boolean {
    return this.passed?.core === core.index && this.passed.pc === core.pc;
  }

  private stopAt(core: Core, reason: StopReason): typeof STOPPED {
    this.standStill(core.index, reason);
    return STOPPED;
  }

  private standStill(core: number, reason: StopReason): Stop {
    this.forgetReturn();
    this.wanted = undefined;
    const isOfPlace = reason.kind === 'breakpoint' || reason.kind === 'watchpoint';
    this.told = isOfPlace ? { core, pc: this.core(core).pc } : undefined;
    return (this.stopped = { core, reason });
  }

  // --- steps ----------------------------------------------------------------------------------------------------------------------

  /** Whether the core goes by single instructions because a step is wanted; not while it is behind an interrupt's handler. */
  private isStepped(core: number): boolean {
    return this.wanted?.core === core && !this.returning;
  }

  private isInRange({ pc }: Core): boolean {
    const { range } = this.wanted ?? {};
    return range !== undefined && pc >= range.start && pc < range.end;
  }

  private takeInterrupts(core: Core): boolean {
    if ((core.get32('IRQ_LINES') & ~(core.get32('DAIF') & core.get32('MASKABLE'))) === 0) return false;
    const { runtime } = this.machine;
    // All of them, one after the other, as the engine does.
    return (
      interruptKinds.filter((kind) => runtime.takeInterrupt(core.pointer, kind, BigInt.asIntN(64, core.pc)) !== 0).length > 0
    );
  }

  /** An interrupt came before the instruction at `pc` that was to be stepped: the step waits until the guest is back there. */
  private stepBehind(core: Core, pc: bigint): void {
    const spsr = Number(core.get64(`SPSR_EL${core.get32('EL')}`));
    const level = (spsr >> 2) & 3;
    const bank = (spsr & 1) !== 0 ? level : 0;
    // The handler's own stack pointer may be the same one.
    const sp = bank === core.get32('EL') ? core.x(31) : core.get64('SP_BANK', bank);
    const isOurs = !this.breakpoints.has(pc);
    if (isOurs) this.breakpoints.set(pc);
    this.returning = { core: core.index, pc, sp, level, isOurs };
  }

  private isBack(core: Core): boolean {
    const { returning } = this;
    if (!returning || core.index !== returning.core || core.pc !== returning.pc) return false;
    if (core.x(31) !== returning.sp || core.get32('EL') !== returning.level) return false;
    this.forgetReturn();
    return true;
  }

  private forgetReturn(): void {
    if (this.returning?.isOurs) this.breakpoints.clear(this.returning.pc);
    this.returning = undefined;
  }

  private core(index: number): Core {
    return this.machine.cores[index]!;
  }
}
