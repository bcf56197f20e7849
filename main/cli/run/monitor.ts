/** The line editor of the monitor behind Ctrl-A c: its own, because the terminal is in raw mode. What a line means is the machine's affair. */
export interface MonitorActions {
  /** A line was entered; `answer` is called later, once. */
  execute(line: string, answer: (text: string) => void): void;
  print(text: string): void;
}

const prompt = '(pocketvisor) ';
/** Lines that the arrow keys bring back. */
const REMEMBERED = 100;
const keys = { up: '\x1b[A', down: '\x1b[B' };

export class MonitorTerminal {
  readonly #actions: MonitorActions;
  #line = '';
  readonly #history: string[] = [];
  #back = 0;
  /** An escape sequence that has begun. */
  #sequence = '';
  constructor(actions: MonitorActions) {
    this.#actions = actions;
  }

  open(): void {
    this.#line = '';
    this.#sequence = '';
    this.#actions.print(`\npocketvisor monitor: help lists what it knows, Ctrl-A c leaves\n${prompt}`);
  }

  feed(bytes: Uint8Array): void {
    for (const char of new TextDecoder().decode(bytes)) {
      if (this.#sequence !== '' || char === '\x1b') this.#escape(char);
      else if (char === '\r' || char === '\n') this.#enter();
      else if (char === '\x7f' || char === '\b') {
        if (this.#line !== '') this.#actions.print('\b \b');
        this.#line = this.#line.slice(0, -1);
      } else if (char >= ' ') {
        this.#line += char;
        this.#actions.print(char);
      }
    }
  }

  #enter(): void {
    const { print } = this.#actions;
    const line = this.#line.trim();
    print('\n');
    this.#line = '';
    this.#back = 0;
    if (line === '') return print(prompt);
    if (this.#history.at(-1) !== line) this.#history.push(line);
    this.#history.splice(0, this.#history.length - REMEMBERED);
    this.#actions.execute(line, (text) => print(`${text}${prompt}`));
  }

  #escape(char: string): void {
    this.#sequence += char;
    const { up, down } = keys;
    if (this.#sequence === up || this.#sequence === down) {
      const back = this.#back + (this.#sequence === up ? 1 : -1);
      if (back >= 0 && back <= this.#history.length) this.#show(back);
    } else if (up.startsWith(this.#sequence) || down.startsWith(this.#sequence)) return;
    this.#sequence = '';
  }

  /** The line that was entered so long ago; 0 is a new one. */
  #show(back: number): void {
    this.#back = back;
    const line = back === 0 ? '' : (this.#history.at(-back) ?? '');
    this.#actions.print(`${'\b \b'.repeat(this.#line.length)}${line}`);
    this.#line = line;
  }
}
