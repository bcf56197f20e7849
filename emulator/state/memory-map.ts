/**
 * Where things lie in the one shared linear memory of a machine (4 GiB of address space, touched sparsely). Host pages of guest RAM
 * lie below 2 GiB so that one test of bits 63:31 decides a soft-TLB hit; the tables and the predecoded code lie above.
 */
export const memoryMap = {
  /** Words shared by every core: see the runtime's `memory.ts`. */
  MACHINE: 0x4000,
  /** A word: slots of soft TLBs that each core has. */
  TLB_SLOTS_OF_CORE: 0x4024,
  /**
   * An external debugger (runtime/external-debug.ts): breakpoints that are set (a word, 0: fetches need not be told); watchpoints that are
   * set; 1 while an instruction goes on past them; 1 + the number of the one that was hit, and the address; the list of them.
   */
  DEBUG_BREAKPOINTS: 0x4100,
  DEBUG_WATCHPOINTS: 0x4104,
  DEBUG_PASS: 0x4108,
  DEBUG_HIT: 0x410c,
  DEBUG_HIT_ADDRESS: 0x4110,
  DEBUG_WATCH_LIST: 0x4120,
  DEBUG_WATCH_BYTES: 24,
  DEBUG_MOST_WATCHPOINTS: 32,
  /** Parallel mode: the shared clock, what the machine's thread sleeps on, and the locks of 128-bit atomics. */
  CLOCK: 0x5000,
  MACHINE_BELL: 0x5040,
  PAIR_LOCKS: 0x6000,
  /** Machines that share pages (runtime/shared-pages.ts): the map in use, how many there are, free pages, and the list of all maps. */
  MAPS: 0x7000,
  MAP_LIST: 0x7010,
  MOST_MAPS: 1000,
  /** What generated code counts for profiles: see exec/counters.ts. */
  COUNTERS: 0x8000,
  COUNTERS_END: 0x1_0000,
  /** Data segment of the runtime. */
  RUNTIME_DATA: 0x1_0000,
  CORE_BASE: 0x10_0000,
  CORE_STRIDE: 0x4000,
  MAX_CORES: 8,
  /** First level of the physical map: one word for each GiB of the first TiB, the address of a table of 2^18 words. */
  PHYSICAL_L1: 0x20_0000,
  /** A fetch table that is never filled. */
  FETCH_EMPTY: 0x68_0000,
  /** For each core and slot: a table for instruction fetch and a journal of what was filled. */
  SLOT_BASE: 0x70_0000,
  SLOT_STRIDE: 0x2_8000,
  SLOT_FETCH_BYTES: 0x8000,
  /** An address shifted by 8, with this mask, is where its entry of 16 bytes lies in a table for fetch. */
  SLOT_FETCH_MASK: 0x7ff0,
  SLOT_JOURNAL_OFFSET: 0x9000,
  SLOT_JOURNAL_BYTES: 0x1_f000,
  /** Host pages: RAM of the guest and tables of the physical map, handed out from here upwards. */
  POOL: 0x100_0000,
  POOL_END: 0x8000_0000,
  /** Soft TLBs: for each core and slot a table for loads and one for stores. Slots of all cores, and of one at most. */
  TLB_BASE: 0x8000_0000,
  TLB_SLOTS: 56,
  TLB_MOST_SLOTS: 14,
  /** 2^20 entries of 8 bytes, indexed by VA[31:12]. */
  TLB_TABLE_BYTES: 0x80_0000,
  /** A table that is never filled: what unprivileged accesses probe until they have a slot of their own. */
  TLB_EMPTY: 0xb800_0000,
  /** For each host page (below 2 GiB) the address of its page of micro-ops, or 0; a table for each core that keeps code of its own. */
  CODE_OF_HOST_PAGE: 0xb900_0000,
  CODE_OF_HOST_PAGE_BYTES: 0x20_0000,
  /**
   * For each host page a byte: bit 0, stores must be seen because code was predecoded; bit 1, some store table has an entry; bits 7:4 count
   * stores into code.
   */
  HOST_PAGE_FLAGS: 0xba00_0000,
  HOST_PAGE_FLAGS_BYTES: 0x8_0000,
  /** Pages of micro-ops: a header, 1024 records, a record that ends the page; 16 bytes each. */
  CODE_BASE: 0xc000_0000,
  CODE_END: 0xfff0_0000,
  CODE_PAGE_BYTES: 16 + 1024 * 16 + 16,
} as const;

/** What a core's thread does, in parallel mode. */
export const runStates = {
  /** Runs guest code. */
  GUEST: 0,
  /** Stands between instructions, or in one that waits for the machine: what others ask of it is done before it goes on. */
  SAFE: 1,
  /** Waits for an interrupt. */
  IDLE: 2,
  /** Is powered off, or was stopped. */
  STOPPED: 3,
  /** Died of an error of ours. */
  FAILED: 4,
} as const;

/** Why generated code returned to the loop around it. */
export const leaveReasons = {
  /** PC in the state is right, look it up again (an exception was taken, or a branch left the page). */
  RESYNC: 1,
  /** This instruction reaches a device: run it alone, with DEVICE_ALLOWED. Nothing of it was done yet. */
  DEVICE: 2,
  /** Budget ran out at a checkpoint. */
  BUDGET: 3,
  /** The instruction is done (PC is the next one's); look at interrupts and events before going on. */
  CHECKPOINT: 4,
  /** The core waits (WFI, WFE) or was powered off. */
  WAIT: 5,
  /** The outer loop must act (PSCI, power-off, semihosting, breakpoint); the state says what. */
  HOST: 6,
  /** Retired by a forward branch: PC is set, no checkpoint. Only between handlers and the loop. */
  JUMPED: 7,
  /** The next instruction must run by itself: software step, or a breakpoint or watchpoint may match, the guest's or a debugger's. */
  STEP: 8,
  /** A store reaches code that regions hold: the cold tier must run this instruction. Nothing of it was done yet. */
  COLD: 9,
} as const;
