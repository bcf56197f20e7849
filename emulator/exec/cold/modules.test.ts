/** Everything that rows can become is valid WebAssembly. */
import { expect, test } from 'vitest';
import { wasm } from '../../base/wasm.ts';
import { rows } from '../../isa/a64/index.ts';
import { seededRandom } from '../../isa/derive/generator.ts';
import { fieldsOf } from '../../isa/derive/insn.ts';
import { variantWords } from '../../isa/derive/variants.ts';
import { FUNCTION_SLOTS } from './engine.ts';
import { handlerModule } from './handler.ts';
import { loopCases } from './loop-cases.ts';
import { loopModule } from './loop.ts';
import { makeVariant } from './micro-op.ts';

const systemRows = new Set(['MRS', 'MSR', 'SYS', 'SYSL']);

test('the handler of every variant', () => {
  const random = seededRandom(1);
  const invalid: string[] = [];
  const different = new Set<string>();
  for (const row of rows) {
    // Rows of system registers have thousands of variants, most of them UNDEFINED.
    const oneIn = systemRows.has(row.name) ? 16 : 1;
    for (const word of variantWords(row, random)) {
      if (random() % oneIn !== 0) continue;
      const module = handlerModule(makeVariant(row, fieldsOf(row, word)).statements);
      different.add(String.fromCharCode(...module));
      if (!wasm.validate(module)) invalid.push(`${row.name} ${word.toString(16)}`);
    }
  }
  expect(invalid).toEqual([]);
  expect(different.size).toBeLessThan(FUNCTION_SLOTS);
});

test('the loop', () => {
  const cases = loopCases.map(({ row, fields }) => makeVariant(row, fields).statements);
  expect(wasm.validate(loopModule(cases))).toBe(true);
});
