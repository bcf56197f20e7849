import type { Bytes } from '../../ir/wasm-writer.ts';

/** Bytes of a label whose depth is written afterwards: LEB128 of 21 bits, padded. */
const LABEL_BYTES = 3;

/**
 * The ways out of a region. Each goes back to the state with the registers that may have been changed on the way to it, so ways out are
 * sorted by their sets of registers; one label, and one piece of code that stores, for each set. Which these are is known when all is
 * written, so the branches get their depths afterwards.
 */
export class ExitSets {
  private readonly defined: Set<number>[];
  private readonly branches: { at: number; node: number; depth: number }[] = [];
  private ofNode: number[] = [];
  /** The sets, by label. */
  sets: (readonly number[])[] = [];

  constructor(nodes: number) {
    this.defined = Array.from({ length: nodes }, () => new Set<number>());
  }

  /** Slots that a node changes: to be filled while it is written. */
  definedBy(node: number): Set<number> {
    return this.defined[node] as Set<number>;
  }

  /** Writes a branch out of a node, `depth` blocks within the region's code. */
  branch(out: Bytes, node: number, depth: number): void {
    out.byte(0x0c);
    this.branches.push({ at: out.length, node, depth });
    for (let i = 0; i < LABEL_BYTES; i++) out.byte(0);
  }

  /** Finds what may have been changed where a node is left: by itself and by all that leads to it. */
  flow(nodes: readonly (readonly number[])[]): void {
    const changed = this.defined.map((set) => new Set(set));
    for (let again = true; again;) {
      again = false;
      nodes.forEach((successors, from) => {
        for (const to of successors) {
          const target = changed[to] as Set<number>;
          const before = target.size;
          for (const slot of changed[from] as Set<number>) target.add(slot);
          again ||= target.size > before;
        }
      });
    }
    const known = new Map<string, number>();
    this.ofNode = changed.map((set) => {
      const slots = [...set].sort((a, b) => a - b);
      const key = slots.join();
      if (!known.has(key)) known.set(key, this.sets.push(slots) - 1);
      return known.get(key) as number;
    });
  }

  /** Completes the branches. The label of set 0 is the innermost around the code. */
  resolve(out: Bytes): void {
    for (const { at, node, depth } of this.branches) {
      let label = depth + (this.ofNode[node] as number);
      for (let i = 0; i < LABEL_BYTES; i++, label >>= 7) {
        out.buffer[at + i] = (label & 0x7f) | (i < LABEL_BYTES - 1 ? 0x80 : 0);
      }
    }
  }
}
