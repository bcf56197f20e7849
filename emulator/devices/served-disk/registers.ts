/** Registers of the device by which a guest serves another one's disk (README.md). All are words of 32 bits but for sectors. */
export const serverRegisters = {
  /** Read: how many pieces may be under way at a time. */
  SLOTS: 0x00,
  /** Read: bytes of a slot's buffer. */
  BYTES: 0x04,
  /** Written: where the buffers lie, slot after slot; the server works from then on. The upper half first. */
  BUFFERS_HIGH: 0x08,
  BUFFERS: 0x0c,
  /** Read: takes the next piece; its slot + 1, or 0 where nothing is to be done. */
  NEXT: 0x10,
  /** Of slot n, at SLOT + n * SLOT_BYTES. Read: what to do (0 read, 1 write, 2 flush), the first sector, how many. Written: DONE, 0 where it was done. */
  SLOT: 0x100,
  SLOT_BYTES: 0x20,
  KIND: 0x00,
  SECTOR: 0x04,
  SECTOR_HIGH: 0x08,
  SECTORS: 0x0c,
  DONE: 0x10,
} as const;

export const SLOTS = 4;
export const SLOT_BUFFER_BYTES = 0x1_0000;
