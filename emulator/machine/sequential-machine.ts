import { assert } from '../base/assert.ts';
import { UserError } from '../base/user-error.ts';
import { ColdEngine } from '../exec/cold/engine.ts';
import { HotEngine } from '../exec/hot/engine.ts';
import { leaveReasons } from '../state/memory-map.ts';
import type { Core } from './core.ts';
import type { CoreProcessor } from './cells/core-processor.ts';
import { withOwnDrives } from './clones/drive-overlay.ts';
import { CoreRunner } from './core-runner.ts';
import { Deadlines } from './deadlines.ts';
import { ExternalDebug, STOPPED } from './external-debug/external-debug.ts';
import { Machine, type MachineListener, type Pace, type RunState } from './machine.ts';
import type { MachineSnapshot } from './snapshot.ts';
import { Stepper } from './stepper.ts';
import { TurnOrder } from './turn-order.ts';
import type { MachineConfig, MachineHost, RunResult, Script } from './types.ts';

/** Virtual ns that a slice lasts when several cores run, and when one does. */
const QUANTUM_NS = 20_000;
const LONG_SLICE_NS = 1_000_000;
/** Bytes of host memory that a clone needs at first, with some to spare. */
const LEAST_ROOM = 64 << 20;
/** What WFE waits at most: the pace of an event stream. */
const WFE_NS = 50_000;

/**
 * A machine whose cores run in turn, in the thread of the caller (decision 0003). It is deterministic: what it does depends on its
 * configuration, its script and the input it is given at virtual times.
 */
export class SequentialMachine extends Machine {
  private readonly cores = this.hardware.cores;
  private readonly events = this.hardware.events;
  private readonly runtime = this.hardware.runtime;
  private readonly runner: CoreRunner;
  private readonly deadlines = new Deadlines(this.hardware);
  private readonly order = new TurnOrder(this.cores);
  /** End of the slice that runs now; only ever made earlier. */
  private limitNs = 0;
  /** A debugger stopped the machine within a slice; in the turn of that core, if any. */
  private isInSlice = false;
  private suspended: Core | undefined;
  /** How often generated code came back, by reason. */
  private readonly exitCounts: number[] = Array.from({ length: Math.max(...Object.values(leaveReasons)) + 1 }, () => 0);
  private readonly original: SequentialMachine | undefined;
  private clones = 0;
  private readonly turns = { slices: 0, runs: 0, idleSkips: 0, idleNs: 0 };

  /** See {@link Machine}. Of a clone the original stands still until the clone is disposed. */
  constructor(
    config: MachineConfig,
    script: Script,
    runtimeModule: Uint8Array,
    host: MachineHost,
    listener: MachineListener,
    original?: SequentialMachine,
  ) {
    super(config, script, runtimeModule, host, listener, original);
    this.original = original;
    this.hardware.calls = {
      sysRead: (cpu, register, pc) => this.calls.readGic(cpu, register, pc),
      sysWrite: (cpu, register, pc) => this.writeGic(cpu, register, pc),
      hypercall: (cpu, call, pc) => this.calls.hypercall(cpu, call, pc),
      debugTrap: (cpu, _immediate, pc) => this.calls.undefinedInstruction(cpu, pc),
    };
    this.runner = new CoreRunner({
      runtime: this.runtime,
      ram: this.hardware.ram,
      makeEngine: () => this.makeEngine(config),
      runLoop: (engine, core) => this.runLoop(engine, core),
      attend: (core) => this.attend(core),
    });
  }

  /** Runs a core until generated code comes back; answers why. */
  protected runLoop(engine: ColdEngine, core: Core): number {
    return engine.run(core.pointer);
  }

  private makeEngine(config: MachineConfig): ColdEngine {
    const { ground } = this.hardware;
    return (ground.engine ??= this.newEngine(config));
  }

  private newEngine(config: MachineConfig): ColdEngine {
    const { host, profiler } = this;
    const { ground, memory } = this.hardware;
    const imports = { ...this.runtime, ...ground.calls };
    const options = { now: () => host.nowMs(), counters: profiler?.counters, loop: host.coldLoop };
    const { exec, tuning } = config;
    if (exec === 'cold') return new ColdEngine(memory, imports, options);
    const translator = exec === 'auto' ? host.startTranslator?.(memory.buffer) : undefined;
    return new HotEngine(memory, imports, { ...options, mode: exec, tuning, translator });
  }

  /** A machine that begins as this one is now, with a script of its own. This one stands still until its clones are disposed. */
  clone(script: Script, listener: MachineListener): SequentialMachine {
    const { external } = this.runner;
    if (external)
      throw new UserError('debugged', 'a machine with a debugger is not cloned', { hint: 'detach the debugger first' });
    this.hardware.enter();
    const { flash, runtime } = this.hardware;
    const needed = flash.reduce((sum, { bytes }) => sum + bytes.length, LEAST_ROOM);
    if (runtime.poolLeft() >>> 0 < needed) {
      throw new UserError('no-room', 'there is no room for another clone: all clones of a machine share 2 GiB', {
        hint: 'make fewer',
      });
    }
    this.clones++;
    const own = { ...script, timeoutNs: script.timeoutNs ?? this.timeoutNs };
    return new SequentialMachine(withOwnDrives(this.config), own, this.runtimeModule, this.host, listener, this);
  }

  override get nowNs(): number {
    return this.running ? Number(this.runtime.now(this.running.pointer)) : this.timeNs;
  }

  override debugger(): ExternalDebug {
    const { cores, runtime } = this;
    const { ram, memory, regions } = this.hardware;
    return (this.runner.external ??= new ExternalDebug({
      ...{ cores, runtime, ram, buffer: memory.buffer, engine: this.runner.engine, regions },
      memory: this.inspect().memory,
      registersChanged: (core) => {
        runtime.levelChanged(core.pointer);
        runtime.pmuChanged(core.pointer);
        this.deadlines.update(core, core.nowNs);
      },
    }));
  }

  override reset(): void {
    super.reset();
    this.isInSlice = false;
    this.suspended = undefined;
    this.runner.external?.reset();
  }

  override pause(): void {}

  override dispose(): void {
    if (!this.original) return;
    this.hardware.leave(this.original.hardware);
    this.original.clones--;
  }

  override save(): MachineSnapshot {
    this.hardware.enter();
    return this.hardware.save(this.timeNs);
  }

  override restore(snapshot: MachineSnapshot): void {
    this.hardware.enter();
    this.timeNs = snapshot.timeNs;
    this.order.clear();
    this.hardware.restore(snapshot);
  }

  override result(wallMs: number): RunResult {
    const { costs, variants } = this.runner.engine;
    const profile = this.profiler?.report({
      ...{ cores: this.cores, instructions: this.instructions, hotInstructions: this.hotInstructions, costs, variants },
      machine: { ...this.turns, ...this.exits },
    });
    return { ...super.result(wallMs), ...(profile ? { profile } : {}) };
  }

  protected override get firstInstructionMs(): number | undefined {
    return this.runner.firstInstructionMs;
  }

  override get compileCosts(): { compileMs: number; modules: number } {
    const { compileMs, modules } = this.runner.engine.costs;
    return { compileMs, modules };
  }

  protected override exitsFor(reason: number): number {
    return this.exitCounts[reason] as number;
  }

  // --- slices ------------------------------------------------------------------------------------------------------------------------

  override runFor(hostMs: number, pace: Pace = {}): RunState {
    assert(this.clones === 0, 'a machine with clones stands still');
    this.hardware.enter();
    const end = this.host.nowMs() + hostMs;
    let state: RunState = 'busy';
    try {
      if (this.original && this.runtime.poolLeft() >>> 0 < LEAST_ROOM / 2) {
        throw new UserError('no-room', 'the pages that clones wrote take all of the 2 GiB that they share');
      }
      while (state === 'busy') {
        state = this.slice(pace);
        if (this.host.nowMs() >= end || this.lines.length > 0) break;
      }
    } catch (error) {
      this.fail(error);
    }
    this.flushOutput();
    return this.ended ? 'ended' : state;
  }

  /** A machine with one core that goes by instructions, instead of by `runFor`. */
  stepper(): Stepper {
    const [core] = this.cores as [Core];
    return new Stepper({
      core,
      events: this.events,
      runtime: this.runtime,
      attend: (ns) => {
        this.timeNs = ns;
        this.events.runDue(ns);
        this.flushOutput();
        return Math.min(this.deadlines.update(core, ns), this.events.nextNs);
      },
      deadlineNs: () => this.deadlines.of(core),
      runAlone: () => {
        this.calls.lastRead = undefined;
        this.running = core;
        this.runner.step(core);
        this.running = undefined;
        return this.calls.lastRead;
      },
    });
  }

  private slice(pace: Pace): RunState {
    if (this.runner.external?.stop) return 'halted';
    if (!this.isInSlice) {
      const state = this.beginSlice(pace);
      if (state !== undefined) return state;
    }
    this.isInSlice = true;
    let core = this.suspended ?? this.pick();
    this.suspended = undefined;
    for (; core && !this.stopping; core = this.pick()) {
      this.runCore(core);
      if (this.runner.external?.stop && !this.stopping) return 'halted';
    }
    this.isInSlice = false;
    return this.endSlice();
  }

  /** Looks at what is due, and says how long the next slice lasts at most. Answers where none begins. */
  private beginSlice(pace: Pace): RunState | undefined {
    // Whole nanoseconds: a fraction that is left is never reached.
    const untilNs = Math.floor(pace.untilNs ?? Infinity);
    // Before what is due: input that is given now comes first, as it does when the log is replayed.
    if (this.timeNs >= untilNs && this.timeNs < this.timeoutNs) return 'paced';
    this.enterInput();
    this.events.runDue(this.timeNs);
    let next = Math.min(this.events.nextNs, this.timeoutNs);
    for (const core of this.cores) next = Math.min(next, this.deadlines.update(core, this.timeNs));
    if (this.timeNs >= this.timeoutNs) this.ended ??= 'timeout';
    if (this.ended) return 'ended';
    let runnable = 0;
    let inWfe = 0;
    for (const core of this.cores) {
      if (core.waiting === 2) inWfe++;
      if (core.canRun) runnable++;
    }
    const pacedNs = runnable === 0 ? Math.floor(this.idleEndNs(pace)) : Infinity;
    if (this.timeNs >= pacedNs) return 'paced';
    if (runnable === 0 && inWfe === 0) {
      const due = Math.min(next, this.outsideNs);
      if (due === Infinity) return 'idle';
      const wakeNs = Math.floor(Math.min(due, untilNs, pacedNs));
      this.turns.idleSkips++;
      this.turns.idleNs += wakeNs - this.timeNs;
      this.timeNs = wakeNs;
      return 'busy';
    }
    this.turns.slices++;
    const long = runnable === 0 ? WFE_NS : runnable > 1 ? QUANTUM_NS : inWfe > 0 ? WFE_NS : LONG_SLICE_NS;
    // Pacing ends no slice: the guest can tell where one ends (whose turn it is, when WFE goes on), and host time must not show.
    this.limitNs = Math.min(next, this.timeNs + long);
    return undefined;
  }

  private endSlice(): RunState {
    // Time goes on in every slice, so that the time of an input names one.
    this.timeNs = Math.max(this.limitNs, this.timeNs + 1);
    // What waited for an event goes on: WFE may end at any time (DDI 0487 D1.6.1).
    for (const core of this.cores) if (core.waiting === 2) core.waiting = 0;
    if (this.pendingReset) {
      this.pendingReset = false;
      this.reset();
    }
    return this.ended ? 'ended' : 'busy';
  }

  /** Whether what a core did ends the slice at once. */
  private get stopping(): boolean {
    return this.ended !== undefined || this.pendingReset;
  }

  private pick(): Core | undefined {
    return this.order.pick(this.timeNs, this.limitNs);
  }

  private runCore(core: Core): void {
    const start = this.order.startOf(core, this.timeNs);
    if (start > core.nowNs) core.passTo(start);
    core.setLimit(this.limitNs);
    this.running = core;
    if (!this.dispatch(core, false)) {
      this.running = undefined;
      return;
    }
    if (this.hardware.hosted) {
      // Who was put there may have less time than the slice.
      this.limitNs = Math.min(this.limitNs, this.deadlines.of(core));
      core.setLimit(this.limitNs);
    }
    let limit = this.limitNs;
    while (!this.stopping) {
      this.turns.runs++;
      const reason = this.runner.run(core);
      if (reason === STOPPED) return this.suspend(core);
      (this.exitCounts[reason] as number)++;
      if (reason === leaveReasons.DEVICE && this.hardware.hosted) this.deviceAnswered(core);
      const isStepped = this.runner.external?.stepEnds(core);
      if (!core.canRun) break;
      if (this.events.nextNs < this.limitNs) this.limitNs = this.events.nextNs;
      const deadlineNs = this.deadlines.of(core);
      if (deadlineNs < this.limitNs) this.limitNs = deadlineNs;
      const now = core.nowNs;
      if (now >= this.limitNs) break;
      if (this.limitNs < limit) {
        limit = this.limitNs;
        core.setLimit(limit);
      }
      if (isStepped && !this.stopping) return this.suspend(core);
    }
    if (this.stopping) this.limitNs = core.nowNs;
    this.running = undefined;
  }

  /** A debugger stopped the core in its turn, which goes on later. */
  private suspend(core: Core): void {
    this.suspended = core;
    this.running = undefined;
  }

  // --- what cores and hardware ask for -----------------------------------------------------------------------------------------------

  /** A core left because the machine must look: timers, SEV, a guest that cannot go on. */
  private attend(core: Core): void {
    if (core.get32('SEV_SENT') !== 0) {
      core.set32('SEV_SENT', 0);
      for (const other of this.cores) {
        other.set32('EVENT', 1);
        if (other.waiting === 2) this.wake(other);
      }
    }
    this.endAtFaults(core);
    const { hosted } = this.hardware;
    const isEntry = hosted !== undefined && core.get32('EL') === 2;
    if (isEntry) {
      // What leaves next without an exception has retired.
      core.set32('LEAVE', 0);
      hosted.hypervisor.enter(hosted.processors[core.index] as CoreProcessor);
    } else this.deadlines.update(core, core.nowNs);
    if (hosted) this.dispatch(core, isEntry);
    // What wants it may have been there before it was suspended.
    this.resume(core);
    if (this.pendingPowerOff) this.ended ??= 'poweroff';
  }

  /** A guest in a cell reached a device by itself: what that changed at its interrupts and events counts from here on. */
  private deviceAnswered(core: Core): void {
    // Its interface of a GICv2 is one of them.
    this.interfaceWritten(core);
    this.deadlines.update(core, core.nowNs);
    this.dispatch(core, false);
  }

  /** Where there are cells: puts in place what the core shall run now; false when that is nothing. */
  private dispatch(core: Core, entered: boolean): boolean {
    const { hosted } = this.hardware;
    if (!hosted) return true;
    const isBusy = hosted.hypervisor.dispatch(hosted.processors[core.index] as CoreProcessor, entered);
    this.endWithCells();
    return isBusy;
  }

  private writeGic(pointer: number, encoding: number, pc: bigint): number {
    const limit = this.limitNs;
    const reason = this.calls.writeGic(pointer, encoding, pc);
    if (reason === leaveReasons.CHECKPOINT && this.interfaceWritten(this.hardware.coreAt(pointer))) return leaveReasons.HOST;
    // Where another core was woken, the slice ends earlier.
    return reason === leaveReasons.CHECKPOINT && this.limitNs !== limit ? leaveReasons.HOST : reason;
  }

  /** Where there are cells: whether the hypervisor must hear of what a guest did at its interrupt interface, by register or by address. */
  private interfaceWritten(core: Core): boolean {
    const { hosted } = this.hardware;
    return hosted?.hypervisor.interfaceWritten(hosted.processors[core.index] as CoreProcessor) ?? false;
  }

  /** What waits, or was off, goes on now. */
  private wake(core: Core): void {
    const now = this.nowNs;
    this.order.wake(core, now);
    // The other core shall not wait for the end of a long slice.
    if (this.running && this.running !== core) this.limitNs = Math.min(this.limitNs, now + QUANTUM_NS);
  }

  protected override lineRaised(core: Core): void {
    if (core.waiting !== 0) this.wake(core);
  }

  protected override coreWanted(core: Core): void {
    if (core.waiting !== 0) this.wake(core);
    else if (this.running && this.running !== core) this.limitNs = Math.min(this.limitNs, this.nowNs + QUANTUM_NS);
  }

  protected override wanted(core: Core): void {
    this.resume(core);
  }

  protected override powerOn(core: Core, prepare: () => void): void {
    prepare();
    core.poweredOff = false;
    this.wake(core);
  }

  protected override dropRegions(page: number, first: number, last: number): void {
    const { engine } = this.hardware.ground;
    if (engine instanceof HotEngine) engine.dropRegions(page, first, last);
  }

  protected override pageFetched(va: bigint, page: number): void {
    this.runner.external?.fetched(va, page);
  }

  protected override remapped(): void {
    this.hardware.flushTlbs();
  }
}
