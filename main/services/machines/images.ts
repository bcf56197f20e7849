/** What is recognised as a kernel, a device tree and so on, so that a wrong file is refused with a reason instead of being executed. */
import { gunzipSync } from 'node:zlib';
import { isPlayable, type FrameFormat } from '../../../emulator/machine/sound-settings.ts';
import { readWav } from '../sound/wav.ts';
import { fileError, readImage } from './files.ts';
import type { FileRef } from './plan.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** A Linux `Image` (plain, gzip'd, or as an EFI zboot image with gzip) or an AArch64 ELF file. */
export function readKernel(file: FileRef): Bytes {
  let bytes = readImage(file);
  if (isZboot(bytes)) bytes = zbootPayload(file, bytes);
  if (isGzip(bytes)) bytes = gunzip(file, bytes);
  if (isLinuxImage(bytes)) return bytes;
  if (isElf(bytes)) return checkElf(file, bytes);
  throw fileError(file, 'not-a-kernel', `this is not a kernel: ${describe(bytes)}`, 'an arm64 Linux Image, gzip of one, or ELF');
}

/** Anything that the guest's kernel will unpack itself. A truncated gzip is told here, before the guest stumbles over it. */
export function readInitrd(file: FileRef): Bytes {
  return readImage(file);
}

export function readDeviceTree(file: FileRef): Bytes {
  const bytes = readImage(file);
  if (bytes.length >= 40 && viewOf(bytes).getUint32(0) === 0xd00dfeed) {
    if (viewOf(bytes).getUint32(4) > bytes.length) throw fileError(file, 'truncated', 'the device tree blob is truncated');
    return bytes;
  }
  const source = describe(bytes) === 'it is text' ? 'compile it with dtc -O dtb' : undefined;
  throw fileError(file, 'not-a-device-tree', `this is not a device tree blob: ${describe(bytes)}`, source);
}

/** ELF (its headers say where it goes), or raw bytes for which an address is needed. */
export function readLoad(file: FileRef, address: number | undefined): Bytes {
  const bytes = readImage(file);
  if (isElf(bytes) && address === undefined) return checkElf(file, bytes);
  if (address !== undefined) return bytes;
  throw fileError(file, 'no-address', `this is not ELF (${describe(bytes)}), so it needs an address`, 'FILE@0x40200000');
}

/** ELF with symbols, of which nothing is loaded. */
export function readSymbols(file: FileRef): Bytes {
  const bytes = readImage(file);
  if (isElf(bytes)) return bytes;
  throw fileError(
    file,
    'no-symbols',
    `this is not ELF (${describe(bytes)}), so it has no symbols`,
    'the linked file with its symbols',
  );
}

/** A WAV file whose frames the sound card can give as they are. */
export function readSound(file: FileRef): { format: FrameFormat; bytes: Uint8Array } {
  const sound = readWav(readImage(file));
  if (typeof sound === 'string') throw fileError(file, 'not-a-sound', sound, 'a WAV file with samples of 8, 16, 24 or 32 bits');
  const { channels, rate } = sound.format;
  if (!isPlayable(sound.format))
    throw fileError(
      file,
      'not-a-sound',
      `${channels} channels of ${rate} Hz are not supported`,
      'one or two channels of 48000 Hz',
    );
  return sound;
}

function isLinuxImage(bytes: Bytes): boolean {
  return bytes.length >= 64 && ascii(bytes, 56, 4) === 'ARMd';
}

function isElf(bytes: Bytes): boolean {
  return bytes.length >= 16 && bytes[0] === 0x7f && ascii(bytes, 1, 3) === 'ELF';
}

function isGzip(bytes: Bytes): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Linux `drivers/firmware/efi/libstub/zboot-header.S`: MZ, `zimg`, offset and size of the payload, and its compression's name. */
function isZboot(bytes: Bytes): boolean {
  return bytes.length >= 64 && ascii(bytes, 0, 2) === 'MZ' && ascii(bytes, 4, 4) === 'zimg';
}

function zbootPayload(file: FileRef, bytes: Bytes): Bytes {
  const compression = ascii(bytes, 24, 8).replace(/\0.*$/s, '');
  if (compression !== 'gzip') {
    throw fileError(
      file,
      'unsupported-compression',
      `this EFI image is compressed with ${compression}`,
      'unpack it to a plain Image',
    );
  }
  const offset = viewOf(bytes).getUint32(8, true);
  return bytes.slice(offset, offset + viewOf(bytes).getUint32(12, true));
}

function gunzip(file: FileRef, bytes: Bytes): Bytes {
  try {
    const plain = gunzipSync(bytes, { maxOutputLength: 2 ** 31 - 1 });
    return new Uint8Array(plain);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') throw fileError(file, 'truncated', 'the gzip data is truncated', 'fetch or copy the file again');
    if (code === 'ERR_BUFFER_TOO_LARGE') throw fileError(file, 'too-large', 'the gzip data unpacks to more than 2G');
    throw fileError(file, 'corrupt', `the gzip data is damaged (${(error as Error).message})`, 'fetch or copy the file again');
  }
}

/** ELF64, little endian, AArch64, executable, with headers that lie within the file. */
function checkElf(file: FileRef, bytes: Bytes): Bytes {
  if (bytes[4] !== 2) throw fileError(file, 'wrong-architecture', 'this is a 32-bit ELF file', 'an AArch64 one is needed');
  if (bytes.length < 64) throw fileError(file, 'truncated', 'the ELF header is truncated');
  const view = viewOf(bytes);
  const machine = view.getUint16(18, true);
  if (bytes[5] !== 1 || machine !== 183) {
    throw fileError(
      file,
      'wrong-architecture',
      `this ELF file is for another machine (e_machine ${machine})`,
      'AArch64 is needed',
    );
  }
  if (view.getUint16(16, true) === 1) throw fileError(file, 'not-linked', 'this is an object file', 'link it to an executable');
  const table = Number(view.getBigUint64(32, true));
  const count = view.getUint16(56, true);
  if (count === 0) throw fileError(file, 'nothing-to-load', 'this ELF file has no program headers');
  if (table + count * 56 > bytes.length) throw fileError(file, 'truncated', 'the ELF file is truncated');
  for (let i = 0; i < count; i++) {
    const header = table + i * 56;
    const end = Number(view.getBigUint64(header + 8, true)) + Number(view.getBigUint64(header + 32, true));
    if (view.getUint32(header, true) === 1 && end > bytes.length) throw fileError(file, 'truncated', 'the ELF file is truncated');
  }
  return bytes;
}

/** What a file that was refused looks like. */
function describe(bytes: Bytes): string {
  if (ascii(bytes, 0, 2) === 'MZ') return 'it is a PE/EFI program';
  if (ascii(bytes, 257, 5) === 'ustar') return 'it is a tar archive';
  if (ascii(bytes, 0, 6) === '070701') return 'it is a cpio archive';
  if (viewOf(bytes).byteLength >= 4 && viewOf(bytes).getUint32(0) === 0x27051956) return 'it is a U-Boot uImage';
  if (bytes[0] === 0xfd && ascii(bytes, 1, 4) === '7zXZ') return 'it is compressed with xz';
  if (bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === 0xfd2fb528) return 'it is compressed with zstd';
  const head = bytes.subarray(0, 512);
  const text = head.every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte !== 127));
  return text ? 'it is text' : 'its header is unknown';
}

function ascii(bytes: Bytes, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}

function viewOf(bytes: Bytes): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
