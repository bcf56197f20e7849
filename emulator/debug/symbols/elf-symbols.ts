/** The symbols of an ELF file (System V ABI, chapter 4, "Symbol Table"). Damaged tables give the symbols that can be read. */
import { decodeUtf8 } from '../../base/utf8.ts';
import type { SymbolAt, SymbolView } from '../views.ts';

interface Entry {
  readonly name: string;
  readonly address: bigint;
  readonly size: bigint;
  readonly kind: SymbolAt['kind'];
}

const SHT_SYMTAB = 2;
const SHT_DYNSYM = 11;
const SECTION_BYTES = 64;
const SYMBOL_BYTES = 24;
const STT_OBJECT = 1;
const STT_FUNC = 2;
const STT_SECTION = 3;
const SHF_EXECINSTR = 4n;
/** How far behind its last symbol an address still counts as near: code without a size may be long. */
const NEAR = 0x10_0000n;

/** Reads what symbols there are; an empty list for what is no 64-bit little-endian ELF, or has none. */
function readEntries(bytes: Uint8Array): Entry[] {
  const isElf = bytes.length >= 64 && bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
  if (!isElf || bytes[4] !== 2 || bytes[5] !== 1) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tableAt = Number(view.getBigUint64(40, true));
  const count = view.getUint16(60, true);
  if (view.getUint16(58, true) !== SECTION_BYTES || !Number.isSafeInteger(tableAt)) return [];
  if (tableAt + count * SECTION_BYTES > bytes.length) return [];
  const section = (index: number) => {
    const at = tableAt + index * SECTION_BYTES;
    return {
      type: view.getUint32(at + 4, true),
      executable: (view.getBigUint64(at + 8, true) & SHF_EXECINSTR) !== 0n,
      offset: Number(view.getBigUint64(at + 24, true)),
      size: Number(view.getBigUint64(at + 32, true)),
      link: view.getUint32(at + 40, true),
    };
  };
  const sections = Array.from({ length: count }, (_, index) => section(index));
  const table = sections.find(({ type }) => type === SHT_SYMTAB) ?? sections.find(({ type }) => type === SHT_DYNSYM);
  const strings = table && sections[table.link];
  if (!table || !strings || table.offset + table.size > bytes.length || strings.offset + strings.size > bytes.length) return [];

  const text = bytes.subarray(strings.offset, strings.offset + strings.size);
  const entries: Entry[] = [];
  for (let at = table.offset; at + SYMBOL_BYTES <= table.offset + table.size; at += SYMBOL_BYTES) {
    const type = (bytes[at + 4] as number) & 15;
    const home = view.getUint16(at + 6, true);
    if (type > STT_FUNC || type === STT_SECTION || home === 0 || home >= 0xff00) continue;
    const name = nameAt(text, view.getUint32(at, true));
    // Mapping symbols ($x, $d) mark what lies there, for disassemblers (ELF for the Arm 64-bit Architecture, 5.5.4).
    if (name === '' || name.startsWith('$') || name.startsWith('.L')) continue;
    const inCode = sections[home]?.executable ?? false;
    const kind = type === STT_FUNC || (type !== STT_OBJECT && inCode) ? 'code' : 'data';
    entries.push({ name, address: view.getBigUint64(at + 8, true), size: view.getBigUint64(at + 16, true), kind });
  }
  return entries;
}

/** Names are short; what is longer is cut. */
function nameAt(text: Uint8Array, from: number): string {
  if (from >= text.length) return '';
  const end = text.indexOf(0, from);
  return decodeUtf8(text.slice(from, Math.min(end < 0 ? text.length : end, from + 200)));
}

/** Symbols of several files, by address. An earlier file's name wins where two have the same. */
export function symbolsOf(files: readonly Uint8Array[]): SymbolView {
  const entries = files.flatMap(readEntries);
  // Of several at one address, functions before labels.
  const rank = ({ size, kind }: Entry): number => (size > 0n ? 2 : 0) + (kind === 'code' ? 1 : 0);
  const sorted = entries
    .map((entry, order) => ({ ...entry, order }))
    .sort((a, b) => Number(a.address > b.address) - Number(a.address < b.address) || rank(a) - rank(b) || b.order - a.order);
  return {
    find: (name) => entries.find((entry) => entry.name === name)?.address,
    nearest(address) {
      let low = 0;
      let high = sorted.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((sorted[middle] as Entry).address <= address) low = middle + 1;
        else high = middle;
      }
      const found = sorted[low - 1];
      if (!found) return undefined;
      const offset = address - found.address;
      if (offset >= (found.size > 0n ? found.size : NEAR) && offset > 0n) return beyond(found, offset);
      return { name: found.name, offset, kind: found.kind };
    },
  };
}

/** Behind the end of a symbol with a size: still told when it is near, for the end of a function is where things run on. */
function beyond(found: Entry, offset: bigint): SymbolAt | undefined {
  return offset < found.size + 0x1000n ? { name: found.name, offset, kind: 'other' } : undefined;
}
