/** FEAT_AES: one step of a round each (DDI 0487 C4.1.96, cryptographic AES; FIPS 197). */
import type { Value } from '../../../ir/nodes.ts';
import { line, vector } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import type { Semantics } from '../../derive/semantics.ts';
import { lookUp } from './permute.ts';

const range = (count: number): number[] => [...Array(count).keys()];

/** The product by x in GF(2^8), modulo x^8 + x^4 + x^3 + x + 1. */
const timesX = (a: number): number => ((a << 1) ^ (a & 0x80 ? 0x11b : 0)) & 0xff;

/** FIPS 197 §5.1.1: the inverse, then an affine map. Powers of the generator x + 1 and of its inverse meet in pairs. */
function substitution(): Uint8Array {
  const powers: number[] = [];
  for (let i = 0, a = 1; i < 255; i++, a ^= timesX(a)) powers.push(a);
  const box = new Uint8Array(256);
  const affine = (a: number): number => [1, 2, 3, 4].reduce((sum, n) => sum ^ (((a << n) | (a >> (8 - n))) & 0xff), a) ^ 0x63;
  box[0] = affine(0);
  powers.forEach((a, i) => (box[a] = affine(powers[(255 - i) % 255] as number)));
  return box;
}

function invert(box: Uint8Array): Uint8Array {
  const inverse = new Uint8Array(256);
  box.forEach((to, from) => (inverse[to] = from));
  return inverse;
}

const forward = substitution();
const boxes = [forward, invert(forward)] as const;

/** A box of 256 bytes as tables of a lookup. */
function substitute(b: Semantics, box: Uint8Array, value: Value): Value {
  const view = new DataView(box.buffer);
  const tables = range(16).map((i) => b.v128(view.getBigUint64(16 * i, true), view.getBigUint64(16 * i + 8, true)));
  return lookUp(b, tables, value);
}

/** ShiftRows moves row r by r columns to the left, its inverse to the right; byte 4c + r is row r of column c. */
const shiftRows = (b: Semantics, state: Value, inverse: number): Value =>
  b.shuffle(
    state,
    state,
    range(16).map((i) => (i + (inverse ? -4 : 4) * (i & 3)) & 15),
  );

/** The bytes of each column rotated: row r gets what row r + n holds. */
const rotate = (b: Semantics, state: Value, n: number): Value =>
  b.shuffle(
    state,
    state,
    range(16).map((i) => (i & 12) | ((i + n) & 3)),
  );

const doubled = (b: Semantics, state: Value): Value => {
  const reduction = b.op('v128.and', b.op('i8x16.shr_s', state, b.i32(7)), b.op('i8x16.splat', b.i32(0x1b)));
  return b.op('v128.xor', b.op('i8x16.shl', state, b.i32(1)), reduction);
};

const sum = (b: Semantics, ...terms: Value[]): Value => terms.reduce((all, term) => b.op('v128.xor', all, term));

/** FIPS 197 §5.1.3: 2 a0 + 3 a1 + a2 + a3 for each row. */
function mixColumns(b: Semantics, state: Value): Value {
  const next = rotate(b, state, 1);
  const pair = b.op('v128.xor', state, next);
  return sum(b, doubled(b, pair), next, rotate(b, pair, 2));
}

/** The inverse matrix is MixColumns times one with 5 and 4 (FIPS 197 §5.3.3: 14, 11, 13, 9). */
function inverseMixColumns(b: Semantics, state: Value): Value {
  const fourfold = doubled(b, doubled(b, sum(b, state, rotate(b, state, 2))));
  return mixColumns(b, sum(b, state, fourfold));
}

type Build = (b: Semantics, n: Value, d: Value) => Value;

const row = (mnemonic: string, opcode: string, build: Build): Row =>
  insn(mnemonic, `01001110 00 10100 ${opcode} 10 Vn:5 Vd:5` as '01001110 00 10100 00100 10 Vn:5 Vd:5', {
    feature: 'FEAT_AES',
    asm: (r) => line(mnemonic.toLowerCase(), vector(r.Vd, 0, 1), vector(r.Vn, 0, 1)),
    semantics: (b, f) => {
      b.checkFp();
      b.setV(f.Vd, build(b, b.v(f.Vn), b.v(f.Vd)));
    },
  });

const round =
  (inverse: 0 | 1): Build =>
  (b, n, d) =>
    substitute(b, boxes[inverse], shiftRows(b, b.op('v128.xor', n, d), inverse));

export const aes: readonly Row[] = [
  row('AESE', '00100', round(0)),
  row('AESD', '00101', round(1)),
  row('AESMC', '00110', mixColumns),
  row('AESIMC', '00111', inverseMixColumns),
];
