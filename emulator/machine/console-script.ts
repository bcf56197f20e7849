import type { TimedHidAction } from '../base/hid.ts';
import type { MonitorLine, Script } from './types.ts';

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

/** What each console has shown lately: what one shows is never continued by another. */
class RecentByStream {
  private readonly streams = new Map<number, Recent>();

  of(stream: number): Recent {
    let recent = this.streams.get(stream);
    if (!recent) this.streams.set(stream, (recent = new Recent()));
    return recent;
  }

  clear(): void {
    for (const recent of this.streams.values()) recent.clear();
  }
}

/** A list of patterns, each with what is due when it was seen behind the one before. */
class Cues<T> {
  private readonly list: { pattern: RegExp; due: T }[];
  private readonly text = new RecentByStream();

  constructor(list: readonly { pattern: string; due: T }[]) {
    this.list = list.map(({ pattern, due }) => ({ pattern: compile(pattern), due }));
  }

  get idle(): boolean {
    return this.list.length === 0;
  }

  take(character: string, stream: number): T | undefined {
    const [next] = this.list;
    if (!next) return undefined;
    const recent = this.text.of(stream);
    recent.add(character);
    if (recent.find(next.pattern) === undefined) return undefined;
    this.text.clear();
    this.list.shift();
    return next.due;
  }
}

/** What is due at a byte that a console shows: to type there and on the keyboard, a line of the monitor, and whether the run is decided. */
export interface Due {
  type?: string | undefined;
  keys?: readonly TimedHidAction[] | undefined;
  line?: MonitorLine | undefined;
  verdict?: Verdict;
}

/**
 * The patterns of `--send`, `--send-key`, `--on`, `--expect` and `--fail` over the output of consoles, evaluated byte by byte as the guest writes.
 * Sends, keys, lines of the monitor and expects are a list each; each pattern is looked for behind the match of the one before, on every console by itself. Carriage
 * returns do not count, bytes are Latin-1; `^` and `$` are ends of lines.
 */
export class ConsoleScript {
  private readonly sends: Cues<string>;
  private readonly keys: Cues<readonly TimedHidAction[]>;
  private readonly lines: Cues<MonitorLine>;
  private readonly expects: RegExp[];
  private readonly fail: RegExp | undefined;
  private readonly expectText = new RecentByStream();
  private readonly failText = new RecentByStream();
  readonly matched: string[] = [];
  /** When, in virtual ns. */
  readonly matchedNs: number[] = [];

  constructor(script: Script) {
    this.sends = new Cues(script.sends.map(({ pattern, text }) => ({ pattern, due: text })));
    this.keys = new Cues((script.sendKeys ?? []).map(({ pattern, keys }) => ({ pattern, due: keys })));
    this.lines = new Cues((script.cues ?? []).map(({ pattern, ...line }) => ({ pattern, due: line })));
    this.expects = script.expects.map(compile);
    this.fail = script.fail === undefined ? undefined : compile(script.fail);
  }

  /** Whether there is nothing to look for. */
  get idle(): boolean {
    return this.sends.idle && this.keys.idle && this.lines.idle && this.expects.length === 0 && !this.fail;
  }

  /** Whether all that is expected was seen. */
  get seenAll(): boolean {
    return this.expects.length === 0;
  }

  /** Takes a byte that a console shows at a virtual time. */
  take(byte: number, stream = 0, nowNs = 0): Due {
    if (this.idle || byte === 13) return {};
    const character = String.fromCharCode(byte);
    const due = {
      type: this.sends.take(character, stream),
      keys: this.keys.take(character, stream),
      line: this.lines.take(character, stream),
    };
    if (this.fail) {
      const recent = this.failText.of(stream);
      recent.add(character);
      if (recent.find(this.fail) !== undefined) return { ...due, verdict: 'fail' };
    }
    const [expected] = this.expects;
    if (expected) {
      const recent = this.expectText.of(stream);
      recent.add(character);
      const found = recent.find(expected);
      if (found !== undefined) {
        this.matched.push(found);
        this.matchedNs.push(nowNs);
        this.expectText.clear();
        this.expects.shift();
        if (this.expects.length === 0) return { ...due, verdict: 'expected' };
      }
    }
    return due;
  }
}
