/** Where things lie in the stress programs. RAM is mapped one to one for EL1; the window is what the programs map anew. */
export const MAIN = 0x4100_0000;
export const VECTORS = 0x4100_8000;
/** Two sets of tables, A and B, that share the map of RAM and devices and have a window of their own. */
export const TABLES = 0x4101_0000;
export const LEVEL1 = [TABLES, TABLES + 0x3000] as const;
const LEVEL2_WINDOW = [TABLES + 0x1000, TABLES + 0x4000] as const;
export const LEVEL3 = [TABLES + 0x2000, TABLES + 0x5000] as const;
const LEVEL2_RAM = TABLES + 0x6000;
export const CELLS = 0x4102_0000;
export const DATA = 0x4102_1000;
export const STACK = 0x4102_8000;
/** Words that mark where interrupts were taken, by the word of the code. */
export const SEEN = 0x4102_a000;
/** Physical pages behind the window: functions first, then data. */
export const POOL = 0x4103_0000;
export const CODE_PAGES = 8;
export const DATA_PAGES = 4;
export const END = 0x4106_0000;
/** The window: pages of 4 KiB, mapped to the pool at first (the page of the same number), then its other views. */
export const WINDOW = 0x8000_0000;
export const WINDOW_PAGES = 64;
/** Pages of the window: functions for EL1 (0 to 7), data (8 to 11), the functions again (16 to 23), for EL0 (32 to 39), data for EL0 (40 to 43). */
export const views = { code: 0, data: CODE_PAGES, alias: 16, user: 32, userData: 40 } as const;

export const windowPage = (page: number): number => WINDOW + page * 4096;
export const poolPage = (page: number): number => POOL + page * 4096;
/** Address of the descriptor of a page of the window. */
export const descriptorOf = (table: 0 | 1, page: number): number => LEVEL3[table] + page * 8;

/** Offsets of words of 64 bits at CELLS. */
export const cells = {
  /** A hash over every exception. */
  log: 0,
  interrupts: 8,
  /** What was wrong with the program's own results. */
  errors: 16,
  /** State of the generator for times between interrupts; 0: interrupts are not asked for again. */
  random: 24,
  steps: 32,
  /** What BRK #1 stood in place of, and where to write that. */
  brkWord: 40,
  brkAddress: 48,
  /** Where EL1 goes on after SVC #1. */
  goOn: 56,
  /** A descriptor, and what makes it right, for the next abort. */
  fixAddress: 64,
  fixValue: 72,
  /** First word of the code whose interrupts are marked in SEEN; 0: none. */
  seenBase: 80,
  /** Time between interrupts in ticks: at least, and a mask for the rest. */
  least: 88,
  spread: 96,
  scratch: 104,
  /** Exceptions by class. */
  classes: 0x100,
} as const;

const AF_INNER = 0x700n;
const VALID_PAGE = 3n;
const NOT_GLOBAL = 1n << 11n;
const USER = 1n << 6n;
const READ_ONLY = 1n << 7n;
const NEVER_EXECUTE = 3n << 53n;

/** Descriptors (DDI 0487 D8.3) of pages for EL1's code and data, EL0's code, EL0's data. */
export const rights = {
  kernel: AF_INNER | VALID_PAGE | NOT_GLOBAL,
  userCode: AF_INNER | VALID_PAGE | NOT_GLOBAL | USER | READ_ONLY,
  userData: AF_INNER | VALID_PAGE | NOT_GLOBAL | USER | NEVER_EXECUTE,
} as const;

/** Physical page (a number in the pool) and rights of each page of the window at first. */
function firstView(page: number): { pool: number; right: bigint } | undefined {
  const within = (first: number, count: number): boolean => page >= first && page < first + count;
  if (within(views.code, CODE_PAGES + DATA_PAGES)) return { pool: page, right: rights.kernel };
  if (within(views.alias, CODE_PAGES)) return { pool: page - views.alias, right: rights.kernel };
  if (within(views.user, CODE_PAGES)) return { pool: page - views.user, right: rights.userCode };
  if (within(views.userData, DATA_PAGES)) return { pool: page - views.userData + CODE_PAGES, right: rights.userData };
  return undefined;
}

/** The tables as the program finds them; in set B the window's functions are those of the next page. */
export function writeTables(put: (address: number, value: bigint) => void): void {
  for (const table of [0, 1] as const) {
    // The first GiB is devices.
    put(LEVEL1[table], 0x705n | NEVER_EXECUTE);
    put(LEVEL1[table] + 8, BigInt(LEVEL2_RAM) | 3n);
    put(LEVEL1[table] + 16, BigInt(LEVEL2_WINDOW[table]) | 3n);
    put(LEVEL2_WINDOW[table], BigInt(LEVEL3[table]) | 3n);
    for (let page = 0; page < WINDOW_PAGES; page++) {
      const view = firstView(page);
      if (!view) continue;
      const pool = table === 1 && view.pool < CODE_PAGES ? (view.pool + 1) % CODE_PAGES : view.pool;
      put(descriptorOf(table, page), BigInt(poolPage(pool)) | view.right);
    }
  }
  put(LEVEL2_RAM + ((MAIN >> 21) & 511) * 8, BigInt(MAIN & ~0x1f_ffff) | AF_INNER | 1n);
}

export const registers = {
  MAIR_EL1: 0x04ffn,
  // T0SZ 25 (39 bits, from level 1), write-back, inner shareable, EPD1, 40 bits of physical address.
  TCR_EL1: 25n | (1n << 8n) | (1n << 10n) | (3n << 12n) | (1n << 23n) | (2n << 32n),
  SCTLR_EL1: 0x30d0_0800n | 1n | 4n | 0x1000n | (1n << 26n) | (1n << 18n) | (1n << 16n) | (1n << 15n) | (1n << 14n),
  CPACR_EL1: 3n << 20n,
} as const;
