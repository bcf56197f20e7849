import { Command, CommanderError } from 'commander';
import { UserError } from '../../emulator/base/user-error.ts';
import type { BenchOptions } from './bench/command.ts';
import type { GuestsOptions } from './commands/guests.ts';
import type { ScreenshotOptions } from './commands/screenshot.ts';
import { version } from '../services/product.ts';
import { parseDuration, parseNumber } from '../services/handset/units.ts';
import { ExitStatus, optionError } from './failure.ts';
import { addRunOptions, type RunOptions } from './run/options.ts';

/** Parses a command line and runs the command; answers the exit code. Commands are loaded when they are used. */
export async function runProgram(args: string[]): Promise<number> {
  let code: number = ExitStatus.ok;
  const program = buildProgram((result) => (code = result));
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return ExitStatus.ok;
    if (error.code === 'commander.help') return ExitStatus.input;
    throw asUserError(error);
  }
  return code;
}

function buildProgram(done: (code: number) => void): Command {
  const program = new Command('pocketvisor');
  program
    .description('A workstation for phones that run several operating systems on one processor.')
    .version(version(), '-V, --version')
    .helpCommand(false)
    .showSuggestionAfterError()
    .configureOutput({ outputError: () => {} })
    .exitOverride();
  // Settings are inherited by the commands that are made from here on.

  addRunOptions(
    program
      .command('run')
      .description('run a machine')
      .argument('[handset]', 'a handset file (YAML), or a lab file with several machines; options override it'),
  ).action(async (handset: string | undefined, options: RunOptions) => {
    const { runCommand } = await import('./run/command.ts');
    done(await runCommand(handset, options));
  });

  addRunOptions(program.command('screenshot').description('run a machine up to a moment, and write what its screen shows'))
    .argument('[handset]', 'a handset file (YAML); options override it')
    .option('-o, --output <file>', 'the picture (.png, .ppm)')
    .option('--at <duration>', 'the moment in virtual time (10s, 500ms); or give --expect', parseMoment)
    .action(async (handset: string | undefined, options: ScreenshotOptions) => {
      const { screenshotCommand } = await import('./commands/screenshot.ts');
      done(await screenshotCommand(handset, options));
    });

  program
    .command('check')
    .description('check a handset file or a lab file, and show what it makes: memory, interrupts, who may touch what')
    .argument('<handset>', 'the file (YAML)')
    .option('--json', 'problems, and what the machine will be, as one JSON object')
    .action(async (handset: string, options: { json?: boolean }) => {
      const { checkCommand } = await import('./commands/check.ts');
      done(checkCommand(handset, options));
    });

  program
    .command('boards')
    .description('the boards that a machine can be')
    .option('--json', 'as one JSON list')
    .action(async (options: { json?: boolean }) => {
      const { boardsCommand } = await import('./commands/boards.ts');
      boardsCommand(options);
    });

  program
    .command('serve')
    .description('the workstation in a browser: prints its address')
    .argument('[handset]', 'a handset file to open')
    .option('--port <n>', 'port on this machine (any that is free)', parsePort)
    .action(async (handset: string | undefined, options: { port?: number }) => {
      const { serveCommand } = await import('./commands/serve.ts');
      done(await serveCommand(handset, options));
    });

  const guests = program.command('guests').description('real guests for trying things').helpCommand(false);
  guests
    .command('list')
    .description('which there are, and which are here')
    .option('--dir <folder>', 'where they lie')
    .option('--json', 'as one JSON list')
    .action(async (options: GuestsOptions) => {
      const { guestsListCommand } = await import('./commands/guests.ts');
      done(guestsListCommand(options));
    });
  guests
    .command('fetch')
    .description('fetch guests: all that are not here, or those that are named')
    .argument('[name...]')
    .option('--dir <folder>', 'where to put them')
    .action(async (names: string[], options: GuestsOptions) => {
      const { guestsFetchCommand } = await import('./commands/guests.ts');
      done(await guestsFetchCommand(names, options));
    });

  program
    .command('disasm')
    .description('the assembler text of instruction words')
    .argument('<hex...>', 'words of 8 hex digits')
    .option('--address <a>', 'where the first one lies', parseAddress)
    .action(async (words: string[], options: { address?: number }) => {
      const { disasmCommand } = await import('./commands/isa.ts');
      done(disasmCommand(words, options));
    });

  program
    .command('isa')
    .description('the instruction set')
    .option('--coverage', 'what is implemented of it')
    .option('--json', 'as one JSON list')
    .action(async (options: { coverage?: boolean; json?: boolean }) => {
      const { isaCommand } = await import('./commands/isa.ts');
      done(isaCommand(options));
    });

  program
    .command('bench')
    .description("our speed beside QEMU's, where it is installed")
    .argument('[name...]', 'workloads, groups of them, or parts of their names (all)')
    .option('--rounds <n>', 'runs of each on each emulator, in turns (3)', parseRounds)
    .option('--group <group>', 'boots, compute, system, parallel or costs; repeatable', append)
    .option('--list', 'only name the workloads')
    .option('--no-qemu', 'only ours')
    .option('--exec <tier>', 'of ours, as with run')
    .option('--threads <n>', 'of ours, as with run; parallel has both')
    .option('--json <file>', 'write the figures as JSON')
    .option('--report <file>', 'measure nothing, write a page (HTML) that plots earlier runs')
    .option('--history <file>', 'where every run of this command adds a line')
    .action(async (names: string[], options: BenchOptions) => {
      const { benchCommand } = await import('./bench/command.ts');
      done(await benchCommand(names, options));
    });

  program
    .command('qemu')
    .description('run a machine by the command line of qemu-system-aarch64 -M virt')
    .argument('[args...]')
    .allowUnknownOption();

  return program;
}

function parseAddress(text: string): number {
  const address = parseNumber(text);
  if (address === undefined) throw optionError('--address', `${JSON.stringify(text)} will not do`, 'an address');
  return address;
}

function parseMoment(text: string): number {
  const moment = parseDuration(text);
  if (moment === undefined) throw optionError('--at', `${JSON.stringify(text)} will not do`, 'a duration, such as 10s');
  return moment;
}

function parseRounds(text: string): number {
  const rounds = parseNumber(text);
  if (rounds !== undefined && rounds > 0 && rounds <= 100) return rounds;
  throw optionError('--rounds', `${JSON.stringify(text)} will not do`, '1 to 100');
}

const append = (value: string, before: string[] = []): string[] => [...before, value];

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= 65535) return port;
  throw optionError('--port', `${JSON.stringify(text)} will not do`, '0 to 65535');
}

/** Commander's messages are `error: text`, with a suggestion on a second line. */
function asUserError(error: CommanderError): UserError {
  const [first = '', second] = error.message.replace(/^error: /, '').split('\n');
  const hint = second?.replace(/^\((.*)\)$/, '$1');
  return new UserError('bad-option', first, { hint: hint ?? 'see pocketvisor --help' });
}
