import type { DeviceState, Line } from '../device.ts';
import { groupOf, groupsOf, GROUP1, INTID_SPURIOUS, intidOf, NO_CANDIDATE, priorityOf, type Candidate } from './candidate.ts';

/** Where a CPU interface has its interrupts from: distributor and redistributor, or (for a virtual one) list registers. */
export interface InterruptSource {
  /** The most urgent pending interrupt of `groups`, or NO_CANDIDATE. */
  highest(groups: number): Candidate;
  /** Makes an acknowledged interrupt active and takes its pending state. */
  activate(intid: number): void;
  deactivate(intid: number): void;
}

/** The running priority while nothing is active. */
const IDLE = 0xff;

/**
 * The part of a CPU interface that GICv2 and GICv3 share: priority mask, grouping, preemption, and active priorities ("Interrupt
 * prioritization" of IHI 0069 and IHI 0048). It knows groups as sets (candidate.ts), so that a further group needs no other
 * rules.
 */
export class CpuInterface {
  private readonly source: InterruptSource;
  private readonly irq: Line;
  private readonly fiq: Line;
  private readonly priorityMask: number;
  /** Bits of a priority that can preempt: at most 7 (IHI 0069, "Priority grouping"). */
  private readonly preemptionBits: number;
  private readonly minimumBpr: number;

  pmr = 0;
  /** Binary points of Group 0 and Group 1. */
  private readonly bpr: [number, number] = [0, 0];
  /** Groups that are enabled at this interface, and those that are signalled as FIQ: sets of groups. */
  enabledGroups = 0;
  fiqGroups = 0;
  /** The binary point of Group 0 counts for Group 1, too. */
  cbpr = false;
  /** The end of an interrupt only drops the priority; a write to DIR deactivates. */
  eoiSplit = false;
  /** Active priorities: for each group one bit a level of preemption. */
  private readonly active = [new Int32Array(4), new Int32Array(4)] as const;

  private running = IDLE;
  private best: Candidate = NO_CANDIDATE;
  private irqLevel = false;
  private fiqLevel = false;

  constructor(source: InterruptSource, priorityBits: number, irq: Line, fiq: Line) {
    this.source = source;
    this.irq = irq;
    this.fiq = fiq;
    this.priorityMask = (0xff << (8 - priorityBits)) & 0xff;
    this.preemptionBits = Math.min(priorityBits, 7);
    this.minimumBpr = 7 - this.preemptionBits;
    this.reset();
  }

  /** To be called when the source's most urgent interrupt or the enabled groups may have changed. */
  update(): void {
    this.best = this.source.highest(this.enabledGroups);
    this.signal();
  }

  /** To be called when what decides over signalling has changed but the candidate has not. */
  signal(): void {
    const groups = this.signalledGroups();
    const fiq = (groups & this.fiqGroups) !== 0;
    const irq = groups !== 0 && !fiq;
    if (irq !== this.irqLevel) this.irq.set((this.irqLevel = irq));
    if (fiq !== this.fiqLevel) this.fiq.set((this.fiqLevel = fiq));
  }

  /**
   * The group of the interrupt that is signalled, as a set: empty when none is urgent enough. Preemption compares group
   * priorities, so the split of the pending interrupt counts for the running priority, too (IHI 0069, "Preemption"; QEMU reads it
   * so as well).
   */
  signalledGroups(): number {
    const priority = priorityOf(this.best);
    if (priority >= this.pmr) return 0;
    const mask = this.groupMask(groupOf(this.best));
    return this.running === IDLE || (priority & mask) < (this.running & mask) ? groupsOf(this.best) : 0;
  }

  /** Acknowledges the interrupt that is signalled when it is of `groups`; answers its INTID, or the spurious one. */
  acknowledge(groups: number): number {
    if ((this.signalledGroups() & groups) === 0) return INTID_SPURIOUS;
    const { best } = this;
    const group = groupOf(best);
    const level = (priorityOf(best) & this.groupMask(group)) >> (8 - this.preemptionBits);
    (this.active[group][level >> 5] as number) |= 1 << level;
    this.findRunning();
    this.source.activate(intidOf(best));
    return intidOf(best);
  }

  /** What is pending most urgently, whether signalled or not, if it is of `groups`. */
  highestPending(groups: number): number {
    return this.best !== NO_CANDIDATE && groupsOf(this.best) & groups ? intidOf(this.best) : INTID_SPURIOUS;
  }

  /** The group of the most urgent pending interrupt, as a set. */
  highestPendingGroups(): number {
    return this.best === NO_CANDIDATE ? 0 : groupsOf(this.best);
  }

  /**
   * Ends an interrupt. When the highest active priority is not one of `groups`, the write is UNPREDICTABLE; we ignore it, as QEMU
   * does (IHI 0069 ICC_EOIR0_EL1).
   */
  endOfInterrupt(intid: number, groups: number): void {
    if (!this.dropPriority(groups)) return;
    if (!this.eoiSplit) this.source.deactivate(intid);
    this.signal();
  }

  /** A write to DIR: UNPREDICTABLE unless the end is split; ignored then. */
  deactivate(intid: number): void {
    if (this.eoiSplit) this.source.deactivate(intid);
  }

  private dropPriority(groups: number): boolean {
    for (let word = 0; word < 4; word++) {
      const levels = (this.active[0][word] as number) | (this.active[1][word] as number);
      if (levels === 0) continue;
      const lowest = levels & -levels;
      for (let group = 0; group < 2; group++) {
        const own = this.active[group as 0 | 1];
        if (((groups >> group) & 1) === 0 || ((own[word] as number) & lowest) === 0) continue;
        own[word] = (own[word] as number) & ~lowest;
        this.findRunning();
        return true;
      }
      return false;
    }
    return false;
  }

  private findRunning(): void {
    this.running = IDLE;
    for (let word = 0; word < 4; word++) {
      const levels = (this.active[0][word] as number) | (this.active[1][word] as number);
      if (levels === 0) continue;
      this.running = (word * 32 + 31 - Math.clz32(levels & -levels)) << (8 - this.preemptionBits);
      return;
    }
  }

  /**
   * The bits of a priority that count for preemption. The binary point of Group 1 is one higher for the same split (IHI 0069,
   * "Priority grouping").
   */
  private groupMask(group: 0 | 1): number {
    return group === 0 || this.cbpr ? 0xfe << this.bpr[0] : 0xff << this.bpr[1];
  }

  get runningPriority(): number {
    return this.running;
  }

  setPmr(value: number): void {
    this.pmr = value & this.priorityMask;
    this.signal();
  }

  getBpr(group: 0 | 1): number {
    return this.bpr[group];
  }

  setBpr(group: 0 | 1, value: number): void {
    this.bpr[group] = Math.max(value & 7, this.minimumBpr + group);
    this.signal();
  }

  getActivePriorities(group: 0 | 1, word: number): number {
    return this.active[group][word] as number;
  }

  setActivePriorities(group: 0 | 1, word: number, value: number): void {
    if (word < this.activePriorityWords) this.active[group][word] = value;
    this.findRunning();
    this.signal();
  }

  /** How many words of active priorities there are for each group. */
  get activePriorityWords(): number {
    return Math.max(1, (1 << this.preemptionBits) >> 5);
  }

  setEnabledGroups(groups: number): void {
    this.enabledGroups = groups & (GROUP1 * 2 - 1);
    this.update();
  }

  /** Leaves the lines alone until {@link CpuInterface.update}: the source may not be reset yet. */
  reset(): void {
    this.pmr = 0;
    this.bpr[0] = this.minimumBpr;
    this.bpr[1] = this.minimumBpr + 1;
    this.enabledGroups = 0;
    this.fiqGroups = 0;
    this.cbpr = false;
    this.eoiSplit = false;
    for (const levels of this.active) levels.fill(0);
    this.findRunning();
  }

  save(): DeviceState {
    const { pmr, enabledGroups, fiqGroups, cbpr, eoiSplit } = this;
    return {
      pmr,
      bpr: [...this.bpr],
      enabledGroups,
      fiqGroups,
      cbpr,
      eoiSplit,
      active: this.active.map((levels) => [...levels]),
    };
  }

  /** As {@link CpuInterface.reset}, needs an update afterwards. */
  restore(state: DeviceState): void {
    this.pmr = state['pmr'] as number;
    [this.bpr[0], this.bpr[1]] = state['bpr'] as [number, number];
    this.enabledGroups = state['enabledGroups'] as number;
    this.fiqGroups = state['fiqGroups'] as number;
    this.cbpr = state['cbpr'] as boolean;
    this.eoiSplit = state['eoiSplit'] as boolean;
    for (const [group, levels] of (state['active'] as [number[], number[]]).entries()) this.active[group as 0 | 1].set(levels);
    this.findRunning();
  }
}
