/** What memory holds: `x`, `xp`, `disas`, `walk`. */
import { UserError } from '../../../base/user-error.ts';
import { toInstruction } from '../../explain/facts.ts';
import { walkLines } from '../../explain/text.ts';
import { translate } from '../../translation/walk.ts';
import { hex, hex64, nameOf } from '../../views.ts';
import type { MonitorCommand, MonitorContext } from '../command.ts';

const MOST = 4096;
const units: Readonly<Record<string, number>> = { b: 1, h: 2, w: 4, g: 8 };

/** Bytes at an address; `undefined` where they cannot be read. */
type Read = (address: bigint, length: number) => Uint8Array | undefined;

/** Reads by the tables of the present level, across pages. */
function virtualRead({ core, target }: MonitorContext): Read {
  return (address, length) => {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const at = BigInt.asUintN(64, address + BigInt(done));
      const count = Math.min(length - done, 4096 - Number(at & 0xfffn));
      const { pa } = translate(core, target.memory, target.paBits, at, core.get32('EL'));
      const part = pa === undefined ? undefined : target.memory.read(pa, count);
      if (!part) return undefined;
      bytes.set(part, done);
      done += count;
    }
    return bytes;
  };
}

/** `16xw` in any order of format and unit, as GDB takes it. */
function parseFormat(context: MonitorContext, text: string): { count: number; format: string; unit: number } {
  const [, count, letters = ''] = /^(\d*)([a-z]*)$/.exec(text) ?? [];
  const unit = [...letters].find((letter) => Object.hasOwn(units, letter));
  const format = [...letters].find((letter) => 'xduocsi'.includes(letter)) ?? 'x';
  const known = [...letters].every((letter) => 'bhwgxduocsi'.includes(letter)) && letters.length <= 2;
  if (count === undefined || !known)
    throw new UserError('bad-format', `${JSON.stringify(text)} is not a format`, {
      hint: 'x/16xw: count, one of x d u o c s i, one of b h w g',
    });
  return { count: context.count(count, 1, MOST), format, unit: unit ? (units[unit] as number) : format === 'c' ? 1 : 4 };
}

function examine(context: MonitorContext, address: bigint, text: string, read: Read): string[] {
  const { count, format, unit } = parseFormat(context, text);
  if (format === 'i') return instructions(context, address, count, read);
  if (format === 's') return strings(context, address, count, read);
  const perLine = format === 'c' ? 8 : 16 / unit;
  const lines: string[] = [];
  let at = address;
  for (let done = 0; done < count; done += perLine) {
    const cells: string[] = [];
    for (let n = done; n < Math.min(count, done + perLine); n++, at += BigInt(unit)) {
      const bytes = read(at, unit);
      cells.push(bytes ? valueText(bytes, format) : 'cannot be read');
    }
    lines.push(`${hex64(at - BigInt(unit * cells.length))}: ${cells.join(' ')}`);
  }
  context.state.next = BigInt.asUintN(64, at);
  return lines;
}

function valueText(bytes: Uint8Array, format: string): string {
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  const width = bytes.length;
  switch (format) {
    case 'd':
      return BigInt.asIntN(width * 8, value)
        .toString()
        .padStart(Math.ceil(width * 2.5) + 1);
    case 'u':
      return value.toString().padStart(Math.ceil(width * 2.5));
    case 'o':
      return `0${value.toString(8)}`;
    case 'c':
      return `'${printable(Number(value & 0xffn))}'`;
    default:
      return `0x${value.toString(16).padStart(width * 2, '0')}`;
  }
}

const printable = (byte: number): string =>
  byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;

function strings(context: MonitorContext, address: bigint, count: number, read: Read): string[] {
  const lines: string[] = [];
  let at = address;
  for (let n = 0; n < count; n++) {
    const start = at;
    let text = '';
    for (let byte = read(at, 1)?.[0]; byte !== 0 && text.length < 1000; byte = read(at, 1)?.[0]) {
      if (byte === undefined) return [...lines, `${hex64(start)}: "${text}", then memory that cannot be read`];
      text += printable(byte);
      at++;
    }
    at++;
    lines.push(`${hex64(start)}: "${text}"`);
  }
  context.state.next = at;
  return lines;
}

function instructions(context: MonitorContext, address: bigint, count: number, read: Read): string[] {
  const { core, target } = context;
  const lines: string[] = [];
  let at = address & ~3n;
  let function_ = '';
  for (let n = 0; n < count; n++, at += 4n) {
    const bytes = read(at, 4);
    const symbol = target.symbols.nearest(at);
    if (symbol && symbol.name !== function_)
      lines.push(`${(function_ = symbol.name)}${symbol.offset === 0n ? '' : `+${hex(symbol.offset)}`}:`);
    if (!bytes) {
      lines.push(`  ${hex64(at)}: cannot be read`);
      break;
    }
    const word = new DataView(bytes.buffer).getUint32(0, true);
    const { text } = toInstruction(word, at);
    lines.push(`${at === core.pc ? '=>' : '  '}${hex64(at)}: ${word.toString(16).padStart(8, '0')}  ${text ?? '.inst'}`);
  }
  context.state.next = at;
  return lines;
}

export const x: MonitorCommand = {
  names: ['x'],
  usage: 'x/NFU [ADDR]',
  summary: 'memory by virtual address: N units, F x d u o c s i, U b h w g; on from there without ADDR',
  run: (context, args, format) => examine(context, addressOf(context, args), format, virtualRead(context)),
};

export const xp: MonitorCommand = {
  names: ['xp'],
  usage: 'xp/NFU [ADDR]',
  summary: 'the same by physical address',
  run: (context, args, format) =>
    examine(context, addressOf(context, args), format, (at, length) => context.target.memory.read(at, length)),
};

const addressOf = (context: MonitorContext, args: readonly string[]): bigint =>
  args.length === 0 ? context.state.next : context.address(args.join(''));

export const disas: MonitorCommand = {
  names: ['disas', 'disassemble'],
  usage: 'disas [ADDR [N]]',
  summary: 'N instructions (16) from ADDR, or around PC',
  run(context, [address, count]) {
    const from = address === undefined ? context.core.pc - 16n : context.address(address);
    return instructions(context, from, context.count(count, 16, MOST), virtualRead(context));
  },
};

export const walk: MonitorCommand = {
  names: ['walk', 'gva2gpa'],
  usage: 'walk ADDR',
  summary: 'every descriptor on the way of a virtual address',
  run(context, [address]) {
    const { core, target } = context;
    if (address === undefined) throw new UserError('no-address', 'an address is needed', { hint: 'walk $sp' });
    const va = context.address(address);
    const name = nameOf(target.symbols, va);
    return [
      ...(name ? [name] : []),
      ...walkLines(translate(core, target.memory, target.paBits, va, core.get32('EL')), target.memory),
    ];
  },
};
