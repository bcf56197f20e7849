/** Translation tables for the layout of the cases: what Linux maps for the harness, with 4 KiB pages and TBI. */
import { layout } from './record.ts';

/** RAM of the machine that runs cases: tables first, then what they map. */
export const RAM_BASE = 0x4000_0000n;
export const RAM_SIZE = 0x100_0000;
const PAGE = 0x1000;
const TABLES_BYTES = 0x10_0000;

/** Physical addresses. */
export const placed = {
  /** Tables of EL1 and of EL0. */
  tables: [RAM_BASE, RAM_BASE + 0x10_0000n],
  vectors: RAM_BASE + 0x20_0000n,
  window: RAM_BASE + 0x21_0000n,
  code: RAM_BASE + 0x40_0000n,
} as const;

const TABLE = 0b11n;
const ACCESS_FLAG = 1n << 10n;
const INNER_SHAREABLE = 3n << 8n;
const EL0 = 1n << 6n;
const READ_ONLY = 1n << 7n;
const PRIVILEGED_XN = 1n << 53n;
const USER_XN = 1n << 54n;
const PAGE_DESCRIPTOR = 0b11n | ACCESS_FLAG | INNER_SHAREABLE;

export const registers = {
  SCTLR_EL1: 0x30d0_0800n | 1n | (1n << 2n) | (1n << 12n) | (1n << 26n) | (1n << 18n) | (1n << 16n) | (1n << 15n) | (1n << 14n),
  // T0SZ 16, 4 KiB, EPD1, IPS 40 bits, TBI0.
  TCR_EL1: 16n | (0b11n << 12n) | (0b01n << 10n) | (0b01n << 8n) | (1n << 23n) | (2n << 32n) | (1n << 37n),
  MAIR_EL1: 0xffn,
  VBAR_EL1: placed.vectors,
  CPACR_EL1: 3n << 20n,
} as const;

/** Writes the tables for accesses from EL0 or from EL1 into the RAM image. What EL0 may write, EL1 does not execute. */
export function writeTables(ram: DataView, level: 0 | 1): void {
  const first = Number((level === 0 ? placed.tables[1] : placed.tables[0]) - RAM_BASE);
  let next = first + PAGE;
  const map = (va: bigint, pa: bigint, bytes: number, rights: bigint): void => {
    for (let at = 0n; at < BigInt(bytes); at += BigInt(PAGE)) {
      let table = first;
      for (const shift of [39n, 30n, 21n]) {
        const entry = table + Number(((va + at) >> shift) & 511n) * 8;
        if (ram.getBigUint64(entry, true) === 0n) {
          if (next >= first + TABLES_BYTES) throw new Error('no room for tables');
          ram.setBigUint64(entry, (RAM_BASE + BigInt(next)) | TABLE, true);
          next += PAGE;
        }
        table = Number((ram.getBigUint64(entry, true) & 0xffff_ffff_f000n) - RAM_BASE);
      }
      ram.setBigUint64(table + Number(((va + at) >> 12n) & 511n) * 8, (pa + at) | PAGE_DESCRIPTOR | rights, true);
    }
  };
  const user = level === 0 ? EL0 : 0n;
  const data = PRIVILEGED_XN | USER_XN | user;
  map(layout.WINDOW_BASE, placed.window, layout.WINDOW_SIZE, data);
  const end = BigInt(layout.WINDOW_SIZE);
  map(layout.WINDOW_BASE + end, placed.window + end, layout.READ_ONLY_SIZE, data | READ_ONLY);
  map(layout.CODE_BASE, placed.code, layout.CODE_SIZE, user);
  map(placed.vectors, placed.vectors, PAGE, READ_ONLY);
}
