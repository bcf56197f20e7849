import type { Problem, Range } from '../../contract/index.ts';
import type { HandsetDocument, Path } from './document.ts';
import { firstLine, problem } from './issues.ts';
import { nearest } from './suggest.ts';

/** Collects what is wrong with a handset file, each at its place. */
export class Report {
  readonly problems: Problem[] = [];
  readonly document: HandsetDocument;

  constructor(document: HandsetDocument) {
    this.document = document;
  }

  /** The value at `path` is wrong. */
  error(code: string, message: string, path: Path, hint?: string): void {
    this.#add(code, message, firstLine(this.document.valueRange(path)), hint);
  }

  /** What the key at the end of `path` names is wrong, or lacks something. */
  errorAtKey(code: string, message: string, path: Path, hint?: string): void {
    this.#add(code, message, firstLine(this.document.keyRange(path)), hint);
  }

  warn(code: string, message: string, path: Path, hint?: string): void {
    const range = firstLine(this.document.valueRange(path));
    this.problems.push({ ...problem(this.document, { code, message, hint, range }), severity: 'warning' });
  }

  /** A name that stands for nothing. */
  unknown(code: string, what: string, name: string, known: readonly string[], path: Path, atKey = false): void {
    const near = nearest(name, known);
    const hint = near ? `did you mean ${near}?` : known.length > 0 ? `one of: ${known.join(', ')}` : 'there is none';
    const message = `there is no ${what} ${JSON.stringify(name)}`;
    if (atKey) this.errorAtKey(code, message, path, hint);
    else this.error(code, message, path, hint);
  }

  get failed(): boolean {
    return this.problems.some(({ severity }) => severity === 'error');
  }

  #add(code: string, message: string, range: Range, hint: string | undefined): void {
    this.problems.push(problem(this.document, { code, message, hint, range }));
  }
}
