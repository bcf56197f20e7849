/** What can be wrong with a file of the host, in words for a person. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../../emulator/base/user-error.ts';

/** Why a file could not be read or written: Node's words name calls, numbers, and a path that was said already. */
export function fileReason(error: unknown, flags: 'r' | 'w'): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return flags === 'r' ? 'there is no such file' : 'there is no such folder';
    case 'EISDIR':
      return 'this is a folder';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return flags === 'r' ? 'it may not be read' : 'it may not be written';
    case 'ENOSPC':
      return 'there is no room left on the disk';
    default:
      return message;
  }
}

/** Fails for a file that could not be written at the end, before there is something to lose. Nothing is made. `role` is the option that names it. */
export function requireWritable(path: string, role: string): void {
  const refuse = (reason: string): UserError => new UserError('unwritable', `${role} ${path}: ${reason}`);
  const isThere = existsSync(path);
  if (isThere && statSync(path).isDirectory()) throw refuse('this is a folder');
  try {
    accessSync(isThere ? path : dirname(path), constants.W_OK);
  } catch (error) {
    throw refuse(fileReason(error, 'w'));
  }
}
