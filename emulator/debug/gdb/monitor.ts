/** `qRcmd`: what a person types behind GDB's `monitor`. */
import { errors, type Context, type Handler } from './context.ts';
import { parseBytes, textOf } from './text.ts';

interface Command {
  readonly usage: string;
  readonly help: string;
  run(context: Context, words: readonly string[]): string;
}

const MOST_WORDS = 1024;

const commands: Readonly<Record<string, Command>> = {
  help: { usage: 'help', help: 'this list', run: () => helpText() },
  info: { usage: 'info [registers|mem|cores]', help: 'how far the run is; registers; the memory map; what cores do', run: info },
  translate: { usage: 'translate ADDRESS', help: 'the physical address behind a virtual one', run: translate },
  xp: { usage: 'xp ADDRESS [WORDS]', help: 'physical memory, in words of 32 bits', run: dumpPhysical },
  reset: act('reset', 'resets the machine, which stays stopped', ({ target }) => target.reset()),
  system_reset: act('system_reset', 'the same, as QEMU calls it', ({ target }) => target.reset()),
  power: act('power', 'presses the power key', ({ target }) => target.pressPowerKey()),
  quit: act('quit', 'ends the run', ({ target }) => target.kill()),
};

function act(usage: string, help: string, run: (context: Context) => void): Command {
  return {
    usage,
    help,
    run: (context) => {
      run(context);
      return '';
    },
  };
}

/** `qRcmd,digits`. */
export const monitor: Handler = (context, rest) => {
  const bytes = parseBytes(rest);
  if (!bytes) return errors.invalid;
  const [name = '', ...words] = textOf(bytes).trim().split(/\s+/);
  const known = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const text = known ? known.run(context, words) : `unknown command ${JSON.stringify(name)}: try monitor help\n`;
  if (text !== '') context.print(text);
  return 'OK';
};

function helpText(): string {
  return Object.values(commands)
    .map(({ usage, help }) => `${usage.padEnd(30)}${help}\n`)
    .join('');
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

function info({ target, core }: Context, [what]: readonly string[]): string {
  switch (what) {
    case undefined:
      return target.status();
    case 'registers':
      return `${target.dump(core)}\n`;
    case 'cores':
      return Array.from({ length: target.cores }, (_, n) => `core ${n}: ${target.describe(n)}\n`).join('');
    case 'mem':
      return target
        .regions()
        .map(({ name, kind, base, size }) => `${hex(base).padEnd(14)}${hex(size).padEnd(12)}${kind.padEnd(8)}${name}\n`)
        .join('');
    default:
      return `there is no info ${JSON.stringify(what)}: registers, mem, cores\n`;
  }
}

/** As people write numbers: decimal, or hexadecimal with 0x. */
function number(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^(0x[\da-f]{1,16}|\d{1,19})$/i.test(text)) return undefined;
  const value = BigInt(text);
  return value < 1n << 64n ? value : undefined;
}

function translate({ target, core }: Context, [text]: readonly string[]): string {
  const address = number(text);
  if (address === undefined) return 'an address is needed: translate 0x40200000\n';
  const physical = target.translate(core, address);
  return physical === undefined ? `${hex(address)} is not mapped on core ${core}\n` : `${hex(address)} is at ${hex(physical)}\n`;
}

function dumpPhysical({ target }: Context, [where, count = '1']: readonly string[]): string {
  const address = number(where);
  const words = number(count);
  if (address === undefined || words === undefined || words > MOST_WORDS)
    return `an address is needed, and at most ${MOST_WORDS} words: xp 0x40200000 4\n`;
  const bytes = target.readPhysical(address, Number(words) * 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let text = '';
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    if (at % 16 === 0) text += `${at > 0 ? '\n' : ''}${hex(address + BigInt(at))}:`;
    text += ` 0x${view.getUint32(at, true).toString(16).padStart(8, '0')}`;
  }
  return bytes.length < Number(words) * 4
    ? `${text}${text && '\n'}no memory at ${hex(address + BigInt(bytes.length))}\n`
    : `${text}\n`;
}
