import type { ConsoleSink } from './consoles.ts';

/** For so long (on the wall) a console writes nothing in the middle of a line before that is shown: it is a prompt, or something takes time. */
const QUIET_MS = 100;
/** A line that is longer is shown without its end. */
const MOST_HELD = 4096;

/** One console's line that has not ended yet. */
interface Unfinished {
  text: string;
  /** How much of it was shown. */
  shown: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Standard output for several consoles: each line begins with the name of the one that wrote it, and stays in one piece. A line is held until it
 * ends, or its console is quiet. What is shown of it by then goes on in its place as long as nobody else writes; after that it is written anew.
 */
export class SharedOutput {
  readonly #output: ConsoleSink;
  readonly #width: number;
  readonly #quietMs: number;
  /** Whose line is shown and has not ended. */
  #shown: string | undefined;

  constructor(output: ConsoleSink, names: readonly string[], quietMs = QUIET_MS) {
    this.#output = output;
    this.#width = Math.max(...names.map((name) => name.length));
    this.#quietMs = quietMs;
  }

  sink(name: string): ConsoleSink {
    const output = this.#output;
    const line: Unfinished = { text: '', shown: 0, timer: undefined };
    return {
      write: (bytes) => this.#take(name, line, Buffer.from(bytes).toString('latin1')),
      get midLine() {
        return output.midLine;
      },
      close: () => this.#showHeld(name, line),
    };
  }

  #take(name: string, line: Unfinished, text: string): void {
    clearTimeout(line.timer);
    line.text += text;
    const end = line.text.lastIndexOf('\n') + 1;
    if (end > 0) {
      this.#show(name, line, end);
      line.text = line.text.slice(end);
      line.shown = 0;
    }
    if (this.#shown === name || line.text.length > MOST_HELD) this.#showHeld(name, line);
    else if (line.text !== '') line.timer = setTimeout(() => this.#showHeld(name, line), this.#quietMs);
  }

  #showHeld(name: string, line: Unfinished): void {
    clearTimeout(line.timer);
    if (line.shown < line.text.length) this.#show(name, line, line.text.length);
  }

  /** Shows what is held up to there; from its begin where that is not what stands last. */
  #show(name: string, line: Unfinished, end: number): void {
    const prefix = `${name.padEnd(this.#width)} | `;
    const goesOn = this.#shown === name;
    const lines = line.text.slice(goesOn ? line.shown : 0, end).split(/(?<=\n)/);
    const text = lines.map((each, n) => (n === 0 && goesOn ? each : prefix + each)).join('');
    const begin = this.#shown === undefined || goesOn ? '' : '\r\n';
    this.#output.write(Buffer.from(begin + text, 'latin1'));
    this.#shown = text.endsWith('\n') ? undefined : name;
    line.shown = end;
  }
}
