/** The small monitor behind Ctrl-A c: a line editor of its own, because the terminal is in raw mode. */
import type { MachineCommand, MachineStatus } from '../../../emulator/machine/types.ts';

export interface MonitorActions {
  status(): MachineStatus;
  post(command: MachineCommand): void;
  quit(): void;
  print(text: string): void;
}

const prompt = '(pocketvisor) ';

export class Monitor {
  readonly #actions: MonitorActions;
  #line = '';
  constructor(actions: MonitorActions) {
    this.#actions = actions;
  }

  open(): void {
    this.#line = '';
    this.#actions.print(`\npocketvisor monitor: help lists what it knows, Ctrl-A c leaves\n${prompt}`);
  }

  feed(bytes: Uint8Array): void {
    for (const char of new TextDecoder().decode(bytes)) {
      if (char === '\r' || char === '\n') {
        this.#actions.print('\n');
        this.#execute(this.#line.trim());
        this.#line = '';
        this.#actions.print(prompt);
      } else if (char === '\x7f' || char === '\b') {
        if (this.#line !== '') this.#actions.print('\b \b');
        this.#line = this.#line.slice(0, -1);
      } else if (char >= ' ') {
        this.#line += char;
        this.#actions.print(char);
      }
    }
  }

  #execute(command: string): void {
    const { print, post } = this.#actions;
    switch (command) {
      case '':
        return;
      case 'info':
        return print(describeStatus(this.#actions.status()));
      case 'pause':
      case 'stop':
        return post({ type: 'pause' });
      case 'resume':
      case 'cont':
        return post({ type: 'resume' });
      case 'reset':
        return post({ type: 'reset' });
      case 'power':
        return post({ type: 'power-key' });
      case 'quit':
        return this.#actions.quit();
      case 'help':
        return print(
          'info    state, virtual time, instructions, speed\npause   resume   reset   quit\npower   presses the power key\n',
        );
      default:
        return print(`unknown command ${JSON.stringify(command)}: try help\n`);
    }
  }
}

export function describeStatus({ state, virtualNs, instructions, mips }: MachineStatus): string {
  const seconds = (virtualNs / 1e9).toFixed(3);
  return `${state}; virtual time ${seconds} s; ${instructions} instructions; ${mips.toFixed(1)} million a second\n`;
}
