/**
 * Exclusives, acquire/release and FEAT_LSE atomics (DDI 0487 C4.1.94, B2.9). The monitor keeps address, size and the value that was
 * read; a store-exclusive succeeds when memory still holds that value. A store of the same value by another observer in between is
 * therefore not seen (the architecture would let the store-exclusive fail; it never requires software to rely on that here).
 */
import type { Reg } from '../../../ir/builder.ts';
import type { Value } from '../../../ir/nodes.ts';
import { gpr, line, memory, w } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import {
  compareAndSwapPair,
  exchangeRemembered,
  fetchAndChange,
  isParallel,
  ordered,
  orderPair,
} from '../../derive/memory-order.ts';
import { access, type Semantics } from '../../derive/semantics.ts';

const { aligned } = access;

function arm(b: Semantics, va: Value, bytes: number, low: Value, high?: Value): void {
  b.setField('EXCL_ARMED', b.i32(1));
  b.setField('EXCL_SIZE', b.i32(bytes));
  b.setField('EXCL_PA', va);
  b.setField('EXCL_VALUE', b.to64(low), 0);
  b.setField('EXCL_VALUE', high ? b.to64(high) : b.i64(0), 1);
}

/** Stores one value or two when the monitor and memory agree; Rs says whether it did (0) or not (1). */
function storeExclusive(b: Semantics, rs: Reg, va: Value, bytes: number, values: readonly Value[]): void {
  const each = bytes / values.length;
  const failed = b.variable('i32', b.i32(1));
  const done = (): void => b.setVar(failed, b.i32(0));
  const armed = b.op('i32.and', b.getField('EXCL_ARMED'), b.op('i32.eq', b.getField('EXCL_SIZE'), b.i32(bytes)));
  b.if(b.op('i32.and', armed, b.op('i64.eq', b.getField('EXCL_PA'), va)), () => {
    const host = b.translate(va, bytes, aligned);
    if (isParallel()) return exchangeRemembered(b, host, bytes, values, done);
    const same = values.map((_, n) => remembered(b, b.hostLoad(host, each, n * each), n));
    b.if(
      same.reduce((all, one) => b.op('i32.and', all, one)),
      () => {
        values.forEach((value, n) => b.hostStore(host, each, value, n * each));
        done();
      },
    );
  });
  b.setField('EXCL_ARMED', b.i32(0));
  b.setGpr(rs, b.getVar(failed));
}

const remembered = (b: Semantics, value: Value, index = 0): Value =>
  b.op('i64.eq', b.to64(value), b.getField('EXCL_VALUE', index));

const atomicOps: Record<number, (b: Semantics, sf: number, old: Value, operand: Value) => Value> = {
  0: (b, sf, old, operand) => b.alu(sf, 'add', old, operand),
  1: (b, sf, old, operand) => b.alu(sf, 'and', old, b.not(operand)),
  2: (b, sf, old, operand) => b.alu(sf, 'xor', old, operand),
  3: (b, sf, old, operand) => b.alu(sf, 'or', old, operand),
  4: (b, sf, old, operand) => b.select(b.alu(sf, 'gt_s', old, operand), old, operand),
  5: (b, sf, old, operand) => b.select(b.alu(sf, 'lt_s', old, operand), old, operand),
  6: (b, sf, old, operand) => b.select(b.alu(sf, 'gt_u', old, operand), old, operand),
  7: (b, sf, old, operand) => b.select(b.alu(sf, 'lt_u', old, operand), old, operand),
};

/** Compares or orders narrow values as if they were as wide as the operation: signed ones are sign-extended first. */
function narrow(b: Semantics, value: Value, size: number, isSigned: boolean): Value {
  if (size >= 2) return value;
  if (isSigned) return b.op(size ? 'i32.extend16_s' : 'i32.extend8_s', value);
  return b.op('i32.and', value, b.i32(size ? 0xffff : 0xff));
}

const sized = (size: number, n: number): string => gpr(size === 3 ? 1 : 0, n);
const narrowSuffix = (size: number): string => ['b', 'h', '', ''][size] as string;
const ordering = (acquire: number, release: number): string => `${acquire ? 'a' : ''}${release ? 'l' : ''}`;

/** Without a result and without acquire, LDADD is STADD. */
function atomicText(r: { size: number; imm_A: number; imm_R: number; Rs: number; opc: number; Rn: number; Rt: number }): string {
  const operation = ['add', 'clr', 'eor', 'set', 'smax', 'smin', 'umax', 'umin'][r.opc];
  const suffix = ordering(r.imm_A, r.imm_R) + narrowSuffix(r.size);
  if (r.Rt === 31 && !r.imm_A) return line(`st${operation}${suffix}`, sized(r.size, r.Rs), memory(r.Rn));
  return line(`ld${operation}${suffix}`, sized(r.size, r.Rs), sized(r.size, r.Rt), memory(r.Rn));
}

export const exclusives: readonly Row[] = [
  insn('STXR', 'size:2 001000 0 0 0 Rs:5 imm_o0:1 xxxxx Rn:5 Rt:5', {
    asm: (r) => line(`st${r.imm_o0 ? 'l' : ''}xr${narrowSuffix(r.size)}`, w(r.Rs), sized(r.size, r.Rt), memory(r.Rn)),
    semantics: (b, f) => {
      const bytes = 1 << f.size;
      const va = b.xsp(f.Rn);
      storeExclusive(b, f.Rs, va, bytes, [b.gpr(f.Rt, f.size === 3 ? 1 : 0)]);
    },
  }),
  insn('LDXR', 'size:2 001000 0 1 0 xxxxx imm_o0:1 xxxxx Rn:5 Rt:5', {
    asm: (r) => line(`ld${r.imm_o0 ? 'a' : ''}xr${narrowSuffix(r.size)}`, sized(r.size, r.Rt), memory(r.Rn)),
    semantics: (b, f) => {
      const va = b.xsp(f.Rn);
      const value = b.load(va, 1 << f.size, ordered());
      arm(b, va, 1 << f.size, value);
      b.setGpr(f.Rt, value);
    },
  }),
  insn('STXP', '1 sz:1 001000 0 0 1 Rs:5 imm_o0:1 Rt2:5 Rn:5 Rt:5', {
    asm: (r) => line(`st${r.imm_o0 ? 'l' : ''}xp`, w(r.Rs), gpr(r.sz, r.Rt), gpr(r.sz, r.Rt2), memory(r.Rn)),
    semantics: (b, f) => {
      const each = f.sz ? 8 : 4;
      const va = b.xsp(f.Rn);
      storeExclusive(b, f.Rs, va, each * 2, [b.gpr(f.Rt, f.sz), b.gpr(f.Rt2, f.sz)]);
    },
  }),
  insn('LDXP', '1 sz:1 001000 0 1 1 xxxxx imm_o0:1 Rt2:5 Rn:5 Rt:5', {
    asm: (r) => line(`ld${r.imm_o0 ? 'a' : ''}xp`, gpr(r.sz, r.Rt), gpr(r.sz, r.Rt2), memory(r.Rn)),
    semantics: (b, f) => {
      const va = b.xsp(f.Rn);
      if (f.sz) {
        const both = b.load(va, 16, aligned);
        orderPair(b);
        const [one, two] = [b.lane('i64x2.extract_lane', 0, both), b.lane('i64x2.extract_lane', 1, both)];
        arm(b, va, 16, one, two);
        b.setGpr(f.Rt, one);
        b.setGpr(f.Rt2, two);
      } else {
        const both = b.load(va, 8, ordered());
        const [one, two] = [b.op('i32.wrap_i64', both), b.op('i32.wrap_i64', b.op('i64.shr_u', both, b.i64(32)))];
        arm(b, va, 8, one, two);
        b.setGpr(f.Rt, one);
        b.setGpr(f.Rt2, two);
      }
    },
  }),
  // Rs and Rt2 should be ones; we ignore them in all of this class. Bit 15 is 0 for FEAT_LOR.
  insn('STLR', 'size:2 001000 1 0 0 xxxxx 1 xxxxx Rn:5 Rt:5', {
    asm: (r) => line(`stlr${narrowSuffix(r.size)}`, sized(r.size, r.Rt), memory(r.Rn)),
    semantics: (b, f) => b.store(b.xsp(f.Rn), 1 << f.size, b.gpr(f.Rt, f.size === 3 ? 1 : 0), ordered()),
  }),
  insn('LDAR', 'size:2 001000 1 1 0 imm_Rs:5 1 imm_Rt2:5 Rn:5 Rt:5', {
    // objdump tests these bits here alone, and bit 20 for LDARH alone.
    asm: (r) => {
      const should = r.size === 1 ? r.imm_Rs : r.imm_Rs | 16;
      return (should & r.imm_Rt2) === 31 ? line(`ldar${narrowSuffix(r.size)}`, sized(r.size, r.Rt), memory(r.Rn)) : undefined;
    },
    semantics: (b, f) => b.setGpr(f.Rt, b.load(b.xsp(f.Rn), 1 << f.size, ordered())),
  }),
  insn('CAS', 'size:2 001000 1 imm_L:1 1 Rs:5 imm_o0:1 11111 Rn:5 Rt:5', {
    feature: 'FEAT_LSE',
    asm: (r) =>
      line(`cas${ordering(r.imm_L, r.imm_o0)}${narrowSuffix(r.size)}`, sized(r.size, r.Rs), sized(r.size, r.Rt), memory(r.Rn)),
    semantics: (b, f) => {
      const bytes = 1 << f.size;
      const sf = f.size === 3 ? 1 : 0;
      const [expected, value] = [b.gpr(f.Rs, sf), b.gpr(f.Rt, sf)];
      const host = b.translate(b.xsp(f.Rn), bytes, aligned);
      if (isParallel()) return b.setGpr(f.Rs, b.atomic('cmpxchg', host, bytes, narrow(b, expected, f.size, false), value));
      const old = b.hostLoad(host, bytes);
      b.if(b.alu(sf, 'eq', old, narrow(b, expected, f.size, false)), () => b.hostStore(host, bytes, value));
      b.setGpr(f.Rs, old);
    },
  }),
  insn('CASP', '0 sz:1 001000 0 imm_L:1 1 Rs:5 imm_o0:1 11111 Rn:5 Rt:5', {
    feature: 'FEAT_LSE',
    when: (r) => (r.Rs & 1) === 0 && (r.Rt & 1) === 0,
    asm: (r) =>
      line(
        `casp${ordering(r.imm_L, r.imm_o0)}`,
        gpr(r.sz, r.Rs),
        gpr(r.sz, r.Rs + 1),
        gpr(r.sz, r.Rt),
        gpr(r.sz, r.Rt + 1),
        memory(r.Rn),
      ),
    semantics: (b, f) => {
      const each = f.sz ? 8 : 4;
      const expected = [b.gpr(f.Rs, f.sz), b.gpr(b.next(f.Rs), f.sz)] as const;
      const values = [b.gpr(f.Rt, f.sz), b.gpr(b.next(f.Rt), f.sz)] as const;
      const host = b.translate(b.xsp(f.Rn), each * 2, aligned);
      let old: [Value, Value];
      if (isParallel()) old = compareAndSwapPair(b, host, each, expected, values);
      else {
        old = [b.hostLoad(host, each), b.hostLoad(host, each, each)];
        b.if(b.op('i32.and', b.alu(f.sz, 'eq', old[0], expected[0]), b.alu(f.sz, 'eq', old[1], expected[1])), () => {
          b.hostStore(host, each, values[0]);
          b.hostStore(host, each, values[1], each);
        });
      }
      b.setGpr(f.Rs, old[0]);
      b.setGpr(b.next(f.Rs), old[1]);
    },
  }),
  insn('ATOMIC', 'size:2 111 0 00 imm_A:1 imm_R:1 1 Rs:5 0 opc:3 00 Rn:5 Rt:5', {
    feature: 'FEAT_LSE',
    asm: atomicText,
    semantics: (b, f) => {
      const bytes = 1 << f.size;
      const sf = f.size === 3 ? 1 : 0;
      const isSigned = f.opc === 4 || f.opc === 5;
      const operand = narrow(b, b.gpr(f.Rs, sf), f.size, isSigned);
      const host = b.translate(b.xsp(f.Rn), bytes, aligned);
      if (isParallel()) return b.setGpr(f.Rt, fetchAndChange(b, f.opc, host, bytes, operand));
      const old = b.hostLoad(host, bytes);
      b.hostStore(host, bytes, (atomicOps[f.opc] as (typeof atomicOps)[0])(b, sf, narrow(b, old, f.size, isSigned), operand));
      b.setGpr(f.Rt, old);
    },
  }),
  insn('SWP', 'size:2 111 0 00 imm_A:1 imm_R:1 1 Rs:5 1 000 00 Rn:5 Rt:5', {
    feature: 'FEAT_LSE',
    asm: (r) =>
      line(`swp${ordering(r.imm_A, r.imm_R)}${narrowSuffix(r.size)}`, sized(r.size, r.Rs), sized(r.size, r.Rt), memory(r.Rn)),
    semantics: (b, f) => {
      const bytes = 1 << f.size;
      const value = b.gpr(f.Rs, f.size === 3 ? 1 : 0);
      const host = b.translate(b.xsp(f.Rn), bytes, aligned);
      if (isParallel()) return b.setGpr(f.Rt, b.atomic('xchg', host, bytes, value));
      const old = b.hostLoad(host, bytes);
      b.hostStore(host, bytes, value);
      b.setGpr(f.Rt, old);
    },
  }),
];
