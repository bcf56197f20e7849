/** Addresses as a person writes them: `0x40200000`, `$sp-16`, `$elr_el1`, `main+0x10`. */
import { UserError } from '../../base/user-error.ts';
import { stateFields } from '../../state/layout.ts';
import type { CoreView, SymbolView } from '../views.ts';

const registers = new Map(
  stateFields.filter(({ type, count }) => type === 'u64' && count === 1).map(({ name }) => [name.toLowerCase(), name]),
);

/** The value of a register by its name, without `$`; `undefined` where there is none. */
export function registerValue(core: CoreView, name: string): bigint | undefined {
  const lower = name.toLowerCase();
  const general = /^x(\d+)$/.exec(lower)?.[1];
  if (general !== undefined) return Number(general) < 31 ? core.x(Number(general)) : undefined;
  if (lower === 'sp') return core.x(31);
  if (lower === 'fp') return core.x(29);
  if (lower === 'lr') return core.x(30);
  const field = registers.get(lower);
  return field === undefined ? undefined : core.get64(field);
}

/** Evaluates terms that are added and subtracted, to 64 bits. Throws a `UserError` that names the term. */
export function evaluate(text: string, core: CoreView, symbols: SymbolView): bigint {
  const terms = text.match(/[+-]?[^+-]+/g);
  if (!terms || terms.join('') !== text) throw new UserError('bad-expression', `${JSON.stringify(text)} is not an address`);
  let sum = 0n;
  for (const term of terms) {
    const [, sign, atom = ''] = /^([+-]?)(.*)$/s.exec(term) ?? [];
    const value = valueOf(atom.trim(), core, symbols);
    sum += sign === '-' ? -value : value;
  }
  return BigInt.asUintN(64, sum);
}

function valueOf(atom: string, core: CoreView, symbols: SymbolView): bigint {
  if (/^(0x[\da-f]+|\d+)$/i.test(atom)) return BigInt(atom);
  const register = atom.startsWith('$') ? registerValue(core, atom.slice(1)) : undefined;
  if (register !== undefined) return register;
  const symbol = atom.startsWith('$') ? undefined : symbols.find(atom);
  if (symbol !== undefined) return symbol;
  const hint = 'a number, $REGISTER, or a symbol of an ELF file, and + or - between them';
  throw new UserError('bad-expression', `there is no ${atom.startsWith('$') ? 'register' : 'symbol'} ${JSON.stringify(atom)}`, {
    hint,
  });
}
