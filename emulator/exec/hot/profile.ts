/**
 * Finds out where time goes, by samples: every so many instructions the engine asks where the core is. The cold loop stays as it is.
 */
export class Profile {
  /** Instructions between two samples. */
  static readonly INTERVAL = 10_000;
  /**
   * Samples in the same place that make it hot. A region costs about what it saves in 300,000 instructions: one that is translated
   * after as many in the cold tier never costs more than twice what would have been best.
   */
  static readonly HOT = 32;
  /** Samples after which all counts are halved, so that what was warm once does not stay so. */
  private static readonly MEMORY = 20_000;
  private counts = new Map<number, number>();
  private taken = 0;

  /** Takes a sample of a record; answers whether it has become hot. */
  sample(record: number): boolean {
    if (++this.taken % Profile.MEMORY === 0) this.fade();
    const count = (this.counts.get(record) ?? 0) + 1;
    this.counts.set(record, count);
    return count === Profile.HOT;
  }

  /** The place became a region, or cannot: count from the start. */
  forget(record: number): void {
    this.counts.delete(record);
  }

  private fade(): void {
    const kept = new Map<number, number>();
    for (const [record, count] of this.counts) if (count > 1) kept.set(record, count >> 1);
    this.counts = kept;
  }
}
