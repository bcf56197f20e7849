/** Across lanes: one result of all elements (DDI 0487 C4.1.96). */
import type { Value } from '../../../ir/nodes.ts';
import { line, scalar, vector } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import type { Semantics } from '../../derive/semantics.ts';
import { addPairsLong } from './arithmetic.ts';
import { mnemonics } from './forms.ts';
import { datasize, esize, lanes, read, rearrange, write } from './lanes.ts';

/** Combines `count` lanes in lane 0, halves with each other. */
function fold(b: Semantics, size: number, count: number, name: string, x: Value): Value {
  const all = 128 / esize(size);
  let result = x;
  for (let step = count / 2; step >= 1; step /= 2) {
    result = lanes(
      b,
      size,
      name,
      result,
      rearrange(b, size, result, result, (place) => (place + step) % all),
    );
  }
  return result;
}

const row = (mnemonic: string, U: number, opcode: string, name: string | undefined): Row =>
  insn(mnemonic, `0 Q:1 ${U} 01110 size:2 11000 ${opcode} 10 Vn:5 Vd:5` as '0 Q:1 0 01110 size:2 11000 00000 10 Vn:5 Vd:5', {
    // There is no vector of one element, and two elements have ADDP and the like (DDI 0487: "size:Q == '100'").
    when: (r) => r.size < 2 || (r.size === 2 && r.Q === 1),
    asm: (r) => line(mnemonic.toLowerCase(), scalar(r.size + (name ? 0 : 1), r.Vd), vector(r.Vn, r.size, r.Q)),
    semantics: (b, f) => {
      b.checkFp();
      const x = read(b, f.Vn, datasize(f.Q));
      const count = datasize(f.Q) / esize(f.size);
      // SADDLV and UADDLV: no partial sum overflows the wide element.
      if (name) write(b, f.Vd, fold(b, f.size, count, name, x), esize(f.size));
      else write(b, f.Vd, fold(b, f.size + 1, count / 2, 'add', addPairsLong(b, f.size, U, x)), esize(f.size + 1));
    },
  });

const table: readonly [names: string, opcode: string, name: (U: number) => string | undefined][] = [
  ['SADDLV UADDLV', '00011', () => undefined],
  ['SMAXV UMAXV', '01010', (U) => `max_${U ? 'u' : 's'}`],
  ['SMINV UMINV', '11010', (U) => `min_${U ? 'u' : 's'}`],
  ['ADDV -', '11011', () => 'add'],
];

export const acrossLanes: readonly Row[] = table.flatMap(([names, opcode, name]) =>
  mnemonics(names).map(([mnemonic, U]) => row(mnemonic, U, opcode, name(U))),
);
