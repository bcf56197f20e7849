import type { Row } from './insn.ts';

type Decode = (word: number) => { row: Row; fields: Record<string, number> } | undefined;

/** Makes `(word, pc) => text`, as objdump writes it, with `undefined` where nothing is allocated (objdump's `.inst`). */
export function makeDisassembler(decode: Decode): (word: number, pc: bigint) => string | undefined {
  return (word, pc) => {
    const decoded = decode(word);
    if (!decoded) return undefined;
    const { row, fields } = decoded;
    return row.asm ? row.asm(fields, pc) : row.name.toLowerCase();
  };
}
