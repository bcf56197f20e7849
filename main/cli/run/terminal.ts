import { fstatSync } from 'node:fs';
import type { IdlePace } from '../../../emulator/machine/types.ts';
import { EscapeFilter, escapeHelp } from './escape.ts';
import { MonitorTerminal, type MonitorActions } from './monitor.ts';

/** Standard input as the guest's console. */
export interface ConsoleInput {
  /** Restores the terminal and lets the process end. */
  close(): void;
}

export interface ConsoleInputActions extends Omit<MonitorActions, 'print'> {
  input(bytes: Uint8Array): void;
  /** Standard input is at its end. */
  ended(): void;
  quit(): void;
  /** What is typed goes to the next console from now on; answers its name. */
  next(): string;
}

/** Connects standard input: a terminal in raw mode with the keys after Ctrl-A, anything else byte for byte. */
export function openConsoleInput(actions: ConsoleInputActions, stdin: NodeJS.ReadStream = process.stdin): ConsoleInput {
  return stdin.isTTY ? openTerminal(actions, stdin) : openPipe(actions, stdin);
}

/**
 * Where idle time is to be paced, by what may be at the other end of standard input, now or later: a person at a terminal lives by the clock on the
 * wall; a program at a pipe or a socket answers prompts; a file has nothing more to say.
 */
export function idlePace(): IdlePace {
  if (process.stdin.isTTY) return 'always';
  try {
    const stat = fstatSync(0);
    return stat.isFIFO() || stat.isSocket() ? 'at-prompts' : 'never';
  } catch {
    return 'never';
  }
}

function openPipe(actions: ConsoleInputActions, stdin: NodeJS.ReadStream): ConsoleInput {
  const onData = (bytes: Buffer) => actions.input(new Uint8Array(bytes));
  stdin.on('data', onData);
  stdin.once('end', actions.ended);
  // A closed descriptor or a folder as standard input: as if it were empty.
  stdin.once('error', actions.ended);
  return {
    close() {
      stdin.off('data', onData);
      stdin.destroy();
    },
  };
}

function openTerminal(actions: ConsoleInputActions, stdin: NodeJS.ReadStream): ConsoleInput {
  // Node's raw mode leaves the translation of output on: a line feed still returns the carriage.
  const print = (text: string) => void process.stderr.write(text);
  const filter = new EscapeFilter();
  const monitor = new MonitorTerminal({ ...actions, print });
  let inMonitor = false;
  const restore = () => void stdin.setRawMode(false);
  const onData = (bytes: Buffer) => {
    for (const part of filter.feed(bytes)) {
      if (part === 'quit') actions.quit();
      else if (part === 'help') print(escapeHelp);
      else if (part === 'next') print(`\npocketvisor: keys go to ${actions.next()}\n`);
      else if (part === 'monitor') {
        inMonitor = !inMonitor;
        if (inMonitor) monitor.open();
        else print('\n');
      } else if (inMonitor) monitor.feed(part);
      else actions.input(part);
    }
  };
  stdin.setRawMode(true);
  process.once('exit', restore);
  stdin.on('data', onData);
  stdin.once('end', actions.ended);
  return {
    close() {
      stdin.off('data', onData);
      process.off('exit', restore);
      restore();
      stdin.pause();
      stdin.unref?.();
    },
  };
}
