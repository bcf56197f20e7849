import type { TimedHidAction } from '../base/hid.ts';
import type { MonitorLine, Script } from './types.ts';

/** Characters in which a pattern is looked for: a line and more. */
const WINDOW = 8192;

type Verdict = 'expected' | 'fail' | undefined;

/** A pattern, and the characters that each of its matches begins with. */
interface Pattern {
  readonly regex: RegExp;
  readonly start: string;
}

/** What was written since the last match: as much as patterns are looked for in, and the character before, which says whether `^` holds. */
class Recent {
  private text = '\n';
  /** The last characters, as many as the pattern's start has. */
  private tail = '';
  /** Where its start was seen first; before that, no character is worth a search. */
  private begin = -1;

  /** Takes a character; answers whether the text matches now. It is always the same pattern until what was written is forgotten. */
  add(character: string, { regex, start }: Pattern): string | undefined {
    // Strings grow in place; cutting copies them.
    this.text += character;
    if (this.text.length > 2 * WINDOW) this.cut();
    const from = Math.max(1, this.text.length - WINDOW);
    if (start !== '') {
      this.tail = (this.tail + character).slice(-start.length);
      if (this.begin < 0 && this.tail === start) this.begin = this.text.length - start.length;
      if (this.begin >= 0 && this.begin < from) this.begin = this.text.indexOf(start, from);
      if (this.begin < 0) return undefined;
    }
    regex.lastIndex = Math.max(from, this.begin);
    return regex.exec(this.text)?.[0];
  }

  /** Forgets all but the character before what comes next. */
  clear(): void {
    this.text = this.text.slice(-1);
    this.tail = '';
    this.begin = -1;
  }

  private cut(): void {
    const gone = this.text.length - WINDOW - 1;
    this.text = this.text.slice(gone);
    if (this.begin >= 0) this.begin = Math.max(0, this.begin - gone);
  }
}

const compile = (pattern: string): Pattern => ({ regex: new RegExp(pattern, 'gm'), start: startOf(pattern) });

/** The plain characters that every match of a pattern begins with; none where that is not plain to see. */
export function startOf(pattern: string): string {
  if (pattern.includes('|')) return '';
  const [, plain = '', next = ''] = /^\^?([^\\^$.*+?()[\]{}]*)(.?)/s.exec(pattern) ?? [];
  // What a quantifier is behind may be absent.
  return /^[*+?{]$/.test(next) ? plain.slice(0, -1) : plain;
}

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
  private readonly list: { pattern: Pattern; due: T }[];
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
    if (this.text.of(stream).add(character, next.pattern) === undefined) return undefined;
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
  private readonly expects: Pattern[];
  private readonly fail: Pattern | undefined;
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
      if (this.failText.of(stream).add(character, this.fail) !== undefined) return { ...due, verdict: 'fail' };
    }
    const [expected] = this.expects;
    if (expected) {
      const found = this.expectText.of(stream).add(character, expected);
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
