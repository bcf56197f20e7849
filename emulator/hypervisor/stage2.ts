/** Stage 2 translation tables (DDI 0487 D8.3): granule of 4 KiB, intermediate addresses of 39 bits, one table of level 1 to begin with. */
import { assert } from '../base/assert.ts';

export const PAGE = 0x1000;
export const BLOCK = 0x20_0000;

/** VTCR_EL2: RES1, PS 40 bits, Inner Shareable, write-back walks, SL0 level 1, T0SZ for 39 bits. */
export const VTCR = (1n << 31n) | (2n << 16n) | (3n << 12n) | (1n << 10n) | (1n << 8n) | (1n << 6n) | 25n;
/** VTTBR_EL2.VMID. */
export const vttbr = (tables: number, vmid: number): bigint => (BigInt(vmid) << 48n) | BigInt(tables);

const TABLE = 3n;
const LEAF_BLOCK = 1n;
const LEAF_PAGE = 3n;
/** Access flag, Inner Shareable, Normal write-back memory. */
const MEMORY = (1n << 10n) | (3n << 8n) | (0xfn << 2n);
/** Access flag, Device-nGnRE. */
const DEVICE = (1n << 10n) | (1n << 2n);
const READ = 1n << 6n;
const WRITE = 1n << 7n;
const NO_EXECUTE = 1n << 54n;

/** What a cell may do with a piece of memory. */
export interface Rights {
  readonly write: boolean;
  readonly execute: boolean;
  /** Registers rather than memory. */
  readonly device?: boolean;
}

/** Memory of the board for tables. */
export interface TableMemory {
  /** A zeroed page. */
  allocate(): number;
  read64(pa: number): bigint;
  write64(pa: number, value: bigint): void;
}

/** The tables of one cell. Nothing is mapped at first. */
export class Stage2 {
  readonly root: number;
  private readonly memory: TableMemory;

  constructor(memory: TableMemory) {
    this.memory = memory;
    this.root = memory.allocate();
  }

  /** Maps `size` bytes; all are multiples of a page. What lies alike in blocks of 2 MiB becomes blocks. */
  map(ipa: number, pa: number, size: number, rights: Rights): void {
    assert(ipa % PAGE === 0 && pa % PAGE === 0 && size % PAGE === 0, 'stage 2 maps whole pages');
    const attributes =
      (rights.device ? DEVICE : MEMORY) | READ | (rights.write ? WRITE : 0n) | (rights.execute ? 0n : NO_EXECUTE);
    for (let done = 0; done < size;) {
      const at = ipa + done;
      const isBlock = at % BLOCK === 0 && (pa + done) % BLOCK === 0 && size - done >= BLOCK;
      const entry = isBlock ? this.entry(at, 2) : this.entry(at, 3);
      this.memory.write64(entry, BigInt(pa + done) | attributes | (isBlock ? LEAF_BLOCK : LEAF_PAGE));
      done += isBlock ? BLOCK : PAGE;
    }
  }

  /** Where the descriptor of a level for an address lies; tables above it are made. */
  private entry(ipa: number, level: 2 | 3): number {
    let table = this.root;
    for (let at = 1; ; at++) {
      const slot = table + (Math.floor(ipa / 2 ** (39 - 9 * at)) % 512) * 8;
      if (at === level) return slot;
      const descriptor = this.memory.read64(slot);
      assert(descriptor === 0n || (descriptor & 3n) === TABLE, 'stage 2 maps an address once');
      if (descriptor === 0n) {
        table = this.memory.allocate();
        this.memory.write64(slot, BigInt(table) | TABLE);
      } else table = Number(descriptor & 0x0000_ffff_ffff_f000n);
    }
  }
}
