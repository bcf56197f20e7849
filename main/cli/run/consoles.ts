import { closeSync, openSync, writeSync } from 'node:fs';
import { UserError } from '../../../emulator/base/user-error.ts';
import { fileReason } from '../../services/host-files.ts';
import { optionError } from '../failure.ts';

/** Where a console's bytes go. */
export interface ConsoleSink {
  write(bytes: Uint8Array): void;
  /** Whether the last line has not ended: what is printed next then has to begin a new one. */
  readonly midLine: boolean;
  close(): void;
}

/** Standard output. */
export function stdoutSink(): ConsoleSink {
  let last = 10;
  return {
    write(bytes) {
      if (bytes.length === 0) return;
      last = bytes.at(-1)!;
      process.stdout.write(bytes);
    },
    get midLine() {
      return last !== 10;
    },
    close() {},
  };
}

/** A file, emptied first. `role` is the option that names it. */
export function fileSink(path: string, role: string): ConsoleSink {
  let fd: number;
  try {
    fd = openSync(path, 'w');
  } catch (error) {
    throw new UserError('unwritable', `${role} ${path}: ${fileReason(error, 'w')}`);
  }
  return {
    write: (bytes) => void writeSync(fd, bytes),
    midLine: false,
    close: () => closeSync(fd),
  };
}

/** Bytes that nobody wants to see. */
export const nullSink: ConsoleSink = { write() {}, midLine: false, close() {} };

/** The files that `--console NAME=FILE` gives to cells or machines; an unknown name is an error. */
export function consoleFiles(options: readonly string[], names: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const option of options) {
    const at = option.indexOf('=');
    if (at < 1 || at === option.length - 1) throw optionError('--console', `${JSON.stringify(option)} is not NAME=FILE`);
    const name = option.slice(0, at);
    if (!names.includes(name)) {
      throw optionError('--console', `there is no console ${JSON.stringify(name)}`, `one of: ${names.join(', ')}`);
    }
    const path = option.slice(at + 1);
    const other = [...files].find(([, taken]) => taken === path)?.[0];
    // Devices take what comes; a file would have the bytes of both over each other.
    if (other !== undefined && other !== name && !path.startsWith('/dev/'))
      throw optionError('--console', `${path} has the console of ${other} already`, 'give each a file of its own');
    files.set(name, path);
  }
  return files;
}
