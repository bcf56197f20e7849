/** The options of `pocketvisor run`: names, texts and values; `plan.ts` makes a machine of them. */
import { Option, type Command } from 'commander';
import { boardNames, type BoardName } from '../../../emulator/machine/boards.ts';
import { parseDebugAddress, type DebugAddress } from '../../services/debugger/address.ts';
import { parseDate, parseDuration, parseNumber, parseSize } from '../../services/handset/units.ts';
import { optionError } from '../failure.ts';

export interface RunOptions {
  board?: BoardName;
  cpus?: number;
  memory?: number;
  gic?: 2 | 3;
  el?: 1 | 2;
  cpu?: 'cortex-a53' | 'cortex-a57' | 'cortex-a72' | 'max';
  kernel?: string;
  initrd?: string;
  append?: string;
  dtb?: string;
  bios?: string;
  load?: string[];
  symbols?: string[];
  entry?: number;
  dom0Kernel?: string;
  dom0Initrd?: string;
  dom0Append?: string;
  drive?: string[];
  net?: string[];
  input?: string[];
  capture?: string;
  display?: string[];
  screenshot?: string;
  virtioConsole?: number;
  port?: string[];
  soundOut?: string;
  soundIn?: string;
  radio?: boolean;
  exec?: 'auto' | 'cold';
  threads?: 1 | 'auto';
  send?: string[];
  sendKey?: string[];
  on?: string[];
  expect?: string[];
  fail?: string[];
  /** Virtual nanoseconds. */
  timeout?: number;
  /** Host nanoseconds. */
  wall?: number;
  speed?: 'max' | number;
  console?: string[];
  seed?: number;
  rtc?: number;
  record?: string;
  replay?: string;
  monitorScript?: string;
  profileEmulator?: boolean;
  gdb?: DebugAddress;
  pause?: boolean;
  json?: boolean;
  clones?: number;
  cloneSend?: string[];
  cloneExpect?: string[];
  strict?: boolean;
  /** Of `pocketvisor screenshot`: the run is over at that virtual time (ns), as it should be, and its console goes nowhere. */
  at?: number;
  quiet?: boolean;
}

export function addRunOptions(command: Command): Command {
  const option = (flags: string, description: string) => {
    const made = new Option(flags, description);
    command.addOption(made);
    return made;
  };
  const value = <T>(flags: string, description: string, parse: (text: string) => T | undefined, wanted: string) =>
    option(flags, description).argParser((text) => {
      const parsed = parse(text);
      if (parsed === undefined) throw optionError(flags.split(' ')[0]!, `${JSON.stringify(text)} will not do`, `${wanted}`);
      return parsed;
    });
  const choice = <T>(flags: string, description: string, values: readonly T[], later: Record<string, string> = {}) =>
    option(flags, description).argParser((text) => {
      const found = values.find((candidate) => String(candidate) === text);
      if (found !== undefined) return found;
      const known = `one of: ${values.join(', ')}`;
      if (Object.hasOwn(later, text))
        throw optionError(flags.split(' ')[0]!, `${later[text]} not available in this version`, known);
      throw optionError(flags.split(' ')[0]!, `${JSON.stringify(text)} will not do`, known);
    });
  const repeatable = (flags: string, description: string) =>
    option(flags, description).argParser((text, before: string[] | undefined) => [...(before ?? []), text]);

  choice('--board <name>', `${boardNames.join(', ')}: pocketvisor boards tells of them (virt)`, boardNames);
  value('--cpus <n>', 'cores (1)', parseNumber, 'a number');
  value('--memory <size>', 'RAM (what the board has; virt: 512M)', parseMemory, 'a size with its unit, such as 512M');
  choice('--gic <version>', "interrupt controller: 2 or 3 (the board's; virt: 3)", [2, 3]);
  choice('--el <level>', 'highest exception level that the guest sees (1)', [1, 2], { 3: 'EL3 is' });
  choice('--cpu <core>', 'ID registers of that core (max)', ['cortex-a53', 'cortex-a57', 'cortex-a72', 'max']);
  option('--kernel <file>', 'Linux Image, plain or with gzip, or ELF');
  option('--initrd <file>', 'initial RAM disk');
  option('--append <text>', 'command line of the kernel');
  option('--dom0-kernel <file>', 'kernel of the first guest, when --kernel is a hypervisor (with --el 2)');
  option('--dom0-initrd <file>', 'its initial RAM disk');
  option('--dom0-append <text>', 'its command line');
  option('--dtb <file>', 'device tree blob instead of the derived one');
  option('--bios <file>', 'flash image at 0, entered at reset');
  repeatable('--load <file[@address]>', 'ELF, or raw bytes at an address; repeatable');
  repeatable('--symbols <file>', 'ELF whose symbols name addresses in explanations and the monitor; repeatable');
  value('--entry <address>', 'where to start', parseNumber, 'an address');
  repeatable(
    '--drive <file[,ro][,bus=pci][,format=raw]>',
    'virtio block device, over mmio or PCI; what is written goes to the file; repeatable',
  );
  repeatable(
    '--net <user|none[,property=value]>',
    'network card: user, with hostfwd=tcp::8080-:80, delay=, loss=, bus=pci ...; repeatable (none)',
  );
  repeatable('--input <keyboard|tablet|mouse|touch>', 'virtio input device; repeatable');
  option('--capture <file>', 'write all frames of the network cards, or of the switches of a lab (pcapng)');
  repeatable(
    '--display <virtio-gpu|ramfb|none[,property=value]>',
    'screen: virtio-gpu with xres=1280, yres=800, edid=on, or ramfb; repeatable (none)',
  );
  option('--screenshot <file>', 'at the end, write what the first screen shows (.png, .ppm)');
  option('--virtio-console', 'a virtio console, hvc0 in Linux; repeatable').argParser(
    (_text, before: number | undefined) => (before ?? 0) + 1,
  );
  repeatable(
    '--port <name=file[,input=file]>',
    'a virtio port for programs of the guest; also NAME=unix:PATH or tcp:HOST:PORT[,server=on]; repeatable',
  );
  option('--sound-out <file>', 'virtio sound card: what it plays, as a WAV file');
  option('--sound-in <file>', 'what its microphone hears: a WAV file (silence)');
  option('--radio', "the board's TDMA radio, for basebands");
  choice('--exec <tier>', 'auto, cold, or hot: all code is compiled before it runs (auto)', ['auto', 'cold', 'hot']);
  choice('--threads <n>', '1: deterministic; auto: a thread for each core, no two runs are the same (1)', [1, 'auto']);
  repeatable(
    '--send <regex=>text>',
    'once the console shows REGEX, type TEXT (\\n is Enter); each once, in order; in a lab MACHINE:REGEX',
  );
  repeatable('--send-key <regex=>keys>', 'the same for the keyboard: ret, ctrl-alt-f1, or several with spaces between them');
  repeatable('--on <regex=>line>', 'once the console shows REGEX, a line of the monitor, such as cell linux pause');
  repeatable('--expect <regex>', 'stop with 0 when all were seen, in order');
  repeatable('--fail <regex>', 'stop with 1 when it was seen');
  value('--timeout <duration>', 'stop with 3 after this virtual time (10s, 500ms)', parseDuration, 'a duration, such as 10s');
  value('--wall <duration>', 'stop with 3 after this time of the host', parseDuration, 'a duration, such as 60s');
  value('--speed <factor>', 'max, or virtual against host time (1 on a terminal, else max)', parseSpeed, 'max or a number');
  repeatable(
    '--console <name=file>',
    "where the console of a cell or a lab's machine, or hvc0 and so on, goes (standard output)",
  );
  value('--seed <n>', 'what the guest gets as random (1)', parseSeed, 'a number below 2^32');
  value('--rtc <time>', 'date of the guest: 2026-01-01T12:00:00, seconds since 1970, now (2026-01-01)', parseDate, 'a date');
  option('--record <file>', 'write all input with its virtual time');
  option('--replay <file>', 'enter the input of such a file again');
  option('--monitor-script <file>', 'lines of the monitor: @TIME LINE at that virtual time, others when the run has ended');
  option('--profile-emulator', 'tell at the end how often the emulator did what, and where the time of the host went');
  value('--gdb <[host:]port>', 'a debugger may attach there: GDB, LLDB (0: any port that is free)', parseDebugAddress, 'a port');
  option('--pause', 'with --gdb: nothing runs until the debugger lets it');
  value('--clones <n>', 'once all --expect were seen, so many clones of the machine go on from there', parseNumber, 'a number');
  repeatable('--clone-send <regex=>text>', 'as --send, for each clone; {n} is its number, from 1 on');
  repeatable('--clone-expect <regex>', 'as --expect, for each clone; {n} is its number');
  option('--strict', 'stop with 1 at the end when a deadline was missed that the handset file watches (budgets:)');
  option('--json', 'the last line of standard output is one JSON object');
  for (const flags of notYet) {
    option(flags, 'not available in this version')
      .hideHelp()
      .argParser(() => {
        throw optionError(flags.split(' ')[0]!, 'not available in this version');
      });
  }
  return command;
}

/** What later versions will have: refused by name rather than as unknown. */
const notYet = ['--trace <file>'];

function parseMemory(text: string): number | undefined {
  return /[a-z]$/i.test(text) ? parseSize(text) : undefined;
}

function parseSpeed(text: string): 'max' | number | undefined {
  if (text === 'max') return 'max';
  const factor = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  return factor > 0 && factor <= 1000 ? factor : undefined;
}

function parseSeed(text: string): number | undefined {
  const seed = parseNumber(text);
  return seed !== undefined && seed < 2 ** 32 ? seed : undefined;
}
