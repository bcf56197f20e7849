import { cellActs, type CellAct, type CellState } from '../base/cell-acts.ts';
import type { DeviceState } from '../devices/device.ts';
import { GenericTimers } from '../devices/generic-timer/generic-timer.ts';
import { Cell, type CellImage, type CellParts } from './cell.ts';
import type { CostModel } from './config.ts';
import type { Entry, Services } from './entry.ts';
import type { Processor } from './processor.ts';
import { hypervisorTime } from './schedule/hypervisor-time.ts';
import { cellResult, coreTimes, MAINTENANCE, type CellResult, type CoreTimes } from './accounts.ts';
import { nobody, Scheduler, type SchedulerState } from './schedule/scheduler.ts';
import { causes, WakeUps, type IdleReport } from './wake-ups.ts';
import { VTCR, vttbr, type TableMemory } from './stage2.ts';
import { traps } from './traps/index.ts';
import { resetInterface, type VirtualCpu } from './virtual-cpu.ts';

/** What the hypervisor is built of and on. */
export interface Board {
  readonly processors: readonly Processor[];
  readonly cells: readonly CellParts[];
  readonly costs: CostModel;
  readonly tables: TableMemory;
  /** A core's state as a reset leaves it at EL1 (see Processor.state). */
  readonly resetState: Uint8Array;
  readonly counterHz: number;
  readonly ppis: { readonly virtualTimer: number; readonly physicalTimer: number };
  nowNs(): number;
  /** All translations that cores remember are forgotten. */
  flushTlbs(): void;
  /** A guest resets its board: it ends then, or begins anew. */
  readonly rebootEnds: boolean;
  /** For whoever watches: a virtual CPU of that cell has nothing to do any more. */
  readonly onWait?: ((cell: string) => void) | undefined;
}

/** What one core of the board does. */
interface CoreState {
  readonly processor: Processor;
  /** Who runs, and whose registers are in the core: they may stay there while nobody runs. */
  current: VirtualCpu | undefined;
  loaded: VirtualCpu | undefined;
  /** Who runs must be chosen anew, at once or at a time. */
  mustChoose: boolean;
  untilNs: number;
  timersNs: number;
}

/**
 * HCR_EL2 while a guest runs: stage 2; interrupts are EL2's, and virtual ones its own; WFI, WFE, ID registers and SMC are trapped; EL1 is
 * AArch64.
 */
const HCR = (1n << 0n) | (7n << 3n) | (3n << 13n) | (1n << 18n) | (1n << 19n) | (1n << 31n);
/** CNTHCTL_EL2: the guest reads the physical counter, and has the physical timer as well. */
const CNTHCTL = 3n;
/** CPTR_EL2: RES1, nothing trapped. */
const CPTR = 0x33ffn;
const MiB = 2 ** 20;
const EC_UNKNOWN = 0;
const EC_INSTRUCTION_ABORT = 0x20;
const EC_DATA_ABORT = 0x24;
const EXTERNAL_ABORT = 0x10;
const WNR = 1 << 6;
/** MPIDR_EL1: RES1. */
const MPIDR = 0x8000_0000n;

const handlers = new Map(traps.map((trap) => [trap.ec, trap.handle]));

/**
 * The hypervisor: what stands at EL2 of every core. Its code is the host's, and takes the virtual time that the board declares for it. Guests
 * run under the architecture's own stage 2, traps, list registers and timers.
 */
export class Hypervisor implements Services {
  readonly cells: readonly Cell[];
  readonly costs: CostModel;
  private readonly board: Board;
  private readonly cores: readonly CoreState[];
  private readonly timers = new Map<VirtualCpu, GenericTimers>();
  /** By their numbers. */
  private readonly cpus: readonly VirtualCpu[];
  private readonly scheduler: Scheduler;
  /** Cells whose budget is used up and that shall end then. */
  private readonly overrun: Cell[] = [];
  private readonly wakeUps = new WakeUps();

  constructor(board: Board) {
    this.board = board;
    this.costs = board.costs;
    let cpus = 0;
    this.cells = board.cells.map((parts, n) => {
      const cell = new Cell(parts, n + 1, cpus, board.processors, board.tables);
      cpus += cell.cpus.length;
      return cell;
    });
    this.cpus = this.cells.flatMap((cell) => cell.cpus);
    this.cores = board.processors.map((processor) => ({
      ...{ processor, current: undefined, loaded: undefined, mustChoose: true, untilNs: Infinity, timersNs: Infinity },
    }));
    const { sectionNs } = hypervisorTime(board.costs);
    this.scheduler = new Scheduler({
      cores: this.cores.length,
      vcpus: this.cells.flatMap((cell) =>
        cell.cpus.map(({ processor: { index: core } }) => ({
          ...cell.parts.config.schedule,
          ...{ cell: cell.number - 1, core, leastNs: sectionNs },
        })),
      ),
      onStop: (cell) => this.overrun.push(this.cells[cell] as Cell),
    });
    for (const cell of this.cells) {
      for (const cpu of cell.cpus) {
        const { gic } = cell.parts;
        const lines = {
          virtual: gic.ppi(cpu.index, board.ppis.virtualTimer),
          physical: gic.ppi(cpu.index, board.ppis.physicalTimer),
        };
        this.timers.set(cpu, new GenericTimers(cpu, board.counterHz, lines));
      }
    }
  }

  private coreOf(cpu: VirtualCpu): CoreState {
    return this.cores[cpu.processor.index] as CoreState;
  }

  private cellOf(cpu: VirtualCpu): Cell {
    return cpu.cell as Cell;
  }

  /** Whether every cell has ended. */
  get isOver(): boolean {
    return this.cells.every(({ state }) => state === 'off' || state === 'failed');
  }

  get hasFailed(): boolean {
    return this.cells.some(({ state }) => state === 'failed');
  }

  /** What became of each cell. */
  results(): CellResult[] {
    return this.cells.map((cell) => cellResult(cell, this.scheduler, (cpu) => this.timeOf(cpu)));
  }

  /** How the cores sleep, and what wakes them. Looking changes nothing. */
  idle(): IdleReport {
    const cores = this.cores.map(({ processor }) => this.scheduler.coreAccount(processor.index, this.board.nowNs()));
    return { cores, wakeUps: this.wakeUps.list(), next: this.nextWakeUp() };
  }

  private nextWakeUp(): IdleReport['next'] {
    const due = this.cells.flatMap((cell) => {
      const wakeUp = (atNs: number, cause: string, cpu = 0) => ({ atNs, cell: cell.name, cpu, cause });
      if (!cell.isRunning) return [wakeUp(cell.beginNs, causes.start)];
      const cpus = cell.cpus.filter(({ poweredOff }) => !poweredOff);
      return [
        wakeUp(cell.parts.nextEventNs(), causes.device),
        ...cpus.flatMap((cpu) => [
          wakeUp((this.timers.get(cpu) as GenericTimers).deadlineNs, causes.timer, cpu.index),
          wakeUp(cpu.wakeNs, causes.wait, cpu.index),
          // Ready, and not on a core: it has used up its budget.
          wakeUp(cpu.isReady ? this.coreOf(cpu).untilNs : Infinity, causes.budget, cpu.index),
        ]),
      ];
    });
    const next = due.reduce((first, other) => (other.atNs < first.atNs ? other : first));
    return next.atNs === Infinity ? undefined : next;
  }

  /** The cell that has a core. */
  cellOn(core: number): string | undefined {
    const { current } = this.cores[core] as CoreState;
    return current && this.cellOf(current).name;
  }

  /** Where the time of the core went that runs a cell (its first virtual CPU), as of a virtual time. */
  timesOf(name: string, atNs: number): CoreTimes {
    return coreTimes(this.cells, this.scheduler, name, atNs);
  }

  /** Now, as seen from a virtual CPU's core: it may be ahead of others, or behind while it is idle. */
  private timeOf({ processor }: VirtualCpu): number {
    return Math.max(this.board.nowNs(), processor.nowNs);
  }

  // --- life of cells ---------------------------------------------------------------------------------------------------------------------

  /** All cells as at power-on of the board. */
  start(nowNs: number): void {
    for (const cell of this.cells) {
      cell.restarts = 0;
      cell.image = cell.parts.image;
      cell.beginNs = Infinity;
      this.powerOn(cell, nowNs);
    }
  }

  private powerOn(cell: Cell, nowNs: number): void {
    this.unload(cell);
    cell.parts.powerOn(cell.image);
    this.board.flushTlbs();
    cell.state = 'running';
    cell.beginNs = Infinity;
    for (const cpu of cell.cpus) this.scheduler.release(cpu.number, this.timeOf(cpu));
    cell.failure = undefined;
    const boot = cell.cpus[0] as VirtualCpu;
    const { entry, registers } = cell.image;
    this.begin(cell, boot, BigInt(entry), registers.map(BigInt), nowNs);
    for (const cpu of cell.cpus) this.readinessChanged(cpu);
  }

  /** Its virtual CPUs run nowhere, and what they held is lost. */
  private unload(cell: Cell): void {
    for (const cpu of cell.cpus) {
      this.forget(cpu);
      cpu.poweredOff = true;
      cpu.interrupts.clear();
    }
  }

  /** What a core still has of a virtual CPU is lost. */
  private forget(cpu: VirtualCpu): void {
    const core = this.coreOf(cpu);
    if (core.loaded === cpu) core.loaded = undefined;
    if (core.current === cpu) core.current = undefined;
    cpu.isLoaded = false;
    core.mustChoose = true;
  }

  /** A virtual CPU as a reset leaves it, at an address. */
  private begin(cell: Cell, cpu: VirtualCpu, entry: bigint, registers: readonly bigint[], nowNs: number): void {
    const { context } = cpu;
    context.save(this.board.resetState);
    context.set64('PC', entry);
    registers.forEach((value, n) => context.set64('X', value, n));
    context.set64('HCR_EL2', HCR);
    context.set64('CPTR_EL2', CPTR);
    context.set64('CNTHCTL_EL2', CNTHCTL);
    if (cpu.index === 0) cell.startNs = nowNs;
    context.set64('CNTVOFF_EL2', this.offsetOf(cell));
    context.set64('VTCR_EL2', VTCR);
    context.set64('VTTBR_EL2', vttbr(cell.stage2.root, cell.number));
    context.set64('VMPIDR_EL2', MPIDR | BigInt(cpu.index));
    cpu.interface = resetInterface;
    cpu.interrupts.clear();
    cpu.poweredOff = false;
    cpu.waiting = 0;
    cpu.wakeNs = Infinity;
    cpu.wokenBy = causes.start;
  }

  /** It runs no more, and begins anew where its policy says so. */
  private end(cell: Cell, state: 'off' | 'failed', failure?: string): void {
    const { restart } = cell.parts.config;
    this.halt(cell, state, failure);
    if (restart === 'always' || (restart === 'on-failure' && state === 'failed')) this.restart(cell);
  }

  private halt(cell: Cell, state: 'off' | 'failed', failure?: string): void {
    this.unload(cell);
    cell.state = state;
    cell.failure = failure;
    cell.beginNs = Infinity;
    cell.parts.halted();
    for (const cpu of cell.cpus) this.readinessChanged(cpu);
  }

  /** It begins anew as soon as its memory is cleared. */
  private restart(cell: Cell): void {
    const { failure } = cell;
    cell.restarts++;
    this.beginAnew(cell);
    cell.failure = failure;
  }

  /** Something else takes its place, in whatever state it is: with the same memory, devices and grants, and nothing left of what was there. */
  replace(cell: Cell, image: CellImage): void {
    cell.image = image;
    cell.restarts = 0;
    this.beginAnew(cell);
  }

  private beginAnew(cell: Cell): void {
    const boot = cell.cpus[0] as VirtualCpu;
    const nowNs = this.timeOf(boot);
    this.halt(cell, 'off');
    cell.state = 'restarting';
    cell.beginNs = nowNs + Math.ceil((cell.parts.config.memoryBytes / MiB) * this.costs.clearNsPerMiB);
    this.coreOf(boot).timersNs = Math.min(this.coreOf(boot).timersNs, cell.beginNs);
  }

  /** Somebody outside does that to it; nothing where its state does not allow it (see {@link cellActs}). */
  act(cell: Cell, act: CellAct): void {
    const from: readonly CellState[] = cellActs[act].from;
    if (!from.includes(cell.state)) return;
    switch (act) {
      case 'pause':
        return this.pause(cell);
      case 'resume':
        return this.resume(cell);
      case 'stop':
        return this.halt(cell, 'off');
      case 'start':
      case 'restart':
        return this.restart(cell);
    }
  }

  private pause(cell: Cell): void {
    cell.state = 'paused';
    cell.pausedNs = this.timeOf(cell.cpus[0] as VirtualCpu);
    for (const cpu of cell.cpus) this.readinessChanged(cpu);
  }

  private resume(cell: Cell): void {
    const pausedForNs = this.timeOf(cell.cpus[0] as VirtualCpu) - cell.pausedNs;
    cell.state = 'running';
    cell.startNs += pausedForNs;
    for (const cpu of cell.cpus) {
      cpu.wakeNs += pausedForNs;
      cpu.set64('CNTVOFF_EL2', this.offsetOf(cell));
      this.readinessChanged(cpu);
    }
  }

  /** CNTVOFF_EL2: time in a cell begins with the cell. */
  private offsetOf(cell: Cell): bigint {
    return (BigInt(cell.startNs) * BigInt(this.board.counterHz)) / 1_000_000_000n;
  }

  /** The guest on a core does nothing but fault. */
  fail(processor: Processor, why: string): void {
    const { current } = this.cores[processor.index] as CoreState;
    if (current) this.end(this.cellOf(current), 'failed', why);
  }

  // --- what handlers ask for -------------------------------------------------------------------------------------------------------------

  powerOff(cell: Cell): void {
    this.end(cell, 'off');
  }

  reset(cell: Cell): void {
    if (this.board.rebootEnds) this.halt(cell, 'off');
    else this.restart(cell);
  }

  startCpu(cell: Cell, cpu: VirtualCpu, entry: bigint, context: bigint): void {
    // Its registers may be in its core since it was powered off.
    this.forget(cpu);
    this.begin(cell, cpu, entry, [context], 0);
    this.readinessChanged(cpu);
  }

  readinessChanged(cpu: VirtualCpu): void {
    const { isReady, number, processor } = cpu;
    if (isReady === cpu.wasReady) return;
    cpu.wasReady = isReady;
    if (cpu.waiting !== 0 && !isReady) this.board.onWait?.(this.cellOf(cpu).name);
    const mustLook = isReady ? this.scheduler.wake(number, this.timeOf(cpu)) : this.scheduler.block(number, this.timeOf(cpu));
    if (!mustLook) {
      // Its budget, or a turn, may be the next to end.
      this.coreOf(cpu).mustChoose = true;
      return;
    }
    this.coreOf(cpu).mustChoose = true;
    processor.wake();
  }

  yield(cpu: VirtualCpu): void {
    this.scheduler.yield(cpu.number);
    this.coreOf(cpu).mustChoose = true;
  }

  /** What is pending for a virtual CPU may have changed: its distributor says so. */
  interruptsChanged(cellNumber: number, index: number): void {
    const cpu = this.cells[cellNumber - 1]?.cpus[index];
    if (!cpu) return;
    cpu.interrupts.isStale = true;
    if (cpu.waiting !== 0 && cpu.interrupts.areSignalled) this.wake(cpu);
    else if (cpu === this.coreOf(cpu).current) cpu.processor.wake();
  }

  private wake(cpu: VirtualCpu): void {
    const intid = cpu.interrupts.signalled;
    cpu.wokenBy = intid === undefined ? causes.wait : this.cellOf(cpu).parts.sourceOf(intid);
    cpu.waiting = 0;
    cpu.wakeNs = Infinity;
    this.readinessChanged(cpu);
  }

  // --- cores -----------------------------------------------------------------------------------------------------------------------------

  /** An exception was taken to EL2 of a core. */
  enter(processor: Processor): void {
    const core = this.cores[processor.index] as CoreState;
    const cpu = core.current as VirtualCpu;
    const cell = this.cellOf(cpu);
    const esr = Number(processor.get64('ESR_EL2'));
    const entry: Entry = { services: this, cell, cpu, processor, ec: esr >>> 26, iss: esr & 0x1ff_ffff };
    cell.countExit(entry.ec);
    this.scheduler.ran(processor.index, processor.nowNs);
    processor.charge(this.costs.enterNs);
    const verdict = handlers.get(entry.ec)?.(entry) ?? 'forbidden';
    processor.charge(this.costs.returnNs);
    this.scheduler.overhead(processor.index, processor.nowNs, cpu.number);
    // It may wait for a time.
    core.timersNs = Math.min(core.timersNs, cpu.wakeNs);
    // The cell may have ended, or begun anew.
    if (core.loaded !== cpu) return;
    processor.eret();
    if (verdict === 'inject') inject(entry);
    else if (verdict === 'forbidden')
      this.end(
        cell,
        'failed',
        `it cannot go on behind an exception of class 0x${entry.ec.toString(16)} at PC 0x${processor.get64('ELR_EL2').toString(16)}`,
      );
  }

  /** The guest wrote to its interrupt interface: whether a maintenance interrupt is due (MISR), so that it must be dispatched anew. */
  interfaceWritten(processor: Processor): boolean {
    const { current } = this.cores[processor.index] as CoreState;
    if (!current || processor.interrupts.maintenanceStatus === 0) return false;
    this.cellOf(current).countExit(MAINTENANCE);
    processor.charge(this.costs.enterNs + this.costs.returnNs);
    current.interrupts.isStale = true;
    return true;
  }

  /** Lets timers and devices of the core's guests do what is due. Answers when to look again. */
  update(processor: Processor, nowNs: number): number {
    const core = this.cores[processor.index] as CoreState;
    core.timersNs = Infinity;
    for (const cell of this.cells) {
      if (cell.state === 'restarting' && cell.cpus[0]?.processor === processor) {
        if (cell.beginNs <= nowNs) this.powerOn(cell, nowNs);
        else core.timersNs = Math.min(core.timersNs, cell.beginNs);
      }
      if (!cell.isRunning) continue;
      cell.parts.runDue(nowNs);
      core.timersNs = Math.min(core.timersNs, cell.parts.nextEventNs());
      for (const cpu of cell.cpus) {
        if (cpu.processor !== processor || cpu.poweredOff) continue;
        const timers = this.timers.get(cpu) as GenericTimers;
        timers.update(nowNs);
        if (cpu.waiting !== 0 && cpu.wakeNs <= nowNs) this.wake(cpu);
        core.timersNs = Math.min(core.timersNs, timers.deadlineNs, cpu.wakeNs);
      }
    }
    // A core where nobody runs is not asked by itself whether a budget is back.
    if (core.current === undefined && core.untilNs <= nowNs) processor.wake();
    // What is overdue is chosen as soon as the core can be asked: it may be ahead.
    return Math.min(core.timersNs, Math.max(core.untilNs, nowNs + 1, processor.nowNs + 1));
  }

  /** When a core must be looked at again, as of what was last said. */
  nextNs(processor: Processor): number {
    const { timersNs, untilNs } = this.cores[processor.index] as CoreState;
    return Math.min(timersNs, untilNs);
  }

  /** Puts the virtual CPU into the core that shall run now; false when there is none. `entered`: the way to EL2 and back is paid for. */
  dispatch(processor: Processor, entered: boolean): boolean {
    const core = this.cores[processor.index] as CoreState;
    let wayNs = entered ? 0 : this.costs.enterNs + this.costs.returnNs;
    const pay = (ns: number, payer: number): void => {
      this.scheduler.ran(processor.index, processor.nowNs);
      processor.charge(ns + wayNs);
      wayNs = 0;
      this.scheduler.overhead(processor.index, processor.nowNs, payer);
    };
    while (core.mustChoose || processor.nowNs >= core.untilNs) {
      core.mustChoose = false;
      const before = core.current?.number ?? nobody;
      this.scheduler.ran(processor.index, processor.nowNs);
      const next = this.scheduler.next(processor.index, processor.nowNs);
      this.endOverrun();
      core.current = this.cpus[next];
      if (core.current && before === nobody) this.noteWakeUp(core.current);
      if (core.current) core.current.wokenBy = undefined;
      if (next !== before && core.current) {
        const switches = core.loaded !== core.current;
        pay(this.costs.scheduleNs + (switches ? this.costs.switchNs : 0), this.scheduler.payer(before, next));
        if (switches) this.load(core, core.current);
      }
      core.untilNs = this.scheduler.until(processor.index, processor.nowNs);
      // The guest gets on, however small a budget is.
      if (!core.mustChoose) break;
    }
    const { current } = core;
    if (!current) {
      processor.sleep();
      return false;
    }
    if (current.interrupts.isStale) {
      current.interrupts.pull();
      const came = current.interrupts.push();
      if (came > 0) pay(this.costs.injectNs * came, current.number);
    }
    return true;
  }

  /** It gets a core that slept. What nobody woke was without a budget. */
  private noteWakeUp(cpu: VirtualCpu): void {
    this.wakeUps.note({ cell: this.cellOf(cpu).name, cpu: cpu.index, cause: cpu.wokenBy ?? causes.budget });
  }

  /** Ends cells whose policy says so, now that their budget is used up. */
  private endOverrun(): void {
    for (const cell of this.overrun.splice(0)) this.end(cell, 'failed', 'its budget was used up');
  }

  private load(core: CoreState, cpu: VirtualCpu): void {
    const { processor, loaded } = core;
    if (loaded) {
      loaded.interrupts.pull();
      loaded.unloadInterface();
      loaded.context.save(processor.state);
      // The monitor is the core's (CLREX).
      loaded.context.set32('EXCL_ARMED', 0);
      loaded.isLoaded = false;
    }
    core.loaded = cpu;
    cpu.isLoaded = true;
    processor.state.set(cpu.context.bytes);
    for (const name of ['WAITING', 'POWERED_OFF']) processor.set32(name, 0);
    cpu.loadInterface();
    processor.registersChanged();
    cpu.interrupts.isStale = true;
  }

  // --- snapshots -------------------------------------------------------------------------------------------------------------------------

  save(): [name: string, state: DeviceState][] {
    const cells = this.cells.map((cell): [string, DeviceState] => [`cell ${cell.name}`, cell.save()]);
    const cores = this.cores.map(({ current, loaded, mustChoose, untilNs }) => ({
      ...{ current: this.nameOf(current), loaded: this.nameOf(loaded), mustChoose },
      untilNs: untilNs === Infinity ? -1 : untilNs,
    }));
    return [...cells, ['hypervisor', { cores, scheduler: this.scheduler.save() as unknown as DeviceState }]];
  }

  private nameOf(cpu: VirtualCpu | undefined): string {
    return cpu ? `${this.cellOf(cpu).name} ${cpu.index}` : '';
  }

  restore(states: readonly [name: string, state: DeviceState][]): void {
    const byName = new Map(states);
    for (const cell of this.cells) {
      const saved = byName.get(`cell ${cell.name}`);
      if (saved) cell.restore(saved);
    }
    const own = byName.get('hypervisor');
    if (!own) return;
    this.scheduler.restore(own['scheduler'] as unknown as SchedulerState);
    const named = (name: unknown): VirtualCpu | undefined => this.cpus.find((cpu) => this.nameOf(cpu) === name);
    for (const [n, core] of this.cores.entries()) {
      const saved = (own['cores'] as DeviceState[])[n] as DeviceState;
      core.current = named(saved['current']);
      core.loaded = named(saved['loaded']);
      core.mustChoose = saved['mustChoose'] as boolean;
      core.untilNs = saved['untilNs'] === -1 ? Infinity : (saved['untilNs'] as number);
    }
  }
}

/** The guest takes what it would take where there is nothing behind an address, or no such register. */
function inject({ processor, ec, iss }: Entry): void {
  const isAbort = ec === EC_DATA_ABORT || ec === EC_INSTRUCTION_ABORT;
  if (!isAbort) return processor.raiseAtEl1(EC_UNKNOWN, 0);
  processor.raiseAtEl1(ec, EXTERNAL_ABORT | (iss & WNR), processor.get64('FAR_EL2'));
}
