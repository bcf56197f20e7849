/** Lists of consecutive registers, as objdump writes them: `{v0.16b, v1.16b}`, `{v0.16b-v2.16b}`; past V31 all are named. */
export function registerList(first: number, count: number, arrangement: string): string {
  const names = [...Array(count).keys()].map((i) => `v${(first + i) & 31}.${arrangement}`);
  return `{${count > 2 && first + count <= 32 ? `${names[0]}-${names[count - 1]}` : names.join(', ')}}`;
}
