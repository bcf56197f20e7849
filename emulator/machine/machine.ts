import { assert, InternalError } from '../base/assert.ts';
import { encodeUtf8 } from '../base/utf8.ts';
import type { WasmMemory } from '../base/wasm.ts';
import { virt } from '../boards/virt.ts';
import type { AddressRange, Board } from '../boards/board.ts';
import type { DeviceState, Line } from '../devices/device.ts';
import { ColdEngine } from '../exec/cold/engine.ts';
import { HotEngine } from '../exec/hot/engine.ts';
import { defaultTuning } from '../exec/tuning.ts';
import { offsetOf } from '../state/layout.ts';
import { leaveReasons, memoryMap } from '../state/memory-map.ts';
import { planBoot, type BootPlan } from './boot/plan.ts';
import { Bus, type AccessSize } from './bus.ts';
import { ConsoleScript } from './console-script.ts';
import { Core } from './core.ts';
import { idRegisters, physicalAddressBits } from './cpu-models.ts';
import { buildDevices, type Devices } from './devices.ts';
import { EmulatorProfiler } from './emulator-profile.ts';
import { EventQueue } from './events.ts';
import { GicRegisters } from './gic-registers.ts';
import { InputLog } from './input-log.ts';
import { createRom, PhysicalMemory, type RomBank } from './physical-memory.ts';
import { psciCall } from './psci.ts';
import { createMemory, createRuntime, type Runtime } from './runtime.ts';
import { SelfHostedDebug } from './self-hosted-debug.ts';
import { restoreSnapshot, takeSnapshot, type MachineSnapshot, type SnapshotParts } from './snapshot.ts';
import { stateHash } from './state-hash.ts';
import { Stepper } from './stepper.ts';
import { GenericTimers } from './timers.ts';
import type { MachineConfig, MachineHost, Outcome, RunResult, Script } from './types.ts';

/** What a machine tells while it runs. Called from within `runFor`. */
export interface MachineListener {
  onConsole(bytes: Uint8Array): void;
  onDriveWrite(name: string, sector: number, count: number): void;
}

/** Virtual ns that a slice lasts when several cores run, and when one does. */
const QUANTUM_NS = 20_000;
const LONG_SLICE_NS = 1_000_000;
/** What WFE waits at most: the pace of an event stream. */
const WFE_NS = 50_000;
/** Virtual ns that a read of the counter costs, so that loops which only poll it end soon. */
const COUNTER_READ_NS = 100;

const BOUNCE = offsetOf('BOUNCE');
/** How long the power key is held, in virtual ns. */
const KEY_PRESS_NS = 100_000_000;

/**
 * A whole machine: cores, memory, devices and virtual time. It runs when told, in the thread of the caller, and is deterministic: what it
 * does depends on its configuration, its script and the input it is given at virtual times.
 */
export class Machine {
  protected readonly config: MachineConfig;
  private readonly board: Board = virt;
  protected readonly host: MachineHost;
  private readonly listener: MachineListener;
  protected readonly runtime: Runtime;
  protected readonly memory: WasmMemory;
  private readonly makeEngine: () => ColdEngine;
  private madeEngine: ColdEngine | undefined;
  private hot: HotEngine | undefined;
  protected readonly cores: readonly Core[];
  protected readonly timers: readonly GenericTimers[];
  protected readonly pmuLines: readonly Line[];
  protected readonly deadlines: number[];
  private readonly wakeNs: number[];
  protected readonly ram: PhysicalMemory;
  private readonly flash: RomBank[] = [];
  private readonly bus = new Bus();
  private readonly devices: Devices;
  protected readonly events: EventQueue;
  protected readonly plan: BootPlan;
  protected readonly script: ConsoleScript;
  protected readonly timeoutNs: number;
  private readonly gicRegisters: GicRegisters;
  private readonly debug: SelfHostedDebug;
  protected readonly input: InputLog;
  private output: number[] = [];
  /** Virtual time that every core has reached. */
  protected timeNs = 0;
  /** End of the slice that runs now; only ever made earlier. */
  private limitNs = 0;
  protected running: Core | undefined;
  /** Where a device was read last. */
  private lastRead: number | undefined;
  protected ended: Outcome | undefined;
  protected pendingReset = false;
  protected pendingPowerOff = false;
  protected error: RunResult['error'];
  protected readonly exits: Record<string, number> = { budget: 0, device: 0, wait: 0, host: 0, step: 0 };
  private readonly turns = { slices: 0, runs: 0, idleSkips: 0, idleNs: 0 };
  private readonly profiler: EmulatorProfiler | undefined;

  /** `runtimeModule`: the bytes of emulator/runtime/dist/runtime.wasm. Throws a UserError for images that cannot be booted. */
  constructor(config: MachineConfig, script: Script, runtimeModule: Uint8Array, host: MachineHost, listener: MachineListener) {
    this.config = config;
    this.host = host;
    this.listener = listener;
    this.script = new ConsoleScript(script);
    this.timeoutNs = script.timeoutNs ?? Infinity;
    this.plan = planBoot(config, this.board);
    // Budgets count instructions and are read as ns.
    assert(this.board.clockHz === 1_000_000_000, `${this.board.name} declares a clock other than one instruction a nanosecond`);
    const memory = createMemory();
    this.memory = memory;
    const runtime = createRuntime(memory, runtimeModule, {
      deviceRead: (cpu, high, low, size) => this.deviceAccess(cpu, high, low, size, false),
      deviceWrite: (cpu, high, low, size) => this.deviceAccess(cpu, high, low, size, true),
      dropRegions: (page, first, last) => this.hot?.dropRegions(page, first, last),
      hostNs: () => host.threads?.monotonicNs() ?? 0,
    });
    this.runtime = runtime;
    if (config.profile) this.profiler = new EmulatorProfiler(host, memory);
    runtime.initializeMemory(
      config.cpus,
      BigInt(this.board.counterHz),
      physicalAddressBits(config.cpu),
      config.counterReadNs ?? COUNTER_READ_NS,
      config.tuning?.codePages ?? defaultTuning.codePages,
    );
    runtime.initializeTlb();
    this.ram = new PhysicalMemory(memory.buffer, runtime, this.board.ramBase, config.memory);
    this.cores = Array.from({ length: config.cpus }, (_, index) => new Core(memory.buffer, index));
    this.wakeNs = this.cores.map(() => 0);
    this.deadlines = this.cores.map(() => Infinity);
    this.events = new EventQueue(() => this.nowNs);
    this.devices = buildDevices(this.board, config, this.bus, {
      clock: this.events,
      dma: this.ram,
      currentCore: () => this.running?.index ?? 0,
      flashBank: (range) => this.flashBank(memory.buffer, range),
      forFirmware: this.plan.forFirmware,
      interruptInput: (core, input) => this.interruptInput(core, input),
      onConsole: (byte) => this.onConsole(byte),
      onDriveWrite: (name, sector, count) => listener.onDriveWrite(name, sector, count),
    });
    this.timers = this.cores.map(
      (core) =>
        new GenericTimers(core, this.board.counterHz, {
          virtual: this.devices.ppi(core.index, this.board.ppis.virtualTimer),
          physical: this.devices.ppi(core.index, this.board.ppis.physicalTimer),
        }),
    );
    this.pmuLines = this.cores.map((core) => this.devices.ppi(core.index, this.board.ppis.pmu));
    this.gicRegisters = new GicRegisters(this.devices.gic3);
    this.debug = new SelfHostedDebug(runtime, this.ram, (core) => this.runAlone(core));
    this.input = new InputLog(script.replay ?? [], {
      type: (bytes) => this.devices.console.receive(bytes),
      pressPowerKey: () => this.holdPowerKey(),
    });
    const imports = {
      ...runtime,
      sysRead: (cpu: number, register: number, pc: bigint) => this.readGic(cpu, register, pc),
      sysWrite: (cpu: number, register: number, pc: bigint) => this.writeGic(cpu, register, pc),
      hypercall: (cpu: number, call: number, pc: bigint) => this.hypercall(cpu, call, pc),
      debugTrap: (cpu: number, _immediate: number, pc: bigint) => this.undefinedInstruction(cpu, pc),
    };
    const now = (): number => host.nowMs();
    const counters = this.profiler?.counters;
    this.makeEngine = () => {
      if (config.exec === 'cold') return new ColdEngine(memory, imports, now, counters);
      const translator = config.exec === 'auto' ? host.startTranslator?.(memory.buffer) : undefined;
      return (this.hot = new HotEngine(memory, imports, now, config.exec, config.tuning, counters, translator));
    };
    this.reset();
  }

  /** Made when the first instruction is about to run: where cores have threads of their own, never. */
  private get engine(): ColdEngine {
    return (this.madeEngine ??= this.makeEngine());
  }

  // --- what the machine is told ----------------------------------------------------------------------------------------------------

  /** Console input from outside: enters at the end of the running slice, and into the log. */
  type(bytes: Uint8Array): void {
    this.input.add({ bytes });
  }

  /** Presses and releases the board's power key. */
  pressPowerKey(): void {
    this.input.add({ bytes: new Uint8Array(), key: 'power' });
  }

  /** Stops with an outcome that only the outside knows (`wall`). */
  end(outcome: Outcome): void {
    this.ended ??= outcome;
  }

  /** Power-on state of cores and devices, images back in place. RAM elsewhere keeps its contents, as on a board. */
  reset(): void {
    this.events.clear();
    this.devices.reset();
    for (const { address, bytes, size } of this.plan.pieces) {
      this.ram.write(address, bytes);
      this.ram.clear(address + bytes.length, size - bytes.length);
    }
    const ids = idRegisters(this.config.cpu, this.config.gic === 3, this.config.el);
    for (const core of this.cores) {
      core.reset(ids, 0x8000_0000n | BigInt(core.index), this.board.counterHz);
      core.poweredOff = core.index > 0 && this.plan.psci !== undefined;
      core.irqLines = 0;
      core.pc = BigInt(this.plan.entry);
    }
    const [boot] = this.cores as [Core];
    this.plan.registers.forEach((value, n) => boot.setX(n, BigInt(value)));
    for (const core of this.cores) {
      this.runtime.tlbiAll(core.pointer, 0);
      this.runtime.levelChanged(core.pointer);
    }
  }

  // --- what it tells -------------------------------------------------------------------------------------------------------------

  /** Virtual time now, in ns. */
  get nowNs(): number {
    return this.running ? Number(this.runtime.now(this.running.pointer)) : this.timeNs;
  }

  get instructions(): number {
    return this.cores.reduce((sum, core) => sum + Number(this.runtime.instructions(core.pointer)), 0);
  }

  get outcome(): Outcome | undefined {
    return this.ended;
  }

  /** SHA-256 over all that a guest can see. */
  stateHash(): string {
    return stateHash(this.host.sha256(), this.cores, this.ram, [
      ...this.devices.save(),
      ...this.flash.map((bank, n): [string, DeviceState] => [`flash${n} contents`, { bytes: bank.trimmed() }]),
      ['time', { ns: this.timeNs }],
    ]);
  }

  private get parts(): SnapshotParts {
    return { cores: this.cores, ram: this.ram, flash: this.flash, devices: this.devices };
  }

  /** All that the guest can see, now. Between calls of `runFor`. Drives and the console's script are not part of it. */
  save(): MachineSnapshot {
    return takeSnapshot(this.parts, this.timeNs);
  }

  /** Goes on from a snapshot of a machine with the same configuration. */
  restore(snapshot: MachineSnapshot): void {
    this.events.clear();
    this.timeNs = snapshot.timeNs;
    this.wakeNs.fill(0);
    for (const core of this.cores) core.irqLines = 0;
    restoreSnapshot(this.parts, snapshot);
    for (const core of this.cores) {
      this.runtime.tlbiAll(core.pointer, 0);
      this.runtime.pmuChanged(core.pointer);
      this.runtime.levelChanged(core.pointer);
    }
  }

  /** The figures of the run so far; ends it. */
  result(wallMs: number): RunResult {
    const { firstInstructionMs, instructions } = this;
    const hot = this.cores.reduce((sum, core) => sum + Number(core.get64('HOT_INSTRUCTIONS')), 0);
    const profile = this.profiler?.report({
      ...{ cores: this.cores, instructions, hotInstructions: hot, costs: this.engine.costs },
      machine: { ...this.turns, ...this.exits },
      variants: this.engine.variants,
    });
    return {
      outcome: this.ended ?? 'wall',
      virtualNs: this.timeNs,
      instructions,
      wallMs,
      ...(firstInstructionMs === undefined ? {} : { firstInstructionMs }),
      stateHash: this.stateHash(),
      matched: this.script.matched,
      input: this.input.records,
      exits: { ...this.exits },
      ...(this.error ? { error: this.error } : {}),
      tiers: { cold: instructions - hot, hot, ...this.compileCosts },
      ...(profile ? { profile } : {}),
    };
  }

  /** The host's time at which the first instruction was about to be executed. */
  protected get firstInstructionMs(): number | undefined {
    return this.madeEngine?.firstInstructionMs;
  }

  protected get compileCosts(): { compileMs: number; modules: number } {
    const { compileMs, modules } = this.engine.costs;
    return { compileMs, modules };
  }

  /** Nothing runs until the next `runFor`. */
  pause(): void {}

  /** Gives threads back. The machine is not used any more. */
  dispose(): void {}

  // --- running -----------------------------------------------------------------------------------------------------------------

  /**
   * Runs for about `hostMs` of host time. Answers `busy` when there is more to do at once, `idle` when all cores wait and no event is due
   * (only input can go on), `paced` when virtual time has reached `untilNs`, or `idleUntilNs` with all cores waiting, `ended` when the run
   * is over.
   */
  runFor(hostMs: number, untilNs = Infinity, idleUntilNs = Infinity): 'busy' | 'idle' | 'paced' | 'ended' {
    const end = this.host.nowMs() + hostMs;
    let state: 'busy' | 'idle' | 'paced' | 'ended' = 'busy';
    try {
      while (state === 'busy') {
        state = this.slice(untilNs, idleUntilNs);
        if (this.host.nowMs() >= end) break;
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
        return Math.min(this.updateTimers(core, ns), this.events.nextNs);
      },
      deadlineNs: () => this.deadlines[core.index] as number,
      runAlone: () => {
        this.lastRead = undefined;
        this.running = core;
        if (core.get32('STEPPING') !== 0) this.debug.step(core);
        else this.runAlone(core);
        this.running = undefined;
        return this.lastRead;
      },
    });
  }

  protected fail(error: unknown): void {
    this.ended = 'internal';
    const core = this.running ?? this.cores[0];
    const message = error instanceof Error ? error.message : String(error);
    const detail = [core?.describe(), error instanceof Error ? error.stack : ''].join('\n');
    this.error = { message, detail };
    this.running = undefined;
  }

  /** Drives the lines of a core's timers and PMU; answers when to look again. */
  protected updateTimers(core: Core, nowNs: number): number {
    const timers = this.timers[core.index] as GenericTimers;
    timers.update(nowNs);
    let deadline = timers.deadlineNs;
    if (core.get32('PMU_ACTIVE') !== 0 || core.get64('PMOVSSET_EL0') !== 0n) {
      (this.pmuLines[core.index] as Line).set(this.runtime.pmuInterrupt(core.pointer) !== 0);
      const left = this.runtime.pmuDeadline(core.pointer);
      if (left < 1n << 50n) deadline = Math.min(deadline, core.nowNs + Math.max(1, Number(left)));
    } else (this.pmuLines[core.index] as Line).set(false);
    this.deadlines[core.index] = deadline;
    return deadline;
  }

  private canRun(core: Core): boolean {
    return !core.poweredOff && core.waiting === 0;
  }

  private slice(untilNs: number, idleUntilNs: number): 'busy' | 'idle' | 'paced' | 'ended' {
    this.input.enter(this.timeNs);
    this.events.runDue(this.timeNs);
    let next = Math.min(this.events.nextNs, this.timeoutNs, this.input.nextNs);
    for (const core of this.cores) next = Math.min(next, this.updateTimers(core, this.timeNs));
    if (this.timeNs >= this.timeoutNs) this.ended ??= 'timeout';
    if (this.ended) return 'ended';
    if (this.timeNs >= untilNs) return 'paced';
    let runnable = 0;
    let inWfe = 0;
    for (const core of this.cores) {
      if (core.waiting === 2) inWfe++;
      if (this.canRun(core)) runnable++;
    }
    if (runnable === 0 && this.timeNs >= idleUntilNs) return 'paced';
    if (runnable === 0 && inWfe === 0) {
      if (next === Infinity) return 'idle';
      const wakeNs = Math.floor(Math.min(next, untilNs, idleUntilNs));
      this.turns.idleSkips++;
      this.turns.idleNs += wakeNs - this.timeNs;
      this.timeNs = wakeNs;
      return 'busy';
    }
    this.turns.slices++;
    const long = runnable === 0 ? WFE_NS : runnable > 1 ? QUANTUM_NS : inWfe > 0 ? WFE_NS : LONG_SLICE_NS;
    // Pacing ends no slice: the guest can tell where one ends (whose turn it is, when WFE goes on), and host time must not show.
    this.limitNs = Math.min(next, this.timeNs + long);
    if (runnable > 0) {
      for (let core = this.pick(); core && !this.stopping; core = this.pick()) this.runCore(core);
    }
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

  /** When a core that can run would go on. */
  private startOf(core: Core): number {
    return Math.max(core.nowNs, this.timeNs, this.wakeNs[core.index] as number);
  }

  /** Of the cores that can run in this slice the one that is furthest behind. */
  private pick(): Core | undefined {
    let best: Core | undefined;
    for (const core of this.cores) {
      if (!this.canRun(core) || this.startOf(core) >= this.limitNs) continue;
      if (!best || this.startOf(core) < this.startOf(best)) best = core;
    }
    return best;
  }

  private runCore(core: Core): void {
    const start = this.startOf(core);
    if (start > core.nowNs) core.idle(start - core.nowNs);
    core.setLimit(this.limitNs, start);
    this.running = core;
    let limit = this.limitNs;
    while (!this.stopping) {
      this.turns.runs++;
      const reason = this.engine.run(core.pointer);
      core.settle();
      switch (reason) {
        case leaveReasons.BUDGET:
          this.exits.budget++;
          break;
        case leaveReasons.DEVICE:
          this.exits.device++;
          this.runAlone(core);
          break;
        case leaveReasons.WAIT:
          this.exits.wait++;
          break;
        case leaveReasons.HOST:
          this.exits.host++;
          this.attend(core);
          break;
        case leaveReasons.STEP:
          this.exits.step++;
          this.debug.step(core);
          break;
        default:
          throw new InternalError(`generated code left for reason ${reason}`);
      }
      if (!this.canRun(core)) break;
      if (this.events.nextNs < this.limitNs) this.limitNs = this.events.nextNs;
      const deadlineNs = this.deadlines[core.index] as number;
      if (deadlineNs < this.limitNs) this.limitNs = deadlineNs;
      const now = core.nowNs;
      if (now >= this.limitNs) break;
      if (this.limitNs < limit) {
        limit = this.limitNs;
        core.setLimit(limit, now);
      }
    }
    if (this.stopping) this.limitNs = core.nowNs;
    this.running = undefined;
  }

  /** Runs the instruction at PC by itself, with devices in reach. */
  private runAlone(core: Core): void {
    const { pc } = core;
    const record = this.runtime.fetchRecord(core.pointer, pc) >>> 0;
    if (record === 0) return;
    core.set32('DEVICE_ALLOWED', 1);
    const result = this.engine.runOne(core.pointer, record, pc);
    core.set32('DEVICE_ALLOWED', 0);
    if (result === leaveReasons.RESYNC) return;
    assert(result !== leaveReasons.DEVICE, 'an access to a device left although it was allowed');
    if (result === 0) core.pc = BigInt.asUintN(64, pc + 4n);
    core.retire();
    if (result === leaveReasons.HOST) this.attend(core);
  }

  /** A core left because the machine must look: timers, SEV, a guest that cannot go on. */
  private attend(core: Core): void {
    if (core.get32('SEV_SENT') !== 0) {
      core.set32('SEV_SENT', 0);
      for (const other of this.cores) {
        other.set32('EVENT', 1);
        if (other.waiting === 2) this.wake(other);
      }
    }
    if (core.get32('SAME_FAULTS') >= 64) this.guestFault(core);
    this.updateTimers(core, core.nowNs);
    if (this.pendingPowerOff) this.ended ??= 'poweroff';
  }

  protected guestFault(core: Core): void {
    this.ended = 'guest-fault';
    const hex = (field: string): string => `0x${core.get64(field).toString(16)}`;
    const message =
      `the guest faulted at PC ${hex('CAUSE_ELR')} (ESR ${hex('CAUSE_ESR')}, FAR ${hex('CAUSE_FAR')}), ` +
      `and then in its own exception vectors for ever (PC ${hex('LAST_ELR')}, ESR ${hex('LAST_ESR')}, VBAR_EL1 ${hex('VBAR_EL1')})`;
    this.error = { message, detail: core.describe() };
  }

  protected wake(core: Core): void {
    if (core.waiting === 0 && !core.poweredOff) return;
    core.waiting = 0;
    const now = this.nowNs;
    this.wakeNs[core.index] = now;
    // The other core shall not wait for the end of a long slice.
    if (this.running && this.running !== core) this.limitNs = Math.min(this.limitNs, now + QUANTUM_NS);
  }

  // --- what cores reach ----------------------------------------------------------------------------------------------------------

  private interruptInput(index: number, input: 'irq' | 'fiq'): Line {
    const bit = input === 'irq' ? 2 : 1;
    return {
      set: (level) => {
        const core = this.cores[index] as Core;
        core.irqLines = level ? core.irqLines | bit : core.irqLines & ~bit;
        if (level) this.lineRaised(core);
      },
    };
  }

  protected lineRaised(core: Core): void {
    if (core.waiting !== 0) this.wake(core);
  }

  /** A device changed what is behind physical addresses. */
  protected remapped(): void {
    for (const core of this.cores) this.runtime.tlbiAll(core.pointer, 0);
  }

  private flashBank(buffer: SharedArrayBuffer, range: AddressRange): RomBank {
    const bank = createRom(buffer, this.runtime, range.base, range.size, () => this.remapped());
    if (this.flash.length === 0 && this.plan.flash) {
      bank.bytes.set(this.plan.flash);
      bank.changed(0, this.plan.flash.length);
    }
    this.flash.push(bank);
    return bank;
  }

  private coreAt(pointer: number): Core {
    return this.cores[(pointer - memoryMap.CORE_BASE) / memoryMap.CORE_STRIDE] as Core;
  }

  protected deviceAccess(pointer: number, high: number, low: number, size: number, isWrite: boolean): number {
    const core = this.coreAt(pointer);
    const pa = (high >>> 0) * 2 ** 32 + (low >>> 0);
    this.profiler?.deviceAccess(this.bus, pa, isWrite);
    if (isWrite) return this.bus.write(pa, size as AccessSize, core.view.getBigUint64(BOUNCE, true)) ? 1 : 0;
    const value = this.bus.read(pa, size as AccessSize);
    if (value === undefined) return 0;
    this.lastRead = pa;
    core.view.setBigUint64(BOUNCE, value, true);
    return 1;
  }

  private undefinedInstruction(pointer: number, pc: bigint): number {
    this.runtime.raise(pointer, 0, 0, pc);
    return leaveReasons.RESYNC;
  }

  protected readGic(pointer: number, encoding: number, pc: bigint): number {
    return this.gicRegisters.read(this.coreAt(pointer), encoding) ? 0 : this.undefinedInstruction(pointer, pc);
  }

  protected writeGic(pointer: number, encoding: number, pc: bigint): number {
    const limit = this.limitNs;
    if (!this.gicRegisters.write(this.coreAt(pointer), encoding)) return this.undefinedInstruction(pointer, pc);
    // Where another core was woken, the slice ends earlier.
    return this.limitNs === limit ? leaveReasons.CHECKPOINT : leaveReasons.HOST;
  }

  /** HVC and SMC: PSCI where this is its conduit, else UNDEFINED, for there is no level that would take them. */
  protected hypercall(pointer: number, call: number, pc: bigint): number {
    const core = this.coreAt(pointer);
    const conduit = (call & 0x10000) !== 0 ? 'hvc' : 'smc';
    if (core.get32('EL') === 0 || conduit !== this.plan.psci) return this.undefinedInstruction(pointer, pc);
    psciCall(
      {
        cores: this.cores,
        affinityOf: (index) => index,
        powerOn: (target, entry, context) => this.powerOn(target, entry, context),
        powerOff: () => (this.pendingPowerOff = true),
        reset: () => (this.config.noReboot ? (this.pendingPowerOff = true) : (this.pendingReset = true)),
      },
      core,
    );
    return leaveReasons.HOST;
  }

  protected powerOn(core: Core, entry: bigint, context: bigint): void {
    core.reset(
      idRegisters(this.config.cpu, this.config.gic === 3, this.config.el),
      0x8000_0000n | BigInt(core.index),
      this.board.counterHz,
    );
    core.pc = entry;
    core.setX(0, context);
    this.runtime.levelChanged(core.pointer);
    core.poweredOff = true;
    this.wake(core);
    core.poweredOff = false;
  }

  // --- console ---------------------------------------------------------------------------------------------------------------------

  private onConsole(byte: number): void {
    this.output.push(byte);
    const { type, verdict } = this.script.take(byte);
    // As from outside, so that a replay of the log, which has no script, ends the same slices.
    if (type !== undefined) this.type(encodeUtf8(type));
    if (verdict) this.ended ??= verdict;
  }

  private holdPowerKey(): void {
    const { pin } = this.board.powerKey;
    this.devices.gpio?.setInput(pin, true);
    this.events.at(this.timeNs + KEY_PRESS_NS, () => this.devices.gpio?.setInput(pin, false));
  }

  protected flushOutput(): void {
    if (this.output.length === 0) return;
    this.listener.onConsole(Uint8Array.from(this.output));
    this.output = [];
  }
}
