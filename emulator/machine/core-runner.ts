import { assert, InternalError } from '../base/assert.ts';
import type { Dma } from '../devices/device.ts';
import type { ColdEngine } from '../exec/cold/engine.ts';
import { leaveReasons } from '../state/memory-map.ts';
import type { Core } from './core.ts';
import { STOPPED, type ExternalDebug } from './external-debug/external-debug.ts';
import type { Runtime } from './runtime.ts';
import { SelfHostedDebug } from './self-hosted-debug.ts';

/** What stands around a runner of cores. */
export interface RunnerSurroundings {
  readonly runtime: Runtime;
  readonly ram: Pick<Dma, 'read'>;
  /** Called when the first instruction is about to run. */
  makeEngine(): ColdEngine;
  /** Runs a core's code from PC and answers a leave reason, where that is not the engine's affair alone. */
  runLoop?(engine: ColdEngine, core: Core): number;
  /** A core left because the machine must look: timers, SEV, a guest that cannot go on. */
  attend(core: Core): void;
}

/** Runs the code of cores in one thread, and does what an instruction needs that generated code leaves undone. */
export class CoreRunner {
  private readonly around: RunnerSurroundings;
  private readonly runtime: Runtime;
  private readonly debug: SelfHostedDebug;
  private made: ColdEngine | undefined;
  /** A debugger from outside, when there was one. */
  external: ExternalDebug | undefined;

  constructor(around: RunnerSurroundings) {
    this.around = around;
    this.runtime = around.runtime;
    this.debug = new SelfHostedDebug(around.runtime, around.ram, (core) => this.runAlone(core));
  }

  get engine(): ColdEngine {
    return (this.made ??= this.around.makeEngine());
  }

  /** The host's time at which the first instruction was about to be executed. */
  get firstInstructionMs(): number | undefined {
    return this.made?.firstInstructionMs;
  }

  /**
   * Runs a core until generated code comes back, and does what it came for. Answers that: BUDGET, DEVICE, WAIT, HOST or STEP; or STOPPED,
   * when a debugger stopped the core.
   */
  run(core: Core): number {
    const { external, engine } = this;
    const reason = external ? external.run(core) : (this.around.runLoop?.(engine, core) ?? engine.run(core.pointer));
    core.settle();
    switch (reason) {
      case STOPPED:
      case leaveReasons.BUDGET:
      case leaveReasons.WAIT:
        break;
      case leaveReasons.DEVICE:
        this.runAlone(core);
        break;
      case leaveReasons.HOST:
        this.attend(core);
        break;
      case leaveReasons.STEP:
        this.debug.step(core);
        break;
      default:
        throw new InternalError(`generated code left for reason ${reason}`);
    }
    return reason;
  }

  /** An exception that left for the host is known now: an instruction that asks for it later has retired. */
  private attend(core: Core): void {
    core.set32('LEAVE', 0);
    this.around.attend(core);
  }

  /** Runs the instruction at PC by itself, with what software step and breakpoints do before it. */
  step(core: Core): void {
    if (core.get32('STEPPING') !== 0) this.debug.step(core);
    else this.runAlone(core);
  }

  /** Runs the instruction at PC by itself, with devices in reach. */
  private runAlone(core: Core): void {
    if (this.external) this.external.alone(() => this.runOneAlone(core));
    else this.runOneAlone(core);
  }

  private runOneAlone(core: Core): void {
    const { pc } = core;
    const record = this.runtime.fetchRecord(core.pointer, pc) >>> 0;
    if (record === 0) return;
    core.set32('DEVICE_ALLOWED', 1);
    const result = this.engine.runOne(core.pointer, record, pc);
    core.set32('DEVICE_ALLOWED', 0);
    if (result === leaveReasons.RESYNC) return;
    if (result === leaveReasons.HOST && core.get32('LEAVE') === leaveReasons.HOST) return this.attend(core);
    assert(result !== leaveReasons.DEVICE, 'an access to a device left although it was allowed');
    if (result === 0) core.pc = BigInt.asUintN(64, pc + 4n);
    core.retire();
    if (result === leaveReasons.HOST) this.attend(core);
  }
}
