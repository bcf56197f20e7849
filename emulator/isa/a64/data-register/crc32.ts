/** FEAT_CRC32 (DDI 0487 C6.2.80), bit by bit: no table to keep in memory, and no branch. */
import type { Value } from '../../../ir/nodes.ts';
import { gpr, line, w } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import type { Semantics } from '../../derive/semantics.ts';

/** `bits` bits of a reflected CRC: a conditional exclusive-or for each. */
function step(b: Semantics, accumulator: Value, polynomial: number, bits: number): Value {
  let crc = accumulator;
  for (let i = 0; i < bits; i++) {
    const mask = b.op('i32.sub', b.i32(0), b.op('i32.and', crc, b.i32(1)));
    crc = b.op('i32.xor', b.op('i32.shr_u', crc, b.i32(1)), b.op('i32.and', mask, b.i32(polynomial)));
  }
  return crc;
}

function crc(b: Semantics, accumulator: Value, value: Value, sz: number, castagnoli: number): Value {
  const polynomial = castagnoli ? 0x82f6_3b78 : 0xedb8_8320;
  if (sz < 3) {
    const bits = 8 << sz;
    const part = bits === 32 ? value : b.op('i32.and', value, b.i32(2 ** bits - 1));
    return step(b, b.op('i32.xor', accumulator, part), polynomial, bits);
  }
  const low = step(b, b.op('i32.xor', accumulator, b.to32(value)), polynomial, 32);
  return step(b, b.op('i32.xor', low, b.to32(b.op('i64.shr_u', value, b.i64(32)))), polynomial, 32);
}

export const crc32: readonly Row[] = [
  insn('CRC32', 'sf:1 0011010110 Rm:5 010 C:1 sz:2 Rn:5 Rd:5', {
    feature: 'FEAT_CRC32',
    when: (r) => (r.sf === 1) === (r.sz === 3),
    asm: (r) => line(`crc32${r.C ? 'c' : ''}${'bhwx'[r.sz]}`, w(r.Rd), w(r.Rn), gpr(r.sf, r.Rm)),
    semantics: (b, f) => b.setGpr(f.Rd, crc(b, b.w(f.Rn), b.gpr(f.Rm, f.sf), f.sz, f.C)),
  }),
];
