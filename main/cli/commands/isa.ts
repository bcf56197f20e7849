import { coverage, disassemble, type ClassCoverage } from '../../../emulator/debug/isa.ts';
import { UserError } from '../../../emulator/base/user-error.ts';
import { optionError, ExitStatus } from '../failure.ts';

/** `pocketvisor disasm HEX...`: words as a listing has them, from an address on. */
export function disasmCommand(words: string[], options: { address?: number }): number {
  const parsed = words.flatMap((text) => text.split(/[\s,]+/).filter(Boolean)).map(parseWord);
  for (const [index, word] of parsed.entries()) {
    const pc = BigInt(options.address ?? 0) + BigInt(index * 4);
    const hex = word.toString(16).padStart(8, '0');
    const text = disassemble(word, pc) ?? `.inst\t0x${hex} ; undefined`;
    process.stdout.write(
      parsed.length === 1 && options.address === undefined ? `${text}\n` : `${pc.toString(16)}:\t${hex}\t${text}\n`,
    );
  }
  return ExitStatus.ok;
}

/** `pocketvisor isa --coverage`: what is implemented of each class of the encoding index. */
export function isaCommand(options: { coverage?: boolean; json?: boolean }): number {
  if (!options.coverage) throw optionError('isa', 'there is nothing to show', '--coverage');
  const table = coverage();
  if (options.json) process.stdout.write(`${JSON.stringify(table)}\n`);
  else process.stdout.write(describe(table));
  return ExitStatus.ok;
}

function describe(table: readonly ClassCoverage[]): string {
  const lines: string[] = [];
  let group = '';
  for (const entry of table) {
    if (entry.group !== group) lines.push('', (group = entry.group));
    const what = entry.done ? entry.rows.join(' ') : `(not implemented${entry.feature ? `: ${entry.feature}` : ''})`;
    lines.push(`  ${entry.done ? '+' : '-'} ${entry.name}: ${what}`);
  }
  const done = table.filter((entry) => entry.done).length;
  lines.push('', `${done} of ${table.length} classes of the A64 index are implemented`, '');
  return lines.slice(1).join('\n');
}

/** Eight digits as a word has them: most significant first, `0x` or not. */
function parseWord(text: string): number {
  const digits = /^(?:0x)?([\da-f]{1,8})$/i.exec(text)?.[1];
  if (digits) return parseInt(digits, 16);
  throw new UserError('bad-word', `${JSON.stringify(text)} is not an instruction word`, {
    hint: 'up to 8 hex digits, such as d503201f',
  });
}
