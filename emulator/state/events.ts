/**
 * What the runtime counts on its slow paths, for each core, in field EVENTS of its state: for people who look for what makes a guest slow.
 * Counting is always on: an addition in memory where a page walk or a function call has just been.
 */
export const runtimeEvents = [
  // Page walks that an access of the guest caused, by what it wanted.
  'WALK_READ',
  'WALK_WRITE',
  'WALK_EXECUTE',
  // Entries made in soft TLBs: loads, stores, LDTR and STTR, pages of code.
  'FILL_READ',
  'FILL_WRITE',
  'FILL_UNPRIVILEGED',
  'FILL_FETCH',
  // Accesses that come to the runtime although they may hit: not aligned, or across two pages.
  'UNALIGNED',
  'PAGE_CROSSING',
  // The tables of a regime were chosen; those of no slot were its own; a slot was emptied, for whatever reason.
  'SLOT_CHOSEN',
  'SLOT_TAKEN',
  'SLOT_FLUSHED',
  'TLBI_ALL',
  'TLBI_ASID',
  'TLBI_VA',
  // TLBI by address hit a larger mapping, so that the whole slot was emptied.
  'TLBI_BLOCK',
  // Stores into pages of predecoded code, and accesses that a region left to the cold tier for that.
  'CODE_STORE',
  'REGION_DECLINED',
  // Accesses that left for the outer loop because a device answers them.
  'DEVICE_LEFT',
  'COUNTER_READ',
  // Exceptions that were taken, by kind; synchronous ones by class in field EXCEPTIONS. Returns; chosen again what depends on the level.
  'IRQ',
  'FIQ',
  'SERROR',
  'ERET',
  'LEVEL_CHANGED',
] as const;

export type RuntimeEvent = (typeof runtimeEvents)[number];
