import type { Script } from './types.ts';

/** Characters in which a pattern is looked for: a line and more. */
const WINDOW = 8192;

type Verdict = 'expected' | 'fail' | undefined;

/**
 * The patterns of `--send`, `--expect` and `--fail` over the console's output, evaluated byte by byte as the guest writes. Sends and expects
 * are two lists; each pattern is looked for behind the match of the one before. Carriage returns do not count, bytes are Latin-1; `^` and `$` are ends of lines.
 */
export class ConsoleScript {
  private readonly sends: { pattern: RegExp; text: string }[];
  private readonly expects: RegExp[];
  private readonly fail: RegExp | undefined;
  private readonly hadExpects: boolean;
  private sendText = '';
  private expectText = '';
  private failText = '';
  readonly matched: string[] = [];

  constructor(script: Script) {
    this.sends = script.sends.map(({ pattern, text }) => ({ pattern: new RegExp(pattern, 'm'), text }));
    this.expects = script.expects.map((pattern) => new RegExp(pattern, 'm'));
    this.fail = script.fail === undefined ? undefined : new RegExp(script.fail, 'm');
    this.hadExpects = this.expects.length > 0;
  }

  /** Whether there is nothing to look for. */
  get idle(): boolean {
    return this.sends.length === 0 && this.expects.length === 0 && !this.fail;
  }

  /** Whether expectations were given and some are still open. */
  get unmet(): boolean {
    return this.hadExpects && this.expects.length > 0;
  }

  /** Takes a byte of output; answers what to type now, and whether the run is decided. */
  take(byte: number): { type: string | undefined; verdict: Verdict } {
    if (this.idle || byte === 13) return { type: undefined, verdict: undefined };
    const character = String.fromCharCode(byte);
    let type: string | undefined;
    if (this.sends.length > 0) {
      this.sendText = (this.sendText + character).slice(-WINDOW);
      const [next] = this.sends as [{ pattern: RegExp; text: string }];
      if (next.pattern.test(this.sendText)) {
        this.sendText = '';
        this.sends.shift();
        type = next.text;
      }
    }
    if (this.fail) {
      this.failText = (this.failText + character).slice(-WINDOW);
      if (this.fail.test(this.failText)) return { type, verdict: 'fail' };
    }
    if (this.expects.length > 0) {
      this.expectText = (this.expectText + character).slice(-WINDOW);
      const found = (this.expects[0] as RegExp).exec(this.expectText);
      if (found) {
        this.matched.push(found[0]);
        this.expectText = '';
        this.expects.shift();
        if (this.expects.length === 0) return { type, verdict: 'expected' };
      }
    }
    return { type, verdict: undefined };
  }
}
