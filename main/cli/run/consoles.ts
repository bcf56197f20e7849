import { closeSync, openSync, writeSync } from 'node:fs';
import { UserError } from '../../../emulator/base/user-error.ts';
import { optionError } from '../failure.ts';

/** Where a console's bytes go. */
export interface ConsoleSink {
  /** `cell`: whose, where there are several. */
  write(bytes: Uint8Array, cell?: string): void;
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

/** Standard output for the consoles of several cells: each line begins with the name of its cell. */
export function cellsSink(out: (text: Uint8Array | string) => void = (text) => void process.stdout.write(text)): ConsoleSink {
  /** Whose line has begun and not ended. */
  let open: string | undefined;
  return {
    write(bytes, cell = '') {
      for (let from = 0; from < bytes.length;) {
        const end = bytes.indexOf(10, from) + 1 || bytes.length;
        if (open !== cell) out(`${open === undefined ? '' : '\n'}[${cell}] `);
        out(bytes.subarray(from, end));
        open = bytes[end - 1] === 10 ? undefined : cell;
        from = end;
      }
    },
    get midLine() {
      return open !== undefined;
    },
    close() {},
  };
}

/** The consoles of cells that `files` names go to their files, all others to `rest`. */
export function dividedSink(files: ReadonlyMap<string, ConsoleSink>, rest: ConsoleSink): ConsoleSink {
  return {
    write: (bytes, cell = '') => (files.get(cell) ?? rest).write(bytes, cell),
    get midLine() {
      return rest.midLine;
    },
    close() {
      for (const sink of [...files.values(), rest]) sink.close();
    },
  };
}

/** A file, emptied first. `role` is the option that names it. */
export function fileSink(path: string, role: string): ConsoleSink {
  let fd: number;
  try {
    fd = openSync(path, 'w');
  } catch (error) {
    throw new UserError('unwritable', `${role} ${path}: ${(error as Error).message}`);
  }
  return {
    write: (bytes) => void writeSync(fd, bytes),
    midLine: false,
    close: () => closeSync(fd),
  };
}

/** Bytes that nobody wants to see. */
export const nullSink: ConsoleSink = { write() {}, midLine: false, close() {} };

/** The files that `--console CELL=FILE` gives to cells; an unknown cell is an error. */
export function consoleFiles(options: readonly string[], cells: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const option of options) {
    const at = option.indexOf('=');
    if (at < 1 || at === option.length - 1) throw optionError('--console', `${JSON.stringify(option)} is not CELL=FILE`);
    const name = option.slice(0, at);
    if (!cells.includes(name)) {
      const hint = cells.length === 1 ? `the cell is called ${cells[0]}` : `the cells are ${cells.join(', ')}`;
      throw optionError('--console', `there is no cell ${JSON.stringify(name)}`, hint);
    }
    files.set(name, option.slice(at + 1));
  }
  return files;
}

/** Where the consoles of a run go: a single one to its file or to standard output, several as {@link cellsSink} shows them. */
export function openConsoles(files: ReadonlyMap<string, string>, cells: readonly string[]): ConsoleSink {
  const sinks = new Map([...files].map(([cell, file]) => [cell, fileSink(file, '--console')]));
  const others = cells.filter((cell) => !files.has(cell));
  const [only] = cells;
  if (cells.length === 1) return sinks.get(only!) ?? stdoutSink();
  return dividedSink(sinks, others.length === 1 ? stdoutSink() : cellsSink());
}
