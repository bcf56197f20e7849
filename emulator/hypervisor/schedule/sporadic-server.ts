import { assert } from '../../base/assert.ts';

/** Pieces of a budget that may be on their way back at once; a guest that sleeps more often in a period gets some of it later. */
const maxPieces = 16;

/**
 * A budget of CPU time that comes back: each piece of it one period after the moment from which it could have been used. To everybody else
 * its owner is then no worse than a periodic task that needs the whole budget once in a period, however its interrupts come
 * (resources/docs/decisions/0023-sporadic-servers.md). The rules are those of M. Stanovich et al., "Defects of the POSIX sporadic server and
 * how to correct them" (RTAS 2010): POSIX's own (SCHED_SPORADIC) give budget back too early when the owner was preempted.
 *
 * What was used beyond the budget is a debt that the next piece pays. Times are virtual ns.
 */
export class SporadicServer {
  private readonly periodNs: number;
  /** With less than this it waits for the next piece: a start that must stop again soon costs more than it brings. */
  private readonly leastNs: number;
  /** A ring of pieces in the order of time: from when each may be used, and how much it is. The first is the one in use. */
  private readonly times = new Float64Array(maxPieces);
  private readonly amounts = new Float64Array(maxPieces);
  private first = 0;
  private count = 1;
  /** What was used of the first piece; more than its amount while there is a debt. */
  private used = 0;
  private awake = false;
  /** Until when it was awake or paid, without a gap. */
  private activeUntil = 0;

  constructor(periodNs: number, budgetNs: number, leastNs = 0) {
    assert(budgetNs > 0 && budgetNs <= periodNs, `a budget of ${budgetNs} ns in ${periodNs} ns`);
    this.periodNs = periodNs;
    this.leastNs = leastNs;
    this.amounts[0] = budgetNs;
  }

  /** The owner has work from now on. */
  wake(nowNs: number): void {
    this.begin(nowNs);
    this.awake = true;
  }

  /** The owner ran, or hypervisor time was spent for it, until now. */
  use(ns: number, nowNs: number): void {
    // Going to sleep, which it pays, belongs to what came before.
    if (!this.awake && nowNs - ns > this.activeUntil) this.begin(nowNs - ns);
    this.activeUntil = nowNs;
    this.used += ns;
    // It paid while it had nothing, and may have too little left of the first piece when that comes.
    if (this.times[this.first]! > nowNs - ns) this.gather();
    this.settle(nowNs);
  }

  /** The owner has no more work. */
  block(nowNs: number): void {
    this.awake = false;
    this.activeUntil = nowNs;
  }

  /** How long the owner may run from now without a pause. */
  availableNs(nowNs: number): number {
    this.settle(nowNs);
    if (this.times[this.first]! > nowNs) return 0;
    let sum = this.amounts[this.first]! - this.used;
    for (let n = 1; n < this.count && this.times[this.at(n)]! <= nowNs + sum; n++) sum += this.amounts[this.at(n)]!;
    return sum;
  }

  /** The moment from which there is something to use; past when there is now. With a debt above the whole budget, a moment to look again. */
  readyAtNs(): number {
    let sum = -this.used;
    for (let n = 0; n < this.count; n++) {
      sum += this.amounts[this.at(n)]!;
      if (sum > 0) return this.times[this.at(n)]!;
    }
    return this.times[this.at(this.count - 1)]!;
  }

  /** Everything that a run depends on. */
  save(): number[] {
    const pieces = Array.from({ length: this.count }, (_, n) => [this.times[this.at(n)]!, this.amounts[this.at(n)]!]);
    return [Number(this.awake), this.activeUntil, this.used, ...pieces.flat()];
  }

  restore([awake, activeUntil, used, ...pieces]: readonly number[]): void {
    this.awake = awake === 1;
    this.activeUntil = activeUntil!;
    this.used = used!;
    this.first = 0;
    this.count = 0;
    for (let n = 0; n < pieces.length; n += 2) this.append(pieces[n]!, pieces[n + 1]!);
  }

  /** A new stretch of work: what is there becomes one piece, whose period begins now. */
  private begin(nowNs: number): void {
    this.settle(nowNs);
    this.split(nowNs);
    if (this.times[this.first]! > nowNs) return;
    while (this.count > 1 && this.times[this.at(1)]! <= nowNs) this.joinNext();
    this.times[this.first] = nowNs;
    this.gather();
  }

  /** What was used of the first piece begins its way back, and the rest stays. */
  private split(nowNs: number): void {
    if (this.used === 0 || this.times[this.first]! > nowNs) return;
    const back = this.times[this.first]! + this.periodNs;
    this.amounts[this.first]! -= this.used;
    if (this.count === maxPieces) {
      // Later than it could be, which harms nobody else.
      const last = this.at(this.count - 1);
      this.amounts[last]! += this.used;
      this.times[last] = back;
    } else {
      this.append(back, this.used);
    }
    this.used = 0;
  }

  /** Pieces that are used up begin their way back. */
  private settle(nowNs: number): void {
    while (this.used > 0 && this.times[this.first]! <= nowNs && this.used >= this.amounts[this.first]!) {
      const time = this.times[this.first]!;
      const amount = this.amounts[this.first]!;
      this.used -= amount;
      this.first = this.at(1);
      this.count--;
      this.append(time + this.periodNs, amount);
    }
    if (this.times[this.first]! > nowNs) this.gather();
  }

  /** Joins what is too little to begin with. */
  private gather(): void {
    while (this.count > 1 && this.amounts[this.first]! - this.used < this.leastNs) this.joinNext();
  }

  /** The first piece becomes part of the next, at its time. */
  private joinNext(): void {
    const amount = this.amounts[this.first]!;
    this.first = this.at(1);
    this.count--;
    this.amounts[this.first]! += amount;
  }

  private append(time: number, amount: number): void {
    const end = this.at(this.count++);
    this.times[end] = time;
    this.amounts[end] = amount;
  }

  private at(n: number): number {
    return (this.first + n) % maxPieces;
  }
}
