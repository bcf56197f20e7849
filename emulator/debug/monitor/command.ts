import { UserError } from '../../base/user-error.ts';
import type { CoreView } from '../views.ts';
import { evaluate } from './expression.ts';
import type { MonitorAction, MonitorAnswer, MonitorTarget } from './target.ts';

/** What stays between commands. */
export interface MonitorState {
  core: number;
  /** Bits of the buttons that `mouse_button` holds down. */
  buttons: number;
  /** Where `x` goes on. */
  next: bigint;
}

/** What a command works with. */
export class MonitorContext {
  readonly target: MonitorTarget;
  readonly state: MonitorState;

  constructor(target: MonitorTarget, state: MonitorState) {
    this.target = target;
    this.state = state;
  }

  /** The core that commands are about. */
  get core(): CoreView {
    return this.target.cores[this.state.core] ?? (this.target.cores[0] as CoreView);
  }

  address(text: string): bigint {
    return evaluate(text, this.core, this.target.symbols);
  }

  /** A count between 1 and `most`. */
  count(text: string | undefined, absent: number, most: number): number {
    if (text === undefined || text === '') return absent;
    const value = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
    if (value >= 1 && value <= most) return value;
    throw new UserError('bad-count', `${JSON.stringify(text)} is not a count`, { hint: `1 to ${most}` });
  }
}

/** A command: a row that `help` lists. */
export interface MonitorCommand {
  readonly names: readonly [string, ...string[]];
  readonly usage: string;
  readonly summary: string;
  /** `args`: the words after the name; `format`: what stood behind a slash (`x/16xw`). Throws a `UserError` for a mistake. */
  run(context: MonitorContext, args: readonly string[], format: string): readonly string[] | MonitorAnswer;
}

export const action = (action: MonitorAction, text = ''): MonitorAnswer => ({ text, action });
