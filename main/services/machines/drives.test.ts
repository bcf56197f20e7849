import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDrive } from './drives.ts';

const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));

function image(name: string, bytes: Uint8Array | string): { path: string; role: string } {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return { path, role: '--drive' };
}

test('sectors that the guest wrote go back to the file, and only those', () => {
  const file = image('disk.img', Buffer.alloc(4096, 1));
  const drive = openDrive({ file, readOnly: false }, 'drive0');
  const shared = new Uint8Array(drive.config.image);
  expect(shared.every((byte) => byte === 1)).toBe(true);
  shared.fill(2);
  drive.writeBack(1, 2);
  drive.close();
  const now = readFileSync(file.path);
  expect([now[511], now[512], now[1535], now[1536]]).toEqual([1, 2, 2, 1]);
  expect(now).toHaveLength(4096);
});

test('a last sector that the file has in part is padded for the guest, and the file keeps its length', () => {
  const file = image('odd.img', Buffer.alloc(700, 1));
  const drive = openDrive({ file, readOnly: false }, 'drive0');
  expect(drive.config.image.byteLength).toBe(1024);
  new Uint8Array(drive.config.image).fill(2);
  drive.writeBack(0, 2);
  drive.close();
  expect(readFileSync(file.path).equals(Buffer.alloc(700, 2))).toBe(true);
});

test.each([{ readOnly: true }, { readOnly: false, snapshot: true }])('%j leaves the file alone', (how) => {
  const file = image('kept.img', Buffer.alloc(1024, 1));
  const drive = openDrive({ file, ...how }, 'drive0');
  new Uint8Array(drive.config.image).fill(2);
  drive.writeBack(0, 2);
  drive.close();
  expect(readFileSync(file.path).equals(Buffer.alloc(1024, 1))).toBe(true);
});

test('an empty image and one of another format are refused', () => {
  expect(() => openDrive({ file: image('empty.img', ''), readOnly: false }, 'd')).toThrow(/empty/);
  const qcow = image('a.qcow2', Buffer.from('QFI\xfb0000000000', 'latin1'));
  expect(() => openDrive({ file: qcow, readOnly: false }, 'd')).toThrow(/this is a qcow2 image/);
});
