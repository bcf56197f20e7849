import { assert } from '../../base/assert.ts';
import { columns, restoreColumns, row, saveColumns, type SavedColumns } from './columns.ts';
import { SporadicServer } from './sporadic-server.ts';

/** What becomes of a cell whose budget is used up. */
export type Overrun =
  /** It waits until some of the budget is back. */
  | 'throttle'
  /** It is held until somebody releases it. */
  | 'stop'
  /** It takes turns with the cells of priority 0 until some of the budget is back. */
  | 'background';

/** When one virtual CPU runs. */
export interface VcpuSchedule {
  /** Number of its cell: virtual CPUs of one cell on one core have one budget there. */
  readonly cell: number;
  readonly core: number;
  /** Larger is more urgent; equal ones take turns. 0 is the background, 255 the most. */
  readonly priority: number;
  /** With both, at most `budgetNs` of every `periodNs`. */
  readonly periodNs?: number | undefined;
  readonly budgetNs?: number | undefined;
  /** With less budget than this it does not begin while more is on its way back; 0 when absent (`leastNs` of the admission test). */
  readonly leastNs?: number | undefined;
  /** `throttle` when absent. */
  readonly overrun?: Overrun | undefined;
  /** Its part beside others of its priority; 1 when absent. */
  readonly share?: number | undefined;
}

export interface SchedulerConfig {
  readonly cores: number;
  readonly vcpus: readonly VcpuSchedule[];
  /** How long a turn among equals is; {@link defaultSliceNs} when absent. */
  readonly sliceNs?: number;
  /** A cell with `stop` used up its budget. Its virtual CPUs are held already. */
  readonly onStop?: (cell: number, nowNs: number) => void;
}

export const defaultSliceNs = 1_000_000;

/**
 * Where the time of a virtual CPU went. On its core, waiting for it, ready but without budget, and blocked (or held) together are the time
 * since the start. `runNs` was in the guest, `beyondNs` of it in the background with the budget used up; `overheadNs` in the hypervisor on
 * its account. `overruns` counts how often its budget was used up, and `worstStartNs` is the longest from waking up to the guest's next
 * instruction.
 */
export type VcpuAccount = { readonly [name in (typeof ofVcpu)[number]]: number };
const whereabouts = ['onCoreNs', 'waitNs', 'throttledNs', 'blockedNs'] as const;
const ofVcpu = [...whereabouts, 'runNs', 'beyondNs', 'overheadNs', 'overruns', 'worstStartNs'] as const;

/** Where the time of a core went: in guests, in the hypervisor, and nowhere. Together the time since the start. */
export type CoreAccount = { readonly [name in (typeof ofCore)[number]]: number };
const ofCore = ['runNs', 'overheadNs', 'idleNs'] as const;

export interface SchedulerState {
  readonly vcpus: SavedColumns;
  readonly cores: SavedColumns;
  readonly levels: SavedColumns;
  readonly servers: number[][];
}

const priorities = 256;
const background = 0;
/** Below every priority: of who must not run, and of a core that has nobody. */
const none = -1;
/** No virtual CPU. */
export const nobody = -1;

/**
 * Who runs on which core: fixed priorities with preemption, budgets ({@link SporadicServer}), and turns by share among equals. It only
 * decides; whoever drives it tells what happened, in this order:
 *
 * 1. `ran(core, now)`: the guest, or nobody, had the core until now.
 * 2. `overhead(core, now, payer)`: the hypervisor had it until now, on the account of a virtual CPU or of nobody.
 * 3. `wake`, `block`, `hold` and `release` for what happened.
 * 4. `next(core, now)`: who shall run. A switch is `overhead(core, now, payer(before, after))` again.
 * 5. `until(core, now)`: when to go on from step 1, if nothing happens before.
 *
 * Times are virtual ns, never less than before for each core; cores may be at different times. `admission.ts` analyses exactly this.
 */
export class Scheduler {
  private readonly vcpus: readonly VcpuSchedule[];
  private readonly sliceNs: number;
  private readonly onStop: ((cell: number, nowNs: number) => void) | undefined;
  /** By core, the virtual CPUs that belong to it. */
  private readonly members: readonly Int32Array[];
  /** By virtual CPU, its budget if it has one. */
  private readonly serverOf: readonly (SporadicServer | undefined)[];
  private readonly servers: readonly SporadicServer[];

  /**
   * By virtual CPU: whether it has work (`wants`) and whether it must not run all the same (`held`); what it ran divided by its share, at
   * its own priority (`pass`) and in the background with its budget used up; what its turn still has; until when its time is accounted;
   * and when it woke up, or -1 once it ran.
   */
  private readonly vcpu;
  /** By core: until when its time is accounted, who has it, and at which priority. */
  private readonly core;
  /** By core and priority: the least pass with which a virtual CPU joins, so that nobody saves up turns while asleep. */
  private readonly level;

  constructor(config: SchedulerConfig) {
    const { vcpus, cores } = config;
    this.vcpus = vcpus;
    this.sliceNs = config.sliceNs ?? defaultSliceNs;
    this.onStop = config.onStop;
    this.members = Array.from({ length: cores }, (_, core) =>
      Int32Array.from(vcpus.flatMap((vcpu, number) => (vcpu.core === core ? [number] : []))),
    );
    const servers = new Map<string, SporadicServer>();
    this.serverOf = vcpus.map(({ cell, core, periodNs, budgetNs, leastNs }) => {
      assert(core < cores, `no core ${core}`);
      if (periodNs === undefined || budgetNs === undefined) return undefined;
      const key = `${cell} on ${core}`;
      const server = servers.get(key) ?? new SporadicServer(periodNs, budgetNs, leastNs);
      servers.set(key, server);
      return server;
    });
    this.servers = [...servers.values()];
    this.vcpu = columns(['wants', 'held', 'pass', 'backgroundPass', 'turn', 'since', 'wokeAt', ...ofVcpu], vcpus.length);
    this.core = columns(['time', 'current', 'priority', ...ofCore], cores);
    this.level = columns(['floor'], cores * priorities);
    this.vcpu.wokeAt.fill(-1);
    this.core.current.fill(nobody);
    this.core.priority.fill(none);
  }

  /** It has work from now on. True when its core must be looked at (`next`, or at least `until`). */
  wake(vcpu: number, nowNs: number): boolean {
    return this.change(this.vcpu.wants, vcpu, 1, nowNs);
  }

  /** It has no work. If it has its core, that must be looked at. */
  block(vcpu: number, nowNs: number): boolean {
    return this.change(this.vcpu.wants, vcpu, 0, nowNs);
  }

  /** It must not run until it is released, whether it has work or not: it is paused, stopped or being replaced. */
  hold(vcpu: number, nowNs: number): boolean {
    return this.change(this.vcpu.held, vcpu, 1, nowNs);
  }

  release(vcpu: number, nowNs: number): boolean {
    return this.change(this.vcpu.held, vcpu, 0, nowNs);
  }

  /** It gives up the rest of its turn: equals that are ready go before. */
  yield(vcpu: number): void {
    this.vcpu.turn[vcpu] = 0;
    const { core, priority } = this.vcpus[vcpu]!;
    for (const other of this.members[core]!) {
      if (!this.isReady(other) || this.vcpus[other]!.priority !== priority) continue;
      this.vcpu.pass[vcpu] = Math.max(this.vcpu.pass[vcpu]!, this.vcpu.pass[other]! + 1);
    }
  }

  isHeld(vcpu: number): boolean {
    return this.vcpu.held[vcpu] !== 0;
  }

  /** Since the last accounted moment the core's virtual CPU was in its guest, or the core was idle. */
  ran(core: number, nowNs: number): void {
    const fromNs = this.core.time[core]!;
    const ns = this.elapse(core, nowNs);
    const vcpu = this.core.current[core]!;
    if (vcpu === nobody) {
      this.core.idleNs[core]! += ns;
      return;
    }
    this.core.runNs[core]! += ns;
    this.vcpu.runNs[vcpu]! += ns;
    const wokeAt = this.vcpu.wokeAt[vcpu]!;
    if (ns > 0 && wokeAt >= 0) {
      this.vcpu.worstStartNs[vcpu] = Math.max(this.vcpu.worstStartNs[vcpu]!, fromNs - wokeAt);
      this.vcpu.wokeAt[vcpu] = -1;
    }
    if (this.isBeyond(core, vcpu)) this.vcpu.beyondNs[vcpu]! += ns;
    this.spend(core, vcpu, ns, nowNs);
  }

  /** Since the last accounted moment the hypervisor ran, on the account and out of the budget of `payer`, which may be nobody. */
  overhead(core: number, nowNs: number, payer: number): void {
    const ns = this.elapse(core, nowNs);
    this.core.overheadNs[core]! += ns;
    if (payer === nobody) return;
    this.vcpu.overheadNs[payer]! += ns;
    this.spend(core, payer, ns, nowNs);
  }

  /** Decides who has the core from now on: a virtual CPU or nobody. */
  next(core: number, nowNs: number): number {
    assert(this.core.time[core] === nowNs, `core ${core} is accounted until ${this.core.time[core]} ns, not ${nowNs} ns`);
    const before = this.core.current[core]!;
    if (before !== nobody) this.noteOverrun(core, before, nowNs);
    let best = nobody;
    let priority = none;
    for (const vcpu of this.members[core]!) {
      const its = this.priorityNow(vcpu, nowNs);
      if (its > priority || (its === priority && its !== none && this.goesBefore(vcpu, best, priority))) {
        best = vcpu;
        priority = its;
      }
    }
    if (best !== before) {
      if (before !== nobody) this.account(before, nowNs);
      if (best !== nobody) this.account(best, nowNs);
    }
    this.core.current[core] = best;
    this.core.priority[core] = priority;
    if (best !== nobody && this.vcpu.turn[best]! <= 0) this.vcpu.turn[best] = this.sliceNs;
    return best;
  }

  /** When the core's decision may become another one by itself; Infinity when it cannot. */
  until(core: number, nowNs: number): number {
    const current = this.core.current[core]!;
    const priority = this.core.priority[core]!;
    const turnEnd = current === nobody ? nowNs : nowNs + this.vcpu.turn[current]!;
    let until = Infinity;
    if (current !== nobody && !this.isBeyond(core, current)) {
      until = nowNs + (this.serverOf[current]?.availableNs(nowNs) ?? Infinity);
    }
    for (const vcpu of this.members[core]!) {
      if (!this.isReady(vcpu)) continue;
      const { priority: own } = this.vcpus[vcpu]!;
      const its = this.priorityNow(vcpu, nowNs);
      // Its budget came back while the hypervisor was at work.
      if (its > priority) return nowNs;
      if (its === priority && its !== none && vcpu !== current) until = Math.min(until, turnEnd);
      const server = this.serverOf[vcpu];
      if (its === own || own < priority || !server) continue;
      // Its budget comes back. An equal waits for the end of the turn.
      until = Math.min(until, Math.max(server.readyAtNs(), own === priority ? turnEnd : 0));
    }
    return until;
  }

  /** Who pays for a switch: the more urgent of both, so that nobody pays for being preempted. */
  payer(before: number, after: number): number {
    if (before === nobody || after === nobody) return Math.max(before, after);
    return this.vcpus[before]!.priority >= this.vcpus[after]!.priority ? before : after;
  }

  /** As of now. Asking changes nothing. */
  vcpuAccount(vcpu: number, nowNs: number): VcpuAccount {
    const account = row(this.vcpu, ofVcpu, vcpu);
    for (const [place, ns] of this.whereabouts(vcpu, nowNs)) account[place] += ns;
    const { core } = this.vcpus[vcpu]!;
    if (this.core.current[core] === vcpu) account.runNs += Math.max(0, nowNs - this.core.time[core]!);
    return account;
  }

  /** As accounted, or as of now. Asking changes nothing. */
  coreAccount(core: number, nowNs = this.core.time[core]!): CoreAccount {
    const account = row(this.core, ofCore, core);
    const ns = Math.max(0, nowNs - this.core.time[core]!);
    account[this.core.current[core] === nobody ? 'idleNs' : 'runNs'] += ns;
    return account;
  }

  /** Everything that decisions and accounts depend on, as plain data. */
  save(): SchedulerState {
    const servers = this.servers.map((server) => server.save());
    return { vcpus: saveColumns(this.vcpu), cores: saveColumns(this.core), levels: saveColumns(this.level), servers };
  }

  /** The inverse of {@link save}, into a scheduler of the same configuration. */
  restore(state: SchedulerState): void {
    restoreColumns(this.vcpu, state.vcpus);
    restoreColumns(this.core, state.cores);
    restoreColumns(this.level, state.levels);
    for (const [number, server] of this.servers.entries()) server.restore(state.servers[number]!);
  }

  private isReady(vcpu: number): boolean {
    return this.vcpu.wants[vcpu] !== 0 && this.vcpu.held[vcpu] === 0;
  }

  /** The priority at which it competes now, or {@link none}. */
  private priorityNow(vcpu: number, nowNs: number): number {
    if (!this.isReady(vcpu)) return none;
    const server = this.serverOf[vcpu];
    const { priority, overrun } = this.vcpus[vcpu]!;
    if (!server || server.availableNs(nowNs) > 0) return priority;
    return overrun === 'background' ? background : none;
  }

  /** Whether it has the core with its budget used up. */
  private isBeyond(core: number, vcpu: number): boolean {
    return this.core.current[core] === vcpu && this.core.priority[core]! < this.vcpus[vcpu]!.priority;
  }

  /** The passes that count at a priority: its own, or the background into which it fell. */
  private passesAt(vcpu: number, priority: number): Float64Array {
    return priority < this.vcpus[vcpu]!.priority ? this.vcpu.backgroundPass : this.vcpu.pass;
  }

  /** Of two at one priority: who has a turn goes on, else who has had less of its share. */
  private goesBefore(vcpu: number, other: number, priority: number): boolean {
    if (this.vcpu.turn[other]! > 0) return false;
    if (this.vcpu.turn[vcpu]! > 0) return true;
    return this.passesAt(vcpu, priority)[vcpu]! < this.passesAt(other, priority)[other]!;
  }

  private change(flag: Float64Array, vcpu: number, value: number, nowNs: number): boolean {
    const { core, priority } = this.vcpus[vcpu]!;
    const before = this.isReady(vcpu);
    this.account(vcpu, nowNs);
    flag[vcpu] = value;
    const after = this.isReady(vcpu);
    if (after === before) return false;
    if (after) {
      this.vcpu.wokeAt[vcpu] = nowNs;
      this.join(vcpu, priority);
      this.join(vcpu, background);
    } else {
      this.vcpu.wokeAt[vcpu] = -1;
      this.vcpu.turn[vcpu] = 0;
    }
    const server = this.serverOf[vcpu];
    if (server && !this.hasOther(vcpu, server)) {
      if (after) server.wake(nowNs);
      else server.block(nowNs);
    }
    return after ? priority >= this.core.priority[core]! : this.core.current[core] === vcpu;
  }

  /** Whether another virtual CPU keeps the budget in use. */
  private hasOther(vcpu: number, server: SporadicServer): boolean {
    for (const other of this.members[this.vcpus[vcpu]!.core]!) {
      if (other !== vcpu && this.serverOf[other] === server && this.isReady(other)) return true;
    }
    return false;
  }

  private join(vcpu: number, priority: number): void {
    const passes = this.passesAt(vcpu, priority);
    passes[vcpu] = Math.max(passes[vcpu]!, this.level.floor[this.vcpus[vcpu]!.core * priorities + priority]!);
  }

  /** Its turn is over with its budget. */
  private noteOverrun(core: number, vcpu: number, nowNs: number): void {
    if (!this.isReady(vcpu) || this.isBeyond(core, vcpu) || this.serverOf[vcpu]?.availableNs(nowNs) !== 0) return;
    this.vcpu.overruns[vcpu]!++;
    this.vcpu.turn[vcpu] = 0;
    this.join(vcpu, background);
    const { cell, overrun } = this.vcpus[vcpu]!;
    if (overrun !== 'stop') return;
    for (let other = 0; other < this.vcpus.length; other++) if (this.vcpus[other]!.cell === cell) this.hold(other, nowNs);
    this.onStop?.(cell, nowNs);
  }

  private elapse(core: number, nowNs: number): number {
    const ns = nowNs - this.core.time[core]!;
    assert(ns >= 0, `core ${core} is already at ${this.core.time[core]} ns, after ${nowNs} ns`);
    this.core.time[core] = nowNs;
    return ns;
  }

  /** A virtual CPU pays: from its budget, its part among equals, and its turn. */
  private spend(core: number, vcpu: number, ns: number, nowNs: number): void {
    const beyond = this.isBeyond(core, vcpu);
    if (!beyond) this.serverOf[vcpu]?.use(ns, nowNs);
    const { share = 1, priority } = this.vcpus[vcpu]!;
    const passes = beyond ? this.vcpu.backgroundPass : this.vcpu.pass;
    passes[vcpu]! += ns / share;
    this.vcpu.turn[vcpu]! -= ns;
    if (this.vcpu.turn[vcpu]! > 0) return;
    // When the turn began nobody had a smaller pass.
    const level = this.vcpus[vcpu]!.core * priorities + (beyond ? background : priority);
    this.level.floor[level] = Math.max(this.level.floor[level]!, passes[vcpu]! - this.sliceNs / share);
  }

  /** Notes where a virtual CPU was until now. */
  private account(vcpu: number, nowNs: number): void {
    for (const [place, ns] of this.whereabouts(vcpu, nowNs)) this.vcpu[place][vcpu]! += ns;
    this.vcpu.since[vcpu] = Math.max(this.vcpu.since[vcpu]!, nowNs);
  }

  /** Where a virtual CPU was since that was noted. */
  private whereabouts(vcpu: number, nowNs: number): [place: (typeof whereabouts)[number], ns: number][] {
    const since = this.vcpu.since[vcpu]!;
    const ns = nowNs - since;
    if (ns <= 0) return [];
    if (this.core.current[this.vcpus[vcpu]!.core] === vcpu) return [['onCoreNs', ns]];
    if (!this.isReady(vcpu)) return [['blockedNs', ns]];
    const readyAt = this.serverOf[vcpu]?.readyAtNs() ?? since;
    const throttled = Math.min(Math.max(readyAt - since, 0), ns);
    return [
      ['throttledNs', throttled],
      ['waitNs', ns - throttled],
    ];
  }
}
