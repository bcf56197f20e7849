/**
 * What a budget promises to everybody else, seen from outside: from any moment at which its cell woke up, it takes at most one budget for
 * each period that began since, and a debt. It knows nothing of the scheduler.
 */
export class BudgetWatch {
  private readonly periodNs: number;
  private readonly budgetNs: number;
  private readonly debtNs: number;
  /** Recent wake-ups, and what was used until each. */
  private readonly begins: { atNs: number; usedNs: number }[] = [];
  private usedNs = 0;
  /** The most that was taken beyond the budgets in any window. */
  worstExcessNs = -Infinity;

  constructor(periodNs: number, budgetNs: number, debtNs: number) {
    this.periodNs = periodNs;
    this.budgetNs = budgetNs;
    this.debtNs = debtNs;
  }

  woke(nowNs: number): void {
    this.begins.push({ atNs: nowNs, usedNs: this.usedNs });
    // The first stays: what drifts shows in long windows.
    if (this.begins.length > 24) this.begins.splice(1, 1);
  }

  used(ns: number, nowNs: number): void {
    this.usedNs += ns;
    for (const { atNs, usedNs } of this.begins) {
      const allowed = Math.max(1, Math.ceil((nowNs - atNs) / this.periodNs)) * this.budgetNs;
      this.worstExcessNs = Math.max(this.worstExcessNs, this.usedNs - usedNs - allowed);
    }
  }

  get isBroken(): boolean {
    return this.worstExcessNs > this.debtNs;
  }
}
