/** Copies between elements, and between elements and general registers (DDI 0487 C4.1.96). */
import { gpr, lane, line, scalar, vector } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import { datasize, esize, extract, insert, rearrange, splat, write } from './lanes.ts';

/** Arm's imm5, which makes variants here: its lowest one says how wide the elements are, the bits above which one is meant. */
const sizeOf = (place: number): number => 31 - Math.clz32(place & -place);
const indexOf = (place: number): number => place >> (sizeOf(place) + 1);
const allocated = (place: number): boolean => (place & 15) !== 0;
const laneText = (n: number, place: number): string => lane(n, sizeOf(place), indexOf(place));

export const copies: readonly Row[] = [
  insn('DUP_element', '0 Q:1 0 01110000 place:5 0 0000 1 Vn:5 Vd:5', {
    when: (r) => allocated(r.place) && (sizeOf(r.place) < 3 || r.Q === 1),
    asm: (r) => line('dup', vector(r.Vd, sizeOf(r.place), r.Q), laneText(r.Vn, r.place)),
    semantics: (b, f) => {
      b.checkFp();
      const [x, index] = [b.v(f.Vn), indexOf(f.place)];
      write(
        b,
        f.Vd,
        rearrange(b, sizeOf(f.place), x, x, () => index),
        datasize(f.Q),
      );
    },
  }),
  insn('DUP_scalar', '01 0 11110000 place:5 0 0000 1 Vn:5 Vd:5', {
    when: (r) => allocated(r.place),
    asm: (r) => line('mov', scalar(sizeOf(r.place), r.Vd), laneText(r.Vn, r.place)),
    semantics: (b, f) => {
      b.checkFp();
      b.setScalar(f.Vd, extract(b, sizeOf(f.place), 1, indexOf(f.place), b.v(f.Vn)));
    },
  }),
  insn('DUP_general', '0 Q:1 0 01110000 place:5 0 0001 1 Rn:5 Vd:5', {
    when: (r) => allocated(r.place) && (sizeOf(r.place) < 3 || r.Q === 1),
    asm: (r) => line('dup', vector(r.Vd, sizeOf(r.place), r.Q), gpr(sizeOf(r.place) === 3 ? 1 : 0, r.Rn)),
    semantics: (b, f) => {
      b.checkFp();
      const size = sizeOf(f.place);
      write(b, f.Vd, splat(b, size, size === 3 ? b.x(f.Rn) : b.w(f.Rn)), datasize(f.Q));
    },
  }),
  insn('INS_general', '0 1 0 01110000 place:5 0 0011 1 Rn:5 Vd:5', {
    when: (r) => allocated(r.place),
    asm: (r) => line('mov', laneText(r.Vd, r.place), gpr(sizeOf(r.place) === 3 ? 1 : 0, r.Rn)),
    semantics: (b, f) => {
      b.checkFp();
      const size = sizeOf(f.place);
      b.setV(f.Vd, insert(b, size, indexOf(f.place), b.v(f.Vd), size === 3 ? b.x(f.Rn) : b.w(f.Rn)));
    },
  }),
  // The bits of `from` below the element's index do not matter.
  insn('INS_element', '0 1 1 01110000 place:5 0 from:4 1 Vn:5 Vd:5', {
    when: (r) => allocated(r.place),
    asm: (r) => line('mov', laneText(r.Vd, r.place), lane(r.Vn, sizeOf(r.place), r.from >> sizeOf(r.place))),
    semantics: (b, f) => {
      b.checkFp();
      const [size, to] = [sizeOf(f.place), indexOf(f.place)];
      const from = 128 / esize(size) + (f.from >> size);
      b.setV(
        f.Vd,
        rearrange(b, size, b.v(f.Vd), b.v(f.Vn), (place) => (place === to ? from : place)),
      );
    },
  }),
  insn('SMOV', '0 Q:1 0 01110000 place:5 0 0101 1 Vn:5 Rd:5', {
    when: (r) => allocated(r.place) && sizeOf(r.place) < 2 + r.Q,
    asm: (r) => line('smov', gpr(r.Q, r.Rd), laneText(r.Vn, r.place)),
    semantics: (b, f) => {
      b.checkFp();
      const element = extract(b, sizeOf(f.place), 0, indexOf(f.place), b.v(f.Vn));
      b.setGpr(f.Rd, f.Q ? b.op('i64.extend_i32_s', element) : element);
    },
  }),
  insn('UMOV', '0 Q:1 0 01110000 place:5 0 0111 1 Vn:5 Rd:5', {
    // X registers take 64-bit elements only.
    when: (r) => allocated(r.place) && (r.Q === 1) === (sizeOf(r.place) === 3),
    asm: (r) => line(sizeOf(r.place) < 2 ? 'umov' : 'mov', gpr(r.Q, r.Rd), laneText(r.Vn, r.place)),
    semantics: (b, f) => {
      b.checkFp();
      b.setGpr(f.Rd, extract(b, sizeOf(f.place), 1, indexOf(f.place), b.v(f.Vn)));
    },
  }),
];
