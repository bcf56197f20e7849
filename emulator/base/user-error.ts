/** The place in a text that a message speaks of; lines and columns count from 1. */
export interface Place {
  file: string;
  line?: number;
  column?: number;
}

/**
 * A user's mistake (unknown option, missing or malformed file): one clear message, where it is, and the next step. The command line
 * prints it and ends with exit code 2; the window shows it beside the thing it speaks of.
 */
export class UserError extends Error {
  override name = 'UserError';
  readonly code: string;
  readonly place: Place | undefined;
  readonly hint: string | undefined;
  constructor(code: string, message: string, options: { place?: Place; hint?: string } = {}) {
    super(message);
    this.code = code;
    this.place = options.place;
    this.hint = options.hint;
  }

  /** `file:line:column: message (hint)` on one line. */
  toLine(): string {
    const { place } = this;
    const where = place ? [place.file, place.line, place.column].filter((part) => part !== undefined).join(':') + ': ' : '';
    return `${where}${this.message}${this.hint ? ` (${this.hint})` : ''}`;
  }
}
