import { UserError } from '../../base/user-error.ts';
import type { Piece } from './piece.ts';

export interface ElfImage {
  entry: number;
  /** What is loaded, by physical addresses. */
  segments: Piece[];
}

const [CLASS_64, LITTLE_ENDIAN] = [2, 1];
const EM_AARCH64 = 183;
const PT_LOAD = 1;
const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;

/** Reads the program headers of bytes that were recognised as ELF (System V ABI, chapters 4 and 5). */
export function parseElf(bytes: Uint8Array, name: string): ElfImage {
  const refuse = (why: string, hint?: string) => new UserError('elf-unsuitable', `${name} ${why}`, hint ? { hint } : {});
  const cutOff = () =>
    new UserError('elf-damaged', `${name} is a damaged ELF file: it ends after ${bytes.length} bytes, too early`);
  if (bytes.length < HEADER_BYTES) throw cutOff();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u16 = (at: number) => view.getUint16(at, true);
  const u64 = (at: number) => Number(view.getBigUint64(at, true));

  if (bytes[4] !== CLASS_64 || bytes[5] !== LITTLE_ENDIAN || u16(18) !== EM_AARCH64) {
    throw refuse('is an ELF file for another processor', 'little-endian AArch64 is needed');
  }
  const table = u64(32);
  const entrySize = u16(54);
  const count = u16(56);
  if (count > 0 && entrySize < PROGRAM_HEADER_BYTES) throw refuse('is a damaged ELF file: its program headers are too small');
  if (table + count * entrySize > bytes.length) throw cutOff();

  const segments: Piece[] = [];
  for (let at = table; at < table + count * entrySize; at += entrySize) {
    if (view.getUint32(at, true) !== PT_LOAD) continue;
    const [offset, address, fileSize, size] = [u64(at + 8), u64(at + 24), u64(at + 32), u64(at + 40)];
    if (offset + fileSize > bytes.length) throw cutOff();
    if (fileSize > size || !Number.isSafeInteger(address + size)) throw refuse('is a damaged ELF file: a segment makes no sense');
    if (size > 0) segments.push({ name, address, bytes: bytes.subarray(offset, offset + fileSize), size });
  }
  if (segments.length === 0) throw refuse('is an ELF file without anything to load', 'is it an object file?');
  return { entry: u64(24), segments };
}
