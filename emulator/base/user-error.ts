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

  /** `file:line:column: message (hint)` on one line, which shows what it quotes and does nothing to a terminal. */
  toLine(): string {
    const { place, hint } = this;
    const where = place ? [place.file, place.line, place.column].filter((part) => part !== undefined).join(':') + ': ' : '';
    const text = `${where}${shortened(this.message)}${hint ? ` (${hint})` : ''}`;
    return text.replace(/\p{Cc}/gu, (code) => `\\x${code.charCodeAt(0).toString(16).padStart(2, '0')}`);
  }
}

/** Of what is quoted from a file that is something else, the beginning says as much as the whole. */
const MOST_CHARACTERS = 1000;

function shortened(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)} ...` : text;
}
