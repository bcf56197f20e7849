import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { UserError } from '../../../emulator/base/user-error.ts';
import type { FileRef } from './plan.ts';

/** Larger images cannot be meant: a machine has less memory. */
const maxImageBytes = 2 ** 31;

/** The whole file in a buffer of its own (it can be transferred to the worker). */
export function readImage(file: FileRef): Uint8Array<ArrayBuffer> {
  const fd = openFile(file, 'r');
  try {
    const { size } = fstatSync(fd);
    if (size === 0) throw fileError(file, 'empty-file', 'the file is empty');
    if (size > maxImageBytes) throw fileError(file, 'too-large', `the file is too large for an image (${size} bytes)`);
    const bytes = new Uint8Array(size);
    for (let done = 0; done < size;) {
      const count = readSync(fd, bytes, done, size - done, done);
      if (count === 0) throw fileError(file, 'truncated', 'the file became shorter while it was read');
      done += count;
    }
    return bytes;
  } finally {
    closeSync(fd);
  }
}

/** Opens a regular file; a person's mistakes (missing, a folder, no permission) become one clear message each. */
export function openFile(file: FileRef, flags: 'r' | 'r+'): number {
  let fd: number;
  try {
    fd = openSync(file.path, flags);
  } catch (error) {
    throw asUserError(file, error as NodeJS.ErrnoException, flags);
  }
  const stat = fstatSync(fd);
  if (stat.isFile() || stat.isBlockDevice()) return fd;
  closeSync(fd);
  throw fileError(file, 'not-a-file', stat.isDirectory() ? 'this is a folder' : 'this is not a regular file');
}

export function fileError(file: FileRef, code: string, message: string, hint?: string): UserError {
  return new UserError(code, `${file.role} ${file.path}: ${message}`, {
    ...(file.place ? { place: file.place } : {}),
    ...(hint ? { hint } : {}),
  });
}

function asUserError(file: FileRef, error: NodeJS.ErrnoException, flags: 'r' | 'r+'): Error {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return fileError(file, 'missing-file', 'there is no such file');
    case 'EISDIR':
      return fileError(file, 'not-a-file', 'this is a folder');
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return flags === 'r'
        ? fileError(file, 'no-permission', 'it may not be read')
        : fileError(file, 'no-permission', 'it may not be written', 'make it read-only for the guest: ro');
    default:
      return fileError(file, 'unreadable', error.message);
  }
}
