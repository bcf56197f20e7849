import { type WasmMemory, type WasmModule } from '../../base/wasm.ts';
import { ColdEngine } from '../../exec/cold/engine.ts';
import { HotEngine } from '../../exec/hot/engine.ts';
import { setMemoryOrder, type PlantedFault } from '../../isa/derive/memory-order.ts';
import { leaveReasons, runStates } from '../../state/memory-map.ts';
import { Core } from '../core.ts';
import { CoreRunner } from '../core-runner.ts';
import { instantiateRuntime, type Runtime } from '../runtime.ts';
import type { MachineConfig } from '../types.ts';
import { callKinds, CoreLink, type CallKind } from './core-link.ts';

/** What a core's thread is given: plain data, but for the memory and the module, which are shared. */
export interface CoreTask {
  readonly core: number;
  readonly memory: WasmMemory;
  readonly runtime: WasmModule;
  readonly exec: MachineConfig['exec'];
  readonly tuning: MachineConfig['tuning'];
  readonly strongHost: boolean;
  readonly planted?: PlantedFault | undefined;
}

/** What a core's thread needs of its host. */
export interface CoreHost {
  nowMs(): number;
  /** A clock that all threads share, and that only goes forward. */
  monotonicNs(): number;
}

/** Instructions between two looks at what other threads want; some 200 microseconds. */
const GRANT = 100_000;
/** What WFE sleeps at most: the pace of an event stream. */
const WFE_MS = 0.05;

/** Runs a core until the thread is ended from outside. */
export function runCoreThread(task: CoreTask, host: CoreHost): void {
  const link = new CoreLink(task.memory.buffer, task.core);
  try {
    setMemoryOrder({ parallel: true, strongHost: task.strongHost, planted: task.planted });
    new CoreThread(task, host, link).run();
  } catch (error) {
    link.fail(error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error));
  }
}

/** One core in parallel mode: generated code and what stands around it. Devices, timers and the interrupt controller are the machine's. */
class CoreThread {
  private readonly core: Core;
  private readonly link: CoreLink;
  private readonly runtime: Runtime;
  private readonly runner: CoreRunner;
  private pmuLine = 0;

  constructor(task: CoreTask, host: CoreHost, link: CoreLink) {
    this.link = link;
    const { memory } = task;
    const core = new Core(memory.buffer, task.core);
    this.core = core;
    let hot: HotEngine | undefined;
    const runtime = instantiateRuntime(memory, task.runtime, {
      deviceRead: (_cpu, high, low, size) => this.call(callKinds.deviceRead, high, low, size),
      deviceWrite: (_cpu, high, low, size) => this.call(callKinds.deviceWrite, high, low, size),
      dropRegions: (page, first, last) => hot?.dropRegions(page, first, last),
      hostNs: () => host.monotonicNs(),
    });
    this.runtime = runtime;
    runtime.joinParallel(core.index);
    const imports = {
      ...runtime,
      sysRead: (_cpu: number, register: number, pc: bigint) => this.call(callKinds.sysRead, register, 0, 0, pc),
      sysWrite: (_cpu: number, register: number, pc: bigint) => this.call(callKinds.sysWrite, register, 0, 0, pc),
      hypercall: (_cpu: number, call: number, pc: bigint) => this.call(callKinds.hypercall, call, 0, 0, pc),
      debugTrap: (cpu: number, _immediate: number, pc: bigint) => {
        runtime.raise(cpu, 0, 0, pc);
        return leaveReasons.RESYNC;
      },
    };
    const now = (): number => host.nowMs();
    if (task.exec !== 'cold') hot = new HotEngine(memory, imports, { now, mode: task.exec, tuning: task.tuning });
    const engine = hot ?? new ColdEngine(memory, imports, { now });
    const bytes = new Uint8Array(memory.buffer);
    const read = (pa: number, into: Uint8Array): boolean => {
      const host = runtime.physicalAddress(BigInt(pa)) >>> 0;
      into.set(bytes.subarray(host, host + into.length));
      return host !== 0;
    };
    this.runner = new CoreRunner({ runtime, ram: { read }, makeEngine: () => engine, attend: () => this.attend() });
  }

  run(): never {
    const { core, link } = this;
    for (;;) {
      this.settle();
      core.grant(GRANT);
      const reason = this.runner.run(core);
      link.countExit(reason);
      if (reason !== leaveReasons.BUDGET) continue;
      this.watchPmu();
      const { compileMs, modules } = this.runner.engine.costs;
      link.tellCosts(compileMs, modules);
    }
  }

  /** Between instructions: does what others want, and waits where the guest does. Returns when guest code is to run. */
  private settle(): void {
    const { core, link, runtime } = this;
    for (;;) {
      link.runState = runStates.GUEST;
      if (link.stop || core.poweredOff) {
        this.stand(runStates.STOPPED, () => link.stop || core.poweredOff);
      } else if (core.waiting === 1 && core.irqLines === 0) {
        this.stand(runStates.IDLE, () => core.irqLines === 0 && !link.stop);
      } else if (core.waiting === 2 && core.irqLines === 0 && core.get32('EVENT') === 0) {
        core.waiting = 0;
        link.runState = runStates.SAFE;
        link.sleepWhile(() => core.irqLines === 0 && core.get32('EVENT') === 0 && !link.stop, WFE_MS);
      } else break;
    }
    core.waiting = 0;
    runtime.serveRequests(core.pointer);
  }

  private stand(state: number, wanted: () => boolean): void {
    this.link.runState = state;
    // The machine waits for cores that stop, and may skip time when all are idle.
    this.link.ringMachine();
    while (wanted()) this.link.sleepWhile(wanted);
  }

  /** A call of the machine's thread. Meanwhile others need not wait for this core. */
  private call(kind: CallKind, first = 0, second = 0, third = 0, pc = 0n): number {
    this.runtime.leaveGuest(this.core.pointer, runStates.SAFE);
    const answer = this.link.call(kind, first, second, third, pc);
    this.runtime.enterGuest(this.core.pointer);
    return answer;
  }

  /** Generated code left because somebody must look: at timers, at SEV, at a guest that cannot go on. */
  private attend(): void {
    const { core } = this;
    if (core.get32('SEV_SENT') !== 0) {
      core.set32('SEV_SENT', 0);
      this.runtime.sendEvent();
      return;
    }
    this.call(callKinds.attend);
  }

  /** The PMU counts in this thread, so its interrupt is noticed here. */
  private watchPmu(): void {
    const { core } = this;
    if (core.get32('PMU_ACTIVE') === 0 || core.get64('PMINTENSET_EL1') === 0n) return;
    const line = this.runtime.pmuInterrupt(core.pointer);
    if (line !== this.pmuLine) this.call(callKinds.attend);
    this.pmuLine = line;
  }
}
