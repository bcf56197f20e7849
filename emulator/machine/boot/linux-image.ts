import { UserError } from '../../base/user-error.ts';
import { KiB, MiB } from './piece.ts';

/** The header of an arm64 Linux Image (Linux: Documentation/arch/arm64/booting.rst), as far as placing it needs. */
export interface LinuxImage {
  /** Offset from a 2 MiB boundary. */
  textOffset: number;
  /** Bytes of RAM that the kernel needs from there, BSS included. */
  size: number;
}

const HEADER_BYTES = 64;
/** Before Linux 3.17 the header had neither size nor flags, and the offset was this. */
const OLD_TEXT_OFFSET = 512 * KiB;
const FLAG_BIG_ENDIAN = 1n;

/** Reads the header of bytes that were recognised as an Image. */
export function parseLinuxImage(bytes: Uint8Array): LinuxImage {
  const damaged = (what: string) => new UserError('kernel-damaged', `the kernel is damaged: ${what}`);
  if (bytes.length < HEADER_BYTES) throw damaged(`it ends within its header, after ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getBigUint64(24, true) & FLAG_BIG_ENDIAN) {
    throw new UserError('kernel-big-endian', 'the kernel is built for big-endian cores', {
      hint: 'only little-endian ones exist here',
    });
  }
  const end = endOfPeSections(view);
  if (end > bytes.length) throw damaged(`it ends after ${bytes.length} of ${end} bytes`);

  const size = Number(view.getBigUint64(16, true));
  if (size === 0) return { textOffset: OLD_TEXT_OFFSET, size: bytes.length };
  const textOffset = Number(view.getBigUint64(8, true));
  if (textOffset >= 2 * MiB) throw damaged('its offset from a boundary of 2 MiB is larger than that');
  return { textOffset, size: Math.max(size, bytes.length) };
}

/**
 * Where the file must end by the sections of the PE header, which kernels with an EFI stub carry (PE format, "Section Table"); 0 without
 * one. The header of the Image alone cannot tell a file that is cut off, for its size counts BSS.
 */
function endOfPeSections(view: DataView): number {
  const has = (offset: number, bytes: number) => offset + bytes <= view.byteLength;
  const pe = view.getUint32(60, true);
  if (view.getUint16(0, true) !== 0x5a4d || pe === 0) return 0;
  if (!has(pe, 24)) return pe + 24;
  if (view.getUint32(pe, true) !== 0x4550) return 0;
  const sections = view.getUint16(pe + 6, true);
  const table = pe + 24 + view.getUint16(pe + 20, true);
  if (!has(table, sections * 40)) return table + sections * 40;
  let end = 0;
  for (let at = table; at < table + sections * 40; at += 40) {
    end = Math.max(end, view.getUint32(at + 16, true) + view.getUint32(at + 20, true));
  }
  return end;
}
