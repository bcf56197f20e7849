/** One instruction that was executed. */
export interface Step {
  readonly pc: bigint;
  readonly word: number;
}

/** A power of two; more than a block of QEMU has instructions (512) and a report shows. */
const SIZE = 1024;

/** The instructions that were executed last. */
export class History {
  private readonly pcs = new BigUint64Array(SIZE);
  private readonly words = new Uint32Array(SIZE);
  private next = 0;

  add(pc: bigint, word: number): void {
    const at = this.next++ & (SIZE - 1);
    this.pcs[at] = pc;
    this.words[at] = word;
  }

  /** The last `count`, the latest at the end. */
  last(count: number): Step[] {
    const first = Math.max(0, this.next - Math.min(count, SIZE));
    return Array.from({ length: this.next - first }, (_, i) => {
      const at = (first + i) & (SIZE - 1);
      return { pc: this.pcs[at]!, word: this.words[at]! };
    });
  }
}
