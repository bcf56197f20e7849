/** The monitor: a line in, text out. Where lines come from and who carries out actions is the caller's affair. */
import { UserError } from '../../base/user-error.ts';
import { MonitorContext, type MonitorCommand, type MonitorState } from './command.ts';
import { cell } from './commands/cells.ts';
import { control, core, esr, explain, print, setLink } from './commands/control.ts';
import { mouseButton, mouseMove, sendkey } from './commands/hands.ts';
import { info } from './commands/info.ts';
import { disas, walk, x, xp } from './commands/memory.ts';
import { screendump, switchScreen } from './commands/screen.ts';
import type { MonitorAnswer, MonitorTarget } from './target.ts';

const help: MonitorCommand = {
  names: ['help', '?'],
  usage: 'help',
  summary: 'this list',
  run() {
    const width = Math.max(...commands.filter(({ usage }) => usage.length < 30).map(({ usage }) => usage.length));
    return commands.map(({ usage, summary }) =>
      usage.length > width ? `${usage}\n${' '.repeat(width)}  ${summary}` : `${usage.padEnd(width)}  ${summary}`,
    );
  },
};

const commands: readonly MonitorCommand[] = [
  info,
  x,
  xp,
  disas,
  walk,
  print,
  esr,
  explain,
  core,
  ...control,
  setLink,
  cell,
  screendump,
  switchScreen,
  sendkey,
  mouseMove,
  mouseButton,
  help,
];
const byName = new Map(commands.flatMap((command) => command.names.map((name) => [name, command] as const)));

/** The command of a line and its words; throws a `UserError` for an unknown one. */
export function parseLine(line: string): { command: MonitorCommand; args: string[]; format: string } | undefined {
  // Words with spaces stand in quotes.
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? (word as string));
  const [first = '', ...args] = words;
  if (first === '') return undefined;
  const [name = '', format = ''] = first.split(/\/(.*)/s);
  const command = byName.get(name);
  if (!command) throw new UserError('unknown-command', `unknown command ${JSON.stringify(name)}`, { hint: 'try help' });
  return { command, args, format };
}

export class Monitor {
  private readonly state: MonitorState = { core: 0, buttons: 0, next: 0n };

  /** The core that commands are about from now on. */
  choose(core: number): void {
    this.state.core = core;
  }

  /** A mistake is an answer like any other. */
  execute(line: string, target: MonitorTarget): MonitorAnswer {
    try {
      const parsed = parseLine(line);
      if (!parsed) return { text: '' };
      const answer = parsed.command.run(new MonitorContext(target, this.state), parsed.args, parsed.format);
      return 'text' in answer ? answer : { text: answer.map((row) => `${row}\n`).join('') };
    } catch (error) {
      if (error instanceof UserError) return { text: `${error.toLine()}\n` };
      throw error;
    }
  }
}
