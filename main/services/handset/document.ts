/** A YAML text whose every node knows its place. */
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node, type Pair } from 'yaml';
import type { Problem, Range } from '../../contract/index.ts';

export type Path = readonly PropertyKey[];

export class HandsetDocument {
  readonly file: string;
  readonly #document: Document.Parsed;
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #base: Path;

  /** Paths begin at `base`. */
  constructor(text: string, file: string, base: Path = []) {
    this.file = file;
    this.#base = base;
    this.#text = text;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, logLevel: 'error' });
  }

  /** The same text seen from a value in it: paths begin there. */
  part(path: Path): HandsetDocument {
    return new HandsetDocument(this.#text, this.file, [...this.#base, ...path]);
  }

  /** The first place that is not YAML: what follows is its consequence more often than not. */
  syntaxProblem(): Problem | undefined {
    const [first] = this.#document.errors;
    if (!first) return undefined;
    const message = isTooDeep(first.message) ? 'this is nested too deeply' : first.message;
    return { severity: 'error', code: 'yaml', message, file: this.file, range: this.#range(first.pos[0], first.pos[1]) };
  }

  /** The plain value. Fails for aliases that lead to themselves or grow beyond reason. */
  toValue(): unknown {
    return this.#document.toJS({ maxAliasCount: 100 }) as unknown;
  }

  /** The comment at the top, without its `#`. */
  description(): string {
    const [comment = ''] = /^(?:[ \t]*#.*\n?)*/.exec(this.#text) ?? [];
    return comment
      .split('\n')
      .map((line) => line.trim().replace(/^#+\s*/, ''))
      .join(' ')
      .trim();
  }

  /** Where the value at `path` stands, or the nearest thing around it that is there. */
  valueRange(path: Path): Range {
    return this.#rangeOf(this.#find(path).node);
  }

  /** Where the key at the end of `path` stands (an item of a list: the item). */
  keyRange(path: Path): Range {
    const { pair, node } = this.#find(path);
    return this.#rangeOf((pair?.key as Node | undefined) ?? node);
  }

  /** The text with the values at these paths replaced; all else, comments too, stays as it is. */
  replaceValues(values: readonly { path: Path; value: string }[]): string {
    const edits = values.flatMap(({ path, value }) => {
      const range = this.#find(path).node?.range;
      return range ? [{ from: range[0], to: range[1], value: JSON.stringify(value) }] : [];
    });
    return edits
      .toSorted((a, b) => b.from - a.from)
      .reduce((text, { from, to, value }) => text.slice(0, from) + value + text.slice(to), this.#text);
  }

  #find(path: Path): { node: Node | null; pair?: Pair } {
    let node = this.#document.contents as Node | null;
    let pair: Pair | undefined;
    for (const key of [...this.#base, ...path]) {
      if (isMap(node)) {
        const next = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
        if (!next) break;
        pair = next;
        // `key:` without a value has no node to point at.
        node = (next.value as Node | null) ?? (next.key as Node);
      } else if (isSeq(node) && typeof key === 'number' && node.items[key]) {
        pair = undefined;
        node = node.items[key] as Node;
      } else break;
    }
    return pair ? { node, pair } : { node };
  }

  #rangeOf(node: Node | null): Range {
    const [start, end] = node?.range ?? [0, 0];
    return this.#range(start, Math.max(start, end));
  }

  #range(start: number, end: number): Range {
    // Columns of an empty text count from 1 too.
    const from = this.#lines.linePos(start);
    const to = this.#lines.linePos(Math.max(start, end));
    return {
      line: Math.max(1, from.line),
      column: Math.max(1, from.col),
      endLine: Math.max(1, to.line),
      endColumn: Math.max(1, to.col),
    };
  }
}

/** How the parser, which is recursive, tells of nesting that it cannot follow. */
function isTooDeep(message: string): boolean {
  return message.includes('call stack');
}
