/** What a query answers (CFI, JEDEC JESD68.01 and Intel's Basic Command Set), for one of the chips of a bank. */
export interface ChipGeometry {
  bytes: number;
  sectorBytes: number;
}

const ascii = (text: string) => [...text].map((character) => character.codePointAt(0)!);
const u16 = (value: number) => [value & 0xff, value >> 8];

/** Bytes of one chip's write buffer, as a power of two. */
export const WRITE_BUFFER_SHIFT = 11;

export function cfiTable({ bytes, sectorBytes }: ChipGeometry): Uint8Array {
  const table = new Uint8Array(0x40);
  const put = (at: number, ...values: number[]) => table.set(values, at);
  put(0x10, ...ascii('QRY'));
  put(0x13, ...u16(0x0001), ...u16(0x0031)); // Intel's extended commands; where their table is
  put(0x1b, 0x45, 0x55); // 4.5 V to 5.5 V
  put(0x1f, 7, 7, 10, 0); // 2^n: us to write a word and a buffer, ms to erase a sector
  put(0x23, 4, 4, 4, 0); // and how many times more it may take
  put(0x27, Math.log2(bytes), ...u16(2), ...u16(WRITE_BUFFER_SHIFT)); // x8 and x16
  put(0x2c, 1, ...u16(bytes / sectorBytes - 1), ...u16(sectorBytes >> 8)); // one region of equal sectors
  put(0x31, ...ascii('PRI10'));
  put(0x3f, 1); // one protection field
  return table;
}
