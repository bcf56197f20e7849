/** Data processing, register (DDI 0487 C4.1.95): 1, 2 and 3 sources, logical, add/subtract, carry, conditional. */
import type { Reg } from '../../../ir/builder.ts';
import type { Value } from '../../../ir/nodes.ts';
import { gpr, hex, line, w, x } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import type { Semantics } from '../../derive/semantics.ts';
import {
  addSubtractExtended,
  addSubtractShifted,
  conditionalCompare,
  conditionalSelect,
  logicalShifted,
  multiply,
  multiplyLong,
  withCarry,
} from './aliases.ts';
import { crc32 } from './crc32.ts';

/** ExtendReg without its shift: `option` is UXTB…SXTX. */
export function extended(b: Semantics, sf: number, reg: Reg, option: number): Value {
  const word = (value: Value): Value => (sf ? b.op(option < 4 ? 'i64.extend_i32_u' : 'i64.extend_i32_s', value) : value);
  switch (option) {
    case 0:
      return word(b.op('i32.and', b.w(reg), b.i32(0xff)));
    case 1:
      return word(b.op('i32.and', b.w(reg), b.i32(0xffff)));
    case 4:
      return word(b.op('i32.extend8_s', b.w(reg)));
    case 5:
      return word(b.op('i32.extend16_s', b.w(reg)));
    case 2:
    case 6:
      return word(b.w(reg));
    default:
      return b.gpr(reg, sf);
  }
}

/** Unsigned high half of a 64x64 product, from four 32-bit ones. */
function umulh(b: Semantics, x: Value, y: Value): Value {
  const low = (v: Value): Value => b.op('i64.and', v, b.i64(0xffff_ffffn));
  const high = (v: Value): Value => b.op('i64.shr_u', v, b.i64(32));
  const [x0, x1, y0, y1] = [low(x), high(x), low(y), high(y)];
  const middle = b.op('i64.add', b.op('i64.mul', x1, y0), high(b.op('i64.mul', x0, y0)));
  const other = b.op('i64.add', b.op('i64.mul', x0, y1), low(middle));
  return b.op('i64.add', b.op('i64.add', b.op('i64.mul', x1, y1), high(middle)), high(other));
}

const twoSource = (name: string, opcode: string, build: (b: Semantics, sf: number, n: Value, m: Value) => Value): Row =>
  insn(name, `sf:1 0011010110 Rm:5 ${opcode} Rn:5 Rd:5` as 'sf:1 0011010110 Rm:5 000000 Rn:5 Rd:5', {
    asm: (r) => line(name.toLowerCase().replace(/^(lsl|lsr|asr|ror)v$/, '$1'), gpr(r.sf, r.Rd), gpr(r.sf, r.Rn), gpr(r.sf, r.Rm)),
    semantics: (b, f) => b.setGpr(f.Rd, build(b, f.sf, b.gpr(f.Rn, f.sf), b.gpr(f.Rm, f.sf))),
  });

const oneSource = (name: string, pattern: string, build: (b: Semantics, sf: number, n: Value) => Value): Row =>
  insn(name, pattern as 'sf:1 101101011000000000000 Rn:5 Rd:5', {
    asm: (r) => line(name.toLowerCase(), gpr(r.sf, r.Rd), gpr(r.sf, r.Rn)),
    semantics: (b, f) => b.setGpr(f.Rd, build(b, f.sf, b.gpr(f.Rn, f.sf))),
  });

/** Swaps neighbours of `bits` in all of a value; `mask` selects the lower of each pair. */
const swap = (b: Semantics, sf: number, value: Value, bits: number, mask: bigint): Value => {
  const m = b.const(sf, mask);
  const amount = b.const(sf, bits);
  return b.alu(
    sf,
    'or',
    b.alu(sf, 'shl', b.alu(sf, 'and', value, m), amount),
    b.alu(sf, 'and', b.alu(sf, 'shr_u', value, amount), m),
  );
};
const MASK8 = 0x00ff_00ff_00ff_00ffn;
const MASK16 = 0x0000_ffff_0000_ffffn;

export const dataRegister: readonly Row[] = [
  insn('LOGICAL_shift', 'sf:1 opc:2 01010 shift:2 N:1 Rm:5 imm6:6 Rn:5 Rd:5', {
    when: (r) => r.sf === 1 || r.imm6 < 32,
    asm: logicalShifted,
    semantics: (b, f) => {
      let operand = b.shift(
        f.sf,
        f.shift,
        b.gpr(f.Rm, f.sf),
        b.imm16((r) => r.imm6 as number),
      );
      if (f.N) operand = b.not(operand);
      const result = b.alu(f.sf, ['and', 'or', 'xor', 'and'][f.opc] as string, b.gpr(f.Rn, f.sf), operand);
      if (f.opc === 3) b.setLogicalFlags(f.sf, result);
      b.setGpr(f.Rd, result);
    },
  }),
  insn('ADDSUB_shift', 'sf:1 op:1 S:1 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5', {
    when: (r) => r.shift < 3 && (r.sf === 1 || r.imm6 < 32),
    asm: addSubtractShifted,
    semantics: (b, f) => {
      const operand = b.shift(
        f.sf,
        f.shift,
        b.gpr(f.Rm, f.sf),
        b.imm16((r) => r.imm6 as number),
      );
      const source = b.gpr(f.Rn, f.sf);
      b.setGpr(f.Rd, f.op ? b.subtract(f.sf, source, operand, f.S === 1) : b.addWithCarry(f.sf, source, operand, 0, f.S === 1));
    },
  }),
  insn('ADDSUB_ext', 'sf:1 op:1 S:1 01011001 Rm:5 option:3 imm3:3 Rn:5 Rd:5', {
    when: (r) => r.imm3 <= 4,
    asm: addSubtractExtended,
    semantics: (b, f) => {
      const operand = b.shift(
        f.sf,
        0,
        extended(b, f.sf, f.Rm, f.option),
        b.imm16((r) => r.imm3 as number),
      );
      const source = b.gprOrSp(f.Rn, f.sf);
      const result = f.op ? b.subtract(f.sf, source, operand, f.S === 1) : b.addWithCarry(f.sf, source, operand, 0, f.S === 1);
      if (f.S) b.setGpr(f.Rd, result);
      else b.setGprOrSp(f.Rd, result);
    },
  }),
  insn('ADC_SBC', 'sf:1 op:1 S:1 11010000 Rm:5 000000 Rn:5 Rd:5', {
    asm: withCarry,
    semantics: (b, f) => {
      const operand = b.gpr(f.Rm, f.sf);
      b.setGpr(f.Rd, b.addWithCarry(f.sf, b.gpr(f.Rn, f.sf), f.op ? b.not(operand) : operand, 'C', f.S === 1));
    },
  }),
  insn('CCMP', 'sf:1 op:1 111010010 Rm:5 cond:4 0 0 Rn:5 0 nzcv:4', {
    asm: (r) => conditionalCompare(r, gpr(r.sf, r.Rm)),
    semantics: (b, f) => compareConditionally(b, f.sf, f.op, f.cond, f.Rn, b.gpr(f.Rm, f.sf)),
  }),
  insn('CCMP_imm', 'sf:1 op:1 111010010 imm5:5 cond:4 1 0 Rn:5 0 nzcv:4', {
    asm: (r) => conditionalCompare(r, hex(r.imm5)),
    semantics: (b, f) => {
      const operand = b.imm16((r) => r.imm5 as number);
      compareConditionally(b, f.sf, f.op, f.cond, f.Rn, f.sf ? b.to64(operand) : operand);
    },
  }),
  insn('CSEL', 'sf:1 op:1 0 11010100 Rm:5 cond:4 0 o2:1 Rn:5 Rd:5', {
    asm: conditionalSelect,
    semantics: (b, f) => {
      let other = b.gpr(f.Rm, f.sf);
      if (f.op) other = b.not(other);
      if (f.o2) other = b.alu(f.sf, 'add', other, b.const(f.sf, 1));
      b.setGpr(f.Rd, b.select(b.condition(f.cond), b.gpr(f.Rn, f.sf), other));
    },
  }),
  insn('MADD', 'sf:1 00 11011 000 Rm:5 o0:1 Ra:5 Rn:5 Rd:5', {
    asm: (r) => multiply(r, r.o0 ? ['msub', 'mneg'] : ['madd', 'mul']),
    semantics: (b, f) =>
      b.setGpr(
        f.Rd,
        b.alu(f.sf, f.o0 ? 'sub' : 'add', b.gpr(f.Ra, f.sf), b.alu(f.sf, 'mul', b.gpr(f.Rn, f.sf), b.gpr(f.Rm, f.sf))),
      ),
  }),
  insn('MADDL', '1 00 11011 U:1 01 Rm:5 o0:1 Ra:5 Rn:5 Rd:5', {
    asm: multiplyLong,
    semantics: (b, f) => {
      const widen = f.U ? 'i64.extend_i32_u' : 'i64.extend_i32_s';
      const product = b.op('i64.mul', b.op(widen, b.w(f.Rn)), b.op(widen, b.w(f.Rm)));
      b.setGpr(f.Rd, b.alu(1, f.o0 ? 'sub' : 'add', b.x(f.Ra), product));
    },
  }),
  insn('MULH', '1 00 11011 U:1 10 Rm:5 0 xxxxx Rn:5 Rd:5', {
    asm: (r) => line(r.U ? 'umulh' : 'smulh', x(r.Rd), x(r.Rn), x(r.Rm)),
    semantics: (b, f) => {
      const [x, y] = [b.x(f.Rn), b.x(f.Rm)];
      let high = umulh(b, x, y);
      if (!f.U) {
        const part = (sign: Value, other: Value): Value => b.op('i64.and', b.op('i64.shr_s', sign, b.i64(63)), other);
        high = b.op('i64.sub', b.op('i64.sub', high, part(x, y)), part(y, x));
      }
      b.setGpr(f.Rd, high);
    },
  }),
  // Division by zero gives zero, and the one overflow gives the dividend (DDI 0487 C6.2.416): Wasm would trap on both.
  twoSource('UDIV', '000010', (b, sf, n, m) => {
    const zero = b.alu(sf, 'eqz', m);
    const safe = b.select(zero, b.const(sf, 1), m);
    return b.select(zero, b.const(sf, 0), b.alu(sf, 'div_u', n, safe));
  }),
  twoSource('SDIV', '000011', (b, sf, n, m) => {
    const zero = b.alu(sf, 'eqz', m);
    const minusOne = b.alu(sf, 'eq', m, b.const(sf, -1));
    const safe = b.select(b.op('i32.or', zero, minusOne), b.const(sf, 1), m);
    const quotient = b.select(minusOne, b.alu(sf, 'sub', b.const(sf, 0), n), b.alu(sf, 'div_s', n, safe));
    return b.select(zero, b.const(sf, 0), quotient);
  }),
  twoSource('LSLV', '001000', (b, sf, n, m) => b.alu(sf, 'shl', n, m)),
  twoSource('LSRV', '001001', (b, sf, n, m) => b.alu(sf, 'shr_u', n, m)),
  twoSource('ASRV', '001010', (b, sf, n, m) => b.alu(sf, 'shr_s', n, m)),
  twoSource('RORV', '001011', (b, sf, n, m) => b.alu(sf, 'rotr', n, m)),
  ...crc32,
  oneSource('RBIT', 'sf:1 101101011000000000000 Rn:5 Rd:5', (b, sf, n) => {
    let value = swap(b, sf, n, 1, 0x5555_5555_5555_5555n);
    value = swap(b, sf, value, 2, 0x3333_3333_3333_3333n);
    value = swap(b, sf, value, 4, 0x0f0f_0f0f_0f0f_0f0fn);
    value = swap(b, sf, value, 8, MASK8);
    return b.alu(sf, 'rotr', sf ? swap(b, 1, value, 16, MASK16) : value, b.const(sf, sf ? 32 : 16));
  }),
  oneSource('REV16', 'sf:1 101101011000000000001 Rn:5 Rd:5', (b, sf, n) => swap(b, sf, n, 8, MASK8)),
  ...reverses(),
  oneSource('CLZ', 'sf:1 101101011000000000100 Rn:5 Rd:5', (b, sf, n) => b.alu(sf, 'clz', n)),
  oneSource('CLS', 'sf:1 101101011000000000101 Rn:5 Rd:5', (b, sf, n) => {
    const signs = b.alu(sf, 'xor', n, b.alu(sf, 'shr_s', n, b.const(sf, sf ? 63 : 31)));
    return b.alu(sf, 'sub', b.alu(sf, 'clz', signs), b.const(sf, 1));
  }),
];

function reverses(): Row[] {
  const bytes32 = (b: Semantics, value: Value): Value => b.op('i32.rotl', swap(b, 0, value, 8, MASK8), b.i32(16));
  return [
    insn('REV_w', '0 101101011000000000010 Rn:5 Rd:5', {
      asm: (r) => line('rev', w(r.Rd), w(r.Rn)),
      semantics: (b, f) => b.setGpr(f.Rd, bytes32(b, b.w(f.Rn))),
    }),
    insn('REV32', '1 101101011000000000010 Rn:5 Rd:5', {
      asm: (r) => line('rev32', x(r.Rd), x(r.Rn)),
      semantics: (b, f) => b.setGpr(f.Rd, swap(b, 1, swap(b, 1, b.x(f.Rn), 8, MASK8), 16, MASK16)),
    }),
    insn('REV_x', '1 101101011000000000011 Rn:5 Rd:5', {
      asm: (r) => line('rev', x(r.Rd), x(r.Rn)),
      semantics: (b, f) => b.setGpr(f.Rd, b.op('i64.rotr', swap(b, 1, swap(b, 1, b.x(f.Rn), 8, MASK8), 16, MASK16), b.i64(32))),
    }),
  ];
}

function compareConditionally(b: Semantics, sf: number, op: number, cond: number, rn: Reg, operand: Value): void {
  const source = b.gpr(rn, sf);
  b.if(
    b.condition(cond),
    () => {
      if (op) b.subtract(sf, source, operand, true);
      else b.addWithCarry(sf, source, operand, 0, true);
    },
    () => b.setNzcvBits(b.imm16((r) => r.nzcv as number)),
  );
}
