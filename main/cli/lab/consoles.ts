import { fileSink, type ConsoleSink } from '../run/consoles.ts';

const NEWLINE = 10;

/** A console on standard output beside others: whole lines, with the machine's name before each. */
export function prefixedSink(name: string): ConsoleSink {
  const prefix = `[${name}] `;
  let line: number[] = [];
  const put = () => {
    process.stdout.write(Buffer.concat([Buffer.from(prefix), Buffer.from(line), Buffer.from('\n')]));
    line = [];
  };
  return {
    midLine: false,
    write(bytes) {
      for (const byte of bytes) {
        // Terminals of guests end lines by two characters.
        if (byte === NEWLINE) put();
        else if (byte !== 13) line.push(byte);
      }
    },
    close() {
      if (line.length > 0) put();
    },
  };
}

/** Where the console of each machine goes. */
export function sinksOf(names: readonly string[], files: ReadonlyMap<string, string>): ConsoleSink[] {
  return names.map((name) => {
    const file = files.get(name);
    return file === undefined ? prefixedSink(name) : fileSink(file, '--console');
  });
}
