/** FEAT_SHA1 (DDI 0487 C4.1.96, cryptographic two- and three-register SHA; FIPS 180-4 §6.1). */
import type { Value } from '../../../ir/nodes.ts';
import { line, scalar, vector } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import type { Semantics } from '../../derive/semantics.ts';
import { choose, fromWords, majority, words } from './sha.ts';

type Mix = (b: Semantics, x: Value, y: Value, z: Value) => Value;
const rotate = (b: Semantics, value: Value, bits: number): Value => b.op('i32.rotl', value, b.i32(bits));
const parity: Mix = (b, x, y, z) => b.op('i32.xor', b.op('i32.xor', x, y), z);

/** Four rounds. Vd holds a to d, Vn holds e, Vm the schedule with its constants added. */
const rounds = (mnemonic: string, opcode: string, mix: Mix): Row =>
  insn(mnemonic, `01011110 00 0 Vm:5 0 ${opcode} 00 Vn:5 Vd:5` as '01011110000 Vm:5 0 000 00 Vn:5 Vd:5', {
    feature: 'FEAT_SHA1',
    asm: (r) => line(mnemonic.toLowerCase(), scalar(4, r.Vd), scalar(2, r.Vn), vector(r.Vm, 2, 1)),
    semantics: (b, f) => {
      b.checkFp();
      let [a, bb, c, d] = words(b, b.v(f.Vd));
      let e = b.s(f.Vn);
      for (const word of words(b, b.v(f.Vm))) {
        const sum = [rotate(b, a, 5), mix(b, bb, c, d), word].reduce((all, term) => b.op('i32.add', all, term), e);
        [a, bb, c, d, e] = [sum, a, rotate(b, bb, 30), c, d];
      }
      b.setV(f.Vd, fromWords(b, [a, bb, c, d]));
    },
  });

export const sha1: readonly Row[] = [
  rounds('SHA1C', '000', choose),
  rounds('SHA1P', '001', parity),
  rounds('SHA1M', '010', majority),
  insn('SHA1SU0', '01011110 00 0 Vm:5 0 011 00 Vn:5 Vd:5', {
    feature: 'FEAT_SHA1',
    asm: (r) => line('sha1su0', vector(r.Vd, 2, 1), vector(r.Vn, 2, 1), vector(r.Vm, 2, 1)),
    semantics: (b, f) => {
      b.checkFp();
      const [d, n] = [b.v(f.Vd), b.v(f.Vn)];
      const middle = b.shuffle(d, n, [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]);
      b.setV(f.Vd, b.op('v128.xor', b.op('v128.xor', middle, d), b.v(f.Vm)));
    },
  }),
  insn('SHA1SU1', '01011110 00 10100 00001 10 Vn:5 Vd:5', {
    feature: 'FEAT_SHA1',
    asm: (r) => line('sha1su1', vector(r.Vd, 2, 1), vector(r.Vn, 2, 1)),
    semantics: (b, f) => {
      b.checkFp();
      const d = words(b, b.v(f.Vd));
      const n = words(b, b.v(f.Vn));
      // Word 3 depends on the new word 0, which is not there yet.
      const sums = d.map((word, i) => (i < 3 ? b.op('i32.xor', word, n[i + 1] as Value) : word));
      const [w0, w1, w2, w3] = sums.map((word) => rotate(b, word, 1)) as [Value, Value, Value, Value];
      b.setV(f.Vd, fromWords(b, [w0, w1, w2, b.op('i32.xor', w3, rotate(b, w0, 1))]));
    },
  }),
  insn('SHA1H', '01011110 00 10100 00000 10 Vn:5 Vd:5', {
    feature: 'FEAT_SHA1',
    asm: (r) => line('sha1h', scalar(2, r.Vd), scalar(2, r.Vn)),
    semantics: (b, f) => {
      b.checkFp();
      b.setScalar(f.Vd, rotate(b, b.s(f.Vn), 30));
    },
  }),
];
