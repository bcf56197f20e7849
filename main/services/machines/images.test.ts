import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gzipSync } from 'node:zlib';
import { UserError } from '../../../emulator/base/user-error.ts';
import { readDeviceTree, readKernel, readLoad } from './images.ts';

const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));

function file(name: string, bytes: Uint8Array | string) {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return { path, role: '--kernel' };
}

function linuxImage(size = 128 * 1024): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.write('ARMd', 56, 'latin1');
  for (let at = 64; at < size; at += 4) bytes.writeUInt32LE((at * 2654435761) >>> 0, at);
  return bytes;
}

function elf({ bits = 2, machine = 183, type = 2, headers = 1, fileBytes = 4 } = {}): Buffer {
  const bytes = Buffer.alloc(64 + 56 + 4);
  bytes.write('\x7fELF', 0, 'latin1');
  bytes[4] = bits;
  bytes[5] = 1;
  bytes.writeUInt16LE(type, 16);
  bytes.writeUInt16LE(machine, 18);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(headers, 56);
  bytes.writeUInt32LE(1, 64);
  bytes.writeBigUInt64LE(120n, 64 + 8);
  bytes.writeBigUInt64LE(BigInt(fileBytes), 64 + 32);
  return bytes;
}

test('an Image, one with gzip, one in an EFI zboot image, and ELF are kernels', () => {
  const image = linuxImage();
  const zboot = Buffer.alloc(64);
  const payload = gzipSync(image);
  zboot.write('MZ\0\0zimg', 0, 'latin1');
  zboot.writeUInt32LE(64, 8);
  zboot.writeUInt32LE(payload.length, 12);
  zboot.write('gzip\0', 24, 'latin1');
  expect(Buffer.from(readKernel(file('Image', image))).equals(image)).toBe(true);
  expect(Buffer.from(readKernel(file('Image.gz', payload))).equals(image)).toBe(true);
  expect(Buffer.from(readKernel(file('vmlinuz', Buffer.concat([zboot, payload])))).equals(image)).toBe(true);
  expect(Buffer.from(readKernel(file('a.elf', elf()))).equals(elf())).toBe(true);
});

describe('what is not a kernel is refused with a reason', () => {
  const gzip = gzipSync(linuxImage());
  const damaged = Buffer.from(gzip);
  damaged.fill(0x55, gzip.length >> 1, (gzip.length >> 1) + 64);
  test.each([
    ['text', 'hello\n', /this is not a kernel: it is text/],
    ['empty', '', /the file is empty/],
    ['zeros', Buffer.alloc(4096), /its header is unknown/],
    ['xz', Buffer.from('\xfd7zXZ\0......', 'latin1'), /compressed with xz/],
    ['truncated gzip', gzip.subarray(0, gzip.length >> 1), /the gzip data is truncated/],
    ['damaged gzip', damaged, /the gzip data is damaged/],
    ['gzip of text', gzipSync('hello\n'), /it is text/],
    ['32-bit ELF', elf({ bits: 1 }), /32-bit ELF/],
    ['x86 ELF', elf({ machine: 62 }), /for another machine \(e_machine 62\)/],
    ['object file', elf({ type: 1 }), /object file/],
    ['ELF without headers', elf({ headers: 0 }), /no program headers/],
    ['ELF whose table is cut', elf({ headers: 9 }), /truncated/],
    ['ELF whose segment is cut', elf({ fileBytes: 5 }), /truncated/],
  ])('%s', (name, bytes, message) => {
    expect(() => readKernel(file(name, bytes))).toThrow(UserError);
    expect(() => readKernel(file(name, bytes))).toThrow(message);
  });

  test('a missing file, and a folder', () => {
    expect(() => readKernel({ path: join(folder, 'none'), role: '--kernel' })).toThrow(/--kernel .*none: there is no such file/);
    expect(() => readKernel({ path: folder, role: '--kernel' })).toThrow(/this is a folder/);
  });
});

test('a device tree is a blob, not its source', () => {
  expect(() => readDeviceTree(file('a.dts', '/dts-v1/;\n'))).toThrow(
    expect.objectContaining({ hint: 'compile it with dtc -O dtb' }),
  );
  const blob = Buffer.alloc(48);
  blob.writeUInt32BE(0xd00dfeed, 0);
  blob.writeUInt32BE(48, 4);
  expect(readDeviceTree(file('a.dtb', blob))).toHaveLength(48);
  blob.writeUInt32BE(4800, 4);
  expect(() => readDeviceTree(file('b.dtb', blob))).toThrow(/truncated/);
});

test('raw bytes need an address', () => {
  const raw = file('raw.bin', Buffer.alloc(8));
  expect(() => readLoad(raw, undefined)).toThrow(expect.objectContaining({ code: 'no-address', hint: 'FILE@0x40200000' }));
  expect(readLoad(raw, 0x4000_0000)).toHaveLength(8);
});
