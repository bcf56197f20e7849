/** FEAT_SHA256 (DDI 0487 C4.1.96, cryptographic two- and three-register SHA; FIPS 180-4 §6.2). */
import type { Value } from '../../../ir/nodes.ts';
import { line, scalar, vector } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import type { Semantics } from '../../derive/semantics.ts';
import { choose, fromWords, majority, type Words, words } from './sha.ts';

const add = (b: Semantics, ...terms: Value[]): Value => terms.reduce((sum, term) => b.op('i32.add', sum, term));

/** Exclusive or of rotations, and of a shift where one is given (FIPS 180-4 §4.1.2). */
function sigma(b: Semantics, value: Value, rotations: readonly number[], shift?: number): Value {
  const terms = rotations.map((bits) => b.op('i32.rotr', value, b.i32(bits)));
  if (shift !== undefined) terms.push(b.op('i32.shr_u', value, b.i32(shift)));
  return terms.reduce((all, term) => b.op('i32.xor', all, term));
}

/** SHA256hash: four rounds of a to d and e to h with a schedule that has its constants added. */
function rounds(b: Semantics, first: Value, second: Value, schedule: Value): { first: Words; second: Words } {
  let x = words(b, first);
  let y = words(b, second);
  for (const word of words(b, schedule)) {
    const t = add(b, y[3], sigma(b, y[0], [6, 11, 25]), choose(b, y[0], y[1], y[2]), word);
    const a = add(b, t, sigma(b, x[0], [2, 13, 22]), majority(b, x[0], x[1], x[2]));
    const e = add(b, t, x[3]);
    [x, y] = [
      [a, x[0], x[1], x[2]],
      [e, y[0], y[1], y[2]],
    ];
  }
  return { first: x, second: y };
}

type Three = '01011110 00 0 Vm:5 0 000 00 Vn:5 Vd:5';

const hash = (mnemonic: string, opcode: string, build: (b: Semantics, d: Value, n: Value, m: Value) => Words): Row =>
  insn(mnemonic, `01011110 00 0 Vm:5 0 ${opcode} 00 Vn:5 Vd:5` as Three, {
    feature: 'FEAT_SHA256',
    asm: (r) => line(mnemonic.toLowerCase(), scalar(4, r.Vd), scalar(4, r.Vn), vector(r.Vm, 2, 1)),
    semantics: (b, f) => {
      b.checkFp();
      b.setV(f.Vd, fromWords(b, build(b, b.v(f.Vd), b.v(f.Vn), b.v(f.Vm))));
    },
  });

export const sha256: readonly Row[] = [
  hash('SHA256H', '100', (b, d, n, m) => rounds(b, d, n, m).first),
  hash('SHA256H2', '101', (b, d, n, m) => rounds(b, n, d, m).second),
  insn('SHA256SU0', '01011110 00 10100 00010 10 Vn:5 Vd:5', {
    feature: 'FEAT_SHA256',
    asm: (r) => line('sha256su0', vector(r.Vd, 2, 1), vector(r.Vn, 2, 1)),
    semantics: (b, f) => {
      b.checkFp();
      const d = words(b, b.v(f.Vd));
      const next = [...d.slice(1), b.s(f.Vn)];
      b.setV(f.Vd, fromWords(b, d.map((word, i) => add(b, word, sigma(b, next[i] as Value, [7, 18], 3))) as Words));
    },
  }),
  insn('SHA256SU1', '01011110 00 0 Vm:5 0 110 00 Vn:5 Vd:5', {
    feature: 'FEAT_SHA256',
    asm: (r) => line('sha256su1', vector(r.Vd, 2, 1), vector(r.Vn, 2, 1), vector(r.Vm, 2, 1)),
    semantics: (b, f) => {
      b.checkFp();
      const [d, n, m] = [f.Vd, f.Vn, f.Vm].map((reg) => words(b, b.v(reg))) as [Words, Words, Words];
      const next = [n[1], n[2], n[3], m[0]];
      const result: Value[] = [];
      // The last two words depend on the first two.
      d.forEach((word, i) => {
        const source = i < 2 ? (m[i + 2] as Value) : (result[i - 2] as Value);
        result.push(add(b, word, next[i] as Value, sigma(b, source, [17, 19], 10)));
      });
      b.setV(f.Vd, fromWords(b, result as Words));
    },
  }),
];
