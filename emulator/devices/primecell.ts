/**
 * The identification registers that end the window of every PrimeCell: eight bytes, one in each word from 0xfe0. Answers undefined for
 * any other offset.
 */
export function primeCellId(peripheralId: readonly [number, number, number, number], offset: number): number | undefined {
  if (offset < 0xfe0) return undefined;
  return [...peripheralId, 0x0d, 0xf0, 0x05, 0xb1][(offset - 0xfe0) >> 2];
}
