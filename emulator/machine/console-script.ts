import type { Script } from './types.ts';

/** Characters in which a pattern is looked for: a line and more. */
const WINDOW = 8192;

type Verdict = 'expected' | 'fail' | undefined;

/** What was written since the last match: as much as patterns are looked for in, and the character before, which says whether `^` holds. */
class Recent {
  private text = '\n';

  add(character: string): void {
    this.text = (this.text + character).slice(-WINDOW - 1);
  }

  /** The match of a pattern of flags `gm`. */
  find(pattern: RegExp): string | undefined {
    pattern.lastIndex = 1;
    return pattern.exec(this.text)?.[0];
  }

  /** Forgets all but the character before what comes next. */
  clear(): void {
    this.text = this.text.slice(-1);
  }
}

const compile = (pattern: string): RegExp => new RegExp(pattern, 'gm');

/**
 * The patterns of `--send`, `--expect` and `--fail` over the console's output, evaluated byte by byte as the guest writes. Sends and expects
 * are two lists; each pattern is looked for behind the match of the one before. Carriage returns do not count, bytes are Latin-1; `^` and `$` are ends of lines.
 */
export class ConsoleScript {
  private readonly sends: { pattern: RegExp; text: string }[];
  private readonly expects: RegExp[];
  private readonly fail: RegExp | undefined;
  private readonly sendText = new Recent();
  private readonly expectText = new Recent();
  private readonly failText = new Recent();
  readonly matched: string[] = [];

  constructor(script: Script) {
    this.sends = script.sends.map(({ pattern, text }) => ({ pattern: compile(pattern), text }));
    this.expects = script.expects.map(compile);
    this.fail = script.fail === undefined ? undefined : compile(script.fail);
  }

  /** Whether there is nothing to look for. */
  get idle(): boolean {
    return this.sends.length === 0 && this.expects.length === 0 && !this.fail;
  }

  /** Whether all that is expected was seen. */
  get seenAll(): boolean {
    return this.expects.length === 0;
  }

  /** Takes a byte of output; answers what to type now, and whether the run is decided. */
  take(byte: number): { type: string | undefined; verdict: Verdict } {
    if (this.idle || byte === 13) return { type: undefined, verdict: undefined };
    const character = String.fromCharCode(byte);
    let type: string | undefined;
    const [send] = this.sends;
    if (send) {
      this.sendText.add(character);
      if (this.sendText.find(send.pattern) !== undefined) {
        this.sendText.clear();
        this.sends.shift();
        type = send.text;
      }
    }
    if (this.fail) {
      this.failText.add(character);
      if (this.failText.find(this.fail) !== undefined) return { type, verdict: 'fail' };
    }
    const [expected] = this.expects;
    if (expected) {
      this.expectText.add(character);
      const found = this.expectText.find(expected);
      if (found !== undefined) {
        this.matched.push(found);
        this.expectText.clear();
        this.expects.shift();
        if (this.expects.length === 0) return { type, verdict: 'expected' };
      }
    }
    return { type, verdict: undefined };
  }
}
