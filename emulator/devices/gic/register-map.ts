import { assert } from '../../base/assert.ts';

/**
 * A row of a register map: `count` words (1 when absent) from `offset` on. Without `read` they read as zero, without `write` they
 * ignore writes. `index` is the word's number within the row.
 *
 * Both GICs let byte-wide fields (priorities, targets, pending SGIs) be accessed by byte and leave narrow accesses to all other
 * registers UNPREDICTABLE ("Register access" in IHI 0069 and IHI 0048): here they reach just the bytes that they name, as in
 * QEMU's GICv2. `mask` has ones in the bytes that are written and `value` zeros in the others, so only a register that keeps
 * plain values needs it.
 */
export interface Register<Context> {
  readonly name: string;
  readonly offset: number;
  readonly count?: number;
  readonly read?: (context: Context, index: number) => number;
  readonly write?: (context: Context, value: number, mask: number, index: number) => void;
}

/** The word of a plain register after a write to the bytes of `mask`. */
export function merge(old: number, value: number, mask: number): number {
  return (old & ~mask) | (value & mask);
}

/** A register frame of `size` bytes that is described by rows. Contexts (a core's bank, the distributor) share one map. */
export class RegisterMap<Context> {
  private readonly rows: readonly Register<Context>[];
  /** The row of a word, counted from 1; 0 where nothing is. */
  private readonly rowOf: Uint8Array;

  constructor(size: number, rows: readonly Register<Context>[]) {
    assert(rows.length < 256, 'a register map has at most 255 rows');
    this.rows = rows;
    this.rowOf = new Uint8Array(size >> 2);
    for (const [at, { name, offset, count = 1 }] of rows.entries()) {
      const first = offset >> 2;
      const free = first + count <= this.rowOf.length && this.rowOf.subarray(first, first + count).every((row) => row === 0);
      assert(free, `${name} overlaps another register or the end of the frame`);
      this.rowOf.fill(at + 1, first, first + count);
    }
  }

  read(context: Context, offset: number, size: 1 | 2 | 4): number {
    const row = this.row(offset);
    if (row?.read === undefined) return 0;
    const word = row.read(context, (offset - row.offset) >> 2);
    return (size === 4 ? word : (word >>> ((offset & 3) * 8)) & bytes(size)) >>> 0;
  }

  write(context: Context, offset: number, size: 1 | 2 | 4, value: number): void {
    const row = this.row(offset);
    if (row?.write === undefined) return;
    const mask = bytes(size) << ((offset & 3) * 8);
    row.write(context, (value << ((offset & 3) * 8)) & mask, mask, (offset - row.offset) >> 2);
  }

  private row(offset: number): Register<Context> | undefined {
    return this.rows[(this.rowOf[offset >> 2] ?? 0) - 1];
  }
}

function bytes(size: 1 | 2 | 4): number {
  return size === 4 ? -1 : size === 2 ? 0xffff : 0xff;
}
