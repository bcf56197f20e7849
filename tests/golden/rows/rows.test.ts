/**
 * What comes of a row: words, and for each the assembler text, the variant, the IR of its handler and, where `wat` is asked for, the
 * WebAssembly. In the files, lines that start with `>` are input and `npm run bless` writes the rest.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import wabt from 'wabt';
import { disassemble } from '../../../emulator/debug/isa.ts';
import { handlerModule } from '../../../emulator/exec/cold/handler.ts';
import { makeVariant, type Variant } from '../../../emulator/exec/cold/micro-op.ts';
import { type OperandNames, print } from '../../../emulator/ir/print.ts';
import { decode } from '../../../emulator/isa/a64/index.ts';
import { bless } from '../../support/packages.ts';

const { readWasm } = await wabt();
const PC = 0x1000n;

function operandNames({ operands }: Variant): OperandNames {
  return new Map(
    operands.map((operand) => {
      if (operand.kind === 'immediate') return [operand.at, `imm${operand.bits}@${operand.at}`];
      const { field, plus } = operand.reg;
      return [operand.at, `${field}${plus ? `+${plus}` : ''}.${operand.role}`];
    }),
  );
}

function describeWord(word: number, wantsWat: boolean): string {
  const { row, fields } = decode(word)!;
  const variant = makeVariant(row, fields);
  const lines = [disassemble(word, PC), `${row.name} ${variant.key}`.trimEnd(), print(variant.statements, operandNames(variant))];
  if (wantsWat) {
    const module = readWasm(handlerModule(variant.statements), { readDebugNames: false, simd: true, threads: true });
    lines.push(module.toText({ foldExprs: true, inlineExport: true }).trimEnd());
    module.destroy();
  }
  return lines.filter((text) => text !== '').join('\n');
}

/** The file as it has to be, by its input lines. */
function expected(text: string): string {
  const [title, ...inputs] = text.split('\n').filter((line) => /^[#>]/.test(line));
  const parts = inputs.map((input) => {
    const [, word = '', option] = input.split(' ');
    return `${input}\n${describeWord(Number.parseInt(word, 16), option === 'wat')}\n`;
  });
  return [`${title}\n`, ...parts].join('\n');
}

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.golden'));

test.each(files)('%s', (name) => {
  const path = join(import.meta.dirname, name);
  const text = readFileSync(path, 'utf8');
  if (bless) writeFileSync(path, expected(text));
  else expect(text).toBe(expected(text));
});
