/** Permutations: ZIP, UZP, TRN, EXT, and table lookup (DDI 0487 C4.1.96). */
import type { Value } from '../../../ir/nodes.ts';
import { decimal, line, vector } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import { registerList } from './register-list.ts';
import { datasize, esize, evens, lanes, odds, rearrange, replicate, write } from './lanes.ts';
import type { Semantics } from '../../derive/semantics.ts';

type Build = (b: Semantics, size: number, n: Value, m: Value, bits: number) => Value;

const row = (mnemonic: string, opcode: string, build: Build): Row =>
  insn(mnemonic, `0 Q:1 001110 size:2 0 Vm:5 0 ${opcode} 10 Vn:5 Vd:5` as '0 Q:1 001110 size:2 0 Vm:5 0 000 10 Vn:5 Vd:5', {
    when: (r) => r.size < 3 || r.Q === 1,
    asm: (r) => {
      const [d, n, m] = [r.Vd, r.Vn, r.Vm].map((reg) => vector(reg, r.size, r.Q));
      return line(mnemonic.toLowerCase(), d, n, m);
    },
    semantics: (b, f) => {
      b.checkFp();
      const bits = datasize(f.Q);
      write(b, f.Vd, build(b, f.size, b.v(f.Vn), b.v(f.Vm), bits), bits);
    },
  });

/** Elements of the first source at even places, of the second one at odd places. */
const alternate =
  (element: (place: number, count: number) => number): Build =>
  (b, size, n, m, bits) =>
    rearrange(b, size, n, m, (place) => {
      const from = element(place, bits / esize(size)) % (128 / esize(size));
      return place & 1 ? 128 / esize(size) + from : from;
    });

/** Bytes of several tables of 16 by number; beyond them zero. */
export function lookUp(b: Semantics, tables: readonly Value[], indexes: Value): Value {
  // A swizzle answers zero for 16 and more.
  return tables
    .map((table, i) => b.op('i8x16.swizzle', table, i ? lanes(b, 0, 'sub', indexes, replicate(b, 0, 16 * i)) : indexes))
    .reduce((all, found) => b.op('v128.or', all, found));
}

export const permutations: readonly Row[] = [
  row('UZP1', '001', evens),
  row(
    'TRN1',
    '010',
    alternate((place) => place & ~1),
  ),
  row(
    'ZIP1',
    '011',
    alternate((place) => place >> 1),
  ),
  row('UZP2', '101', odds),
  row(
    'TRN2',
    '110',
    alternate((place) => place | 1),
  ),
  row(
    'ZIP2',
    '111',
    alternate((place, count) => (place + count) >> 1),
  ),
  insn('EXT', '0 Q:1 101110000 Vm:5 0 first:4 0 Vn:5 Vd:5', {
    when: (r) => r.first < 8 || r.Q === 1,
    asm: (r) => {
      const [d, n, m] = [r.Vd, r.Vn, r.Vm].map((reg) => vector(reg, 0, r.Q));
      return line('ext', d, n, m, decimal(r.first));
    },
    semantics: (b, f) => {
      b.checkFp();
      const bytes = datasize(f.Q) / 8;
      const picked = rearrange(b, 0, b.v(f.Vn), b.v(f.Vm), (place) => {
        const from = (f.first + place) & (2 * bytes - 1);
        return from < bytes ? from : 16 + from - bytes;
      });
      write(b, f.Vd, picked, datasize(f.Q));
    },
  }),
  insn('TBL_TBX', '0 Q:1 001110000 Vm:5 0 len:2 op:1 00 Vn:5 Vd:5', {
    asm: (r) => line(r.op ? 'tbx' : 'tbl', vector(r.Vd, 0, r.Q), registerList(r.Vn, r.len + 1, '16b'), vector(r.Vm, 0, r.Q)),
    semantics: (b, f) => {
      b.checkFp();
      const indexes = b.v(f.Vm);
      const tables = [...Array(f.len + 1).keys()].map((i) => b.v(b.next(f.Vn, i)));
      const found = lookUp(b, tables, indexes);
      const inRange = f.op && lanes(b, 0, 'lt_u', indexes, replicate(b, 0, 16 * tables.length));
      write(b, f.Vd, inRange ? b.op('v128.bitselect', found, b.v(f.Vd), inRange) : found, datasize(f.Q));
    },
  }),
];
