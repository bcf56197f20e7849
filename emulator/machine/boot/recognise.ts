/** What a file is, by its first bytes; formats that we take, and those that people give by mistake. */
export type Format =
  'elf' | 'linux-image' | 'compressed' | 'efi-zboot' | 'arm32' | 'u-boot' | 'device-tree' | 'text' | 'empty' | 'unknown';

type Signature = readonly [format: Format, offset: number, ...bytes: number[]];

const ascii = (text: string) => [...text].map((character) => character.codePointAt(0)!);

const signatures: readonly Signature[] = [
  ['elf', 0, 0x7f, ...ascii('ELF')],
  // Linux: Documentation/arch/arm64/booting.rst
  ['linux-image', 56, ...ascii('ARM\x64')],
  ['efi-zboot', 4, ...ascii('zimg')],
  // gzip, xz, zstd, lz4, bzip2
  ['compressed', 0, 0x1f, 0x8b],
  ['compressed', 0, 0xfd, ...ascii('7zXZ')],
  ['compressed', 0, 0x28, 0xb5, 0x2f, 0xfd],
  ['compressed', 0, 0x02, 0x21, 0x4c, 0x18],
  ['compressed', 0, ...ascii('BZh')],
  // A zImage of 32-bit Arm.
  ['arm32', 0x24, 0x18, 0x28, 0x6f, 0x01],
  ['u-boot', 0, 0x27, 0x05, 0x19, 0x56],
  ['device-tree', 0, 0xd0, 0x0d, 0xfe, 0xed],
];

export function recognise(file: Uint8Array): Format {
  if (file.length === 0) return 'empty';
  const found = signatures.find(([, offset, ...bytes]) => bytes.every((byte, i) => file[offset + i] === byte));
  if (found) return found[0];
  return file.subarray(0, 4096).every(isTextByte) ? 'text' : 'unknown';
}

const isTextByte = (byte: number) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b;
