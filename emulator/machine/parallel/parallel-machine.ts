import { InternalError } from '../../base/assert.ts';
import { UserError } from '../../base/user-error.ts';
import type { Host, HostThreads } from '../../base/host.ts';
import { wasm } from '../../base/wasm.ts';
import { runStates } from '../../state/memory-map.ts';
import type { PlantedFault } from '../../isa/derive/memory-order.ts';
import type { Core } from '../core.ts';
import { Machine, type MachineListener, type Pace, type RunState } from '../machine.ts';
import type { GenericTimers } from '../../devices/generic-timer/generic-timer.ts';
import type { MachineConfig, RunResult, Script } from '../types.ts';
import { callKinds, CoreLink, MachineBell, type CallKind } from './core-link.ts';
import type { CoreTask } from './core-thread.ts';

/** How long a core may take to start, or to come to a stop, before something is wrong with it: its thread may get little of a busy host. */
const STOP_MS = 100_000;
const LOOK_MS = 1;

/**
 * A machine whose cores have a thread each (decision 0006). This thread has the devices, the interrupt controller, the timers and the
 * console; cores call it. Virtual time is the host's, and idle time may be skipped. No two runs are the same.
 */
export class ParallelMachine extends Machine {
  private readonly cores = this.hardware.cores;
  private readonly events = this.hardware.events;
  private readonly runtime = this.hardware.runtime;
  private readonly deadlines: number[] = this.cores.map(() => Infinity);
  private readonly threads: HostThreads;
  private readonly bell: MachineBell;
  private readonly links: readonly CoreLink[];
  private readonly coreThreads: { end(): void }[] = [];
  private stopped = true;
  private begun = false;
  /** The host's time at which cores were let go. */
  private begunMs: number | undefined;
  /** The host's time at which the machine was stopped. */
  private stoppedAtNs = 0;

  /** `planted` is for tests. Throws a UserError for images that cannot be booted. */
  constructor(
    config: MachineConfig,
    script: Script,
    runtimeModule: Uint8Array,
    host: Host & { readonly threads: HostThreads },
    listener: MachineListener,
    planted?: PlantedFault,
  ) {
    super(config, script, runtimeModule, host, listener);
    this.threads = host.threads;
    this.meddled();
    this.runtime.joinParallel(-1);
    const { memory } = this.hardware;
    this.bell = new MachineBell(memory.buffer);
    this.links = this.cores.map((core) => new CoreLink(memory.buffer, core.index));
    const module = new wasm.Module(runtimeModule);
    for (const [index, link] of this.links.entries()) {
      link.stop = true;
      const task: CoreTask = {
        ...{ core: index, memory, runtime: module, exec: config.exec, tuning: config.tuning },
        ...{ strongHost: this.threads.strongOrder, planted },
      };
      this.coreThreads.push(this.threads.startCore(task));
    }
  }

  override get nowNs(): number {
    if (this.stopped) return this.timeNs;
    return Number(this.runtime.clock());
  }

  override runFor(hostMs: number, pace: Pace = {}): RunState {
    let state: RunState = 'busy';
    try {
      this.release();
      const end = this.host.nowMs() + hostMs;
      while (state === 'busy') {
        const rung = this.bell.rung;
        state = this.attendAll(pace);
        const leftMs = end - this.host.nowMs();
        if (state !== 'busy' || leftMs <= 0) break;
        this.bell.sleep(rung, Math.min(leftMs, Math.max(0, (this.nextNs - this.nowNs) / 1e6)));
      }
      if (this.ended) this.pause();
    } catch (error) {
      this.fail(error);
    }
    this.flushOutput();
    return this.ended ? 'ended' : state;
  }

  /** Serves calls, and does what is due. */
  private attendAll(pace: Pace): RunState {
    this.serveCalls();
    this.timeNs = this.nowNs;
    this.enterInput();
    this.events.runDue(this.timeNs);
    for (const core of this.cores) {
      if ((this.deadlines[core.index] as number) <= this.timeNs) this.updateTimers(core, this.timeNs);
    }
    for (const core of this.cores) if (this.links[core.index]?.runState === runStates.STOPPED) this.resume(core);
    if (this.timeNs >= this.timeoutNs) this.ended ??= 'timeout';
    if (this.pendingPowerOff) this.ended ??= 'poweroff';
    if (this.ended) return 'ended';
    if (this.pendingReset) this.reset();
    if (!this.isIdle) return 'busy';
    const next = Math.min(this.nextNs, this.idleEndNs(pace));
    if (next === Infinity) return 'idle';
    // Nobody computes: time goes on to where something is due, as far as it may run ahead.
    const to = Math.min(next, Math.max(pace.untilNs ?? Infinity, this.timeNs));
    if (to > this.timeNs) this.runtime.moveClock(to - this.timeNs);
    return to < this.nextNs ? 'paced' : 'busy';
  }

  /** When something is due that no core does. */
  private get nextNs(): number {
    return Math.min(this.events.nextNs, this.timeoutNs, this.outsideNs, ...this.deadlines);
  }

  /** Whether every core waits for an interrupt that only this thread can send. */
  private get isIdle(): boolean {
    return this.links.every(({ runState }, n) => {
      const core = this.cores[n] as Core;
      return (runState === runStates.IDLE && core.irqLines === 0) || (runState === runStates.STOPPED && core.poweredOff);
    });
  }

  private serveCalls(links = this.links): void {
    for (const link of links) {
      const core = this.cores[link.core] as Core;
      link.serve((kind, args, pc) => {
        // A call may be served in the middle of another core's.
        const before = this.running;
        this.running = core;
        const answer = this.serve(core, kind, args, pc);
        this.running = before;
        return answer;
      });
      if (link.runState === runStates.FAILED) throw new InternalError(`core ${link.core}: ${link.failure}`);
    }
  }

  private serve(core: Core, kind: CallKind, [first, second, third]: readonly [number, number, number], pc: bigint): number {
    switch (kind) {
      case callKinds.deviceRead:
      case callKinds.deviceWrite:
        return this.calls.deviceAccess(core.pointer, first, second, third, kind === callKinds.deviceWrite);
      case callKinds.sysRead:
        return this.calls.readGic(core.pointer, first, pc);
      case callKinds.sysWrite:
        return this.calls.writeGic(core.pointer, first, pc);
      case callKinds.hypercall:
        return this.calls.hypercall(core.pointer, first, pc);
      case callKinds.attend:
        this.endAtFaults(core);
        this.updateTimers(core, this.nowNs);
        // The PMU is looked at where its core calls: it counts in the core's thread.
        this.hardware.pmuLines[core.index]?.set(core.get32('PMU_ACTIVE') !== 0 && this.runtime.pmuInterrupt(core.pointer) !== 0);
        return 0;
    }
  }

  private updateTimers(core: Core, nowNs: number): void {
    const timers = this.hardware.timers[core.index] as GenericTimers;
    timers.update(nowNs);
    this.deadlines[core.index] = timers.deadlineNs;
  }

  protected override lineRaised(core: Core): void {
    this.links[core.index]?.ring();
  }

  /** Regions are those of the cores' threads. */
  protected override dropRegions(): void {}

  override debugger(): undefined {
    return undefined;
  }

  protected override pageFetched(): void {}

  protected override coreWanted(): void {}

  protected override remapped(): void {
    this.runtime.askToFlushAll();
    this.runtime.synchronizeMachine();
  }

  /** Looked at where nobody is in the middle of anything: whoever drives the interrupt may do so for that very core. */
  protected override wanted(): void {}

  protected override powerOn(core: Core, prepare: () => void): void {
    const link = this.links[core.index] as CoreLink;
    link.stop = true;
    // It may still be on its way, and call.
    this.awaitStop([link]);
    prepare();
    core.poweredOff = false;
    link.stop = false;
    link.ring();
  }

  // --- stopping ------------------------------------------------------------------------------------------------------------------

  /** Stops all cores between instructions; time stands still, too. */
  override pause(): void {
    if (this.stopped) return;
    this.stopCores();
    this.timeNs = this.nowNs;
    this.stoppedAtNs = this.threads.monotonicNs();
    this.stopped = true;
  }

  override reset(): void {
    const ran = !this.stopped;
    this.stopCores();
    this.pendingReset = false;
    super.reset();
    this.deadlines.fill(Infinity);
    if (ran) this.startCores();
  }

  override save(): never {
    throw noSnapshots();
  }

  override restore(): never {
    throw noSnapshots();
  }

  override dispose(): void {
    for (const thread of this.coreThreads) thread.end();
  }

  override result(wallMs: number): RunResult {
    try {
      this.pause();
    } catch (error) {
      this.fail(error);
    }
    return super.result(wallMs);
  }

  protected override exitsFor(reason: number): number {
    return this.links.reduce((total, link) => total + link.exits(reason), 0);
  }

  protected override get firstInstructionMs(): number | undefined {
    return this.begunMs;
  }

  override get compileCosts(): { compileMs: number; modules: number } {
    const costs = this.links.map((link) => link.costs);
    const sum = (what: 'compileMs' | 'modules'): number => costs.reduce((total, cost) => total + cost[what], 0);
    return { compileMs: sum('compileMs'), modules: sum('modules') };
  }

  private stopCores(): void {
    for (const link of this.links) {
      link.stop = true;
      link.ring();
    }
    this.awaitStop(this.links);
  }

  private startCores(): void {
    for (const link of this.links) {
      link.stop = false;
      link.ring();
    }
  }

  private release(): void {
    if (!this.stopped) return;
    if (this.begun) this.runtime.moveClock(this.stoppedAtNs - this.threads.monotonicNs());
    else this.begin();
    this.stopped = false;
    this.startCores();
  }

  /** Virtual time begins when the first threads are there. */
  private begin(): void {
    this.awaitStop(this.links.filter((_, index) => !this.cores[index]?.poweredOff));
    this.runtime.moveClock(-this.threads.monotonicNs());
    this.begun = true;
    this.begunMs = this.host.nowMs();
  }

  /** Waits until cores stand still; those that call are answered meanwhile. */
  private awaitStop(links: readonly CoreLink[]): void {
    const end = this.host.nowMs() + STOP_MS;
    for (;;) {
      const rung = this.bell.rung;
      this.serveCalls(links);
      if (links.every(({ runState }) => runState >= runStates.STOPPED)) return;
      if (this.host.nowMs() > end) throw new InternalError('a core does not stop');
      this.bell.sleep(rung, LOOK_MS);
    }
  }
}

function noSnapshots(): UserError {
  return new UserError('no-snapshots', 'snapshots are not available with --threads auto', { hint: 'use --threads 1' });
}
