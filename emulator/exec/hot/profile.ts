/**
 * Finds out where time goes, by samples: every so many instructions the engine asks where the core is. The cold loop stays as it is.
 */
export class Profile {
  /** Samples after which all counts are halved, so that what was warm once does not stay so. */
  private static readonly MEMORY = 20_000;
  private counts = new Map<number, number>();
  private taken = 0;

  /** Takes a sample of a record; answers how many there are. */
  sample(record: number): number {
    if (++this.taken % Profile.MEMORY === 0) this.fade();
    const count = (this.counts.get(record) ?? 0) + 1;
    this.counts.set(record, count);
    return count;
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
