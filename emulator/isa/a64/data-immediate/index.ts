/** Data processing, immediate (DDI 0487 C4.1.92): PC-relative, add/subtract, logical, move wide, bit field, extract. */
import { decodeBitMasks } from '../../derive/bit-masks.ts';
import { decimal, gpr, hex, line, shift, signExtend, target, x } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import { addSubtractImmediate, bitField, logicalImmediate, moveWide } from './aliases.ts';

/** The 21 bits of ADR and ADRP. */
const pcOffset = (r: Readonly<Record<string, number>>): number =>
  signExtend(((r['immhi'] as number) << 2) | (r['immlo'] as number), 21);

export const dataImmediate: readonly Row[] = [
  insn('ADR', '0 immlo:2 10000 immhi:19 Rd:5', {
    asm: (r, pc) => line('adr', x(r.Rd), target(pc, pcOffset(r))),
    semantics: (b, f) => b.setGpr(f.Rd, b.op('i64.add', b.pc, b.imm(pcOffset))),
  }),
  insn('ADRP', '1 immlo:2 10000 immhi:19 Rd:5', {
    asm: (r, pc) => line('adrp', x(r.Rd), target(pc & ~0xfffn, BigInt(pcOffset(r)) << 12n)),
    semantics: (b, f) => {
      const page = b.op('i64.and', b.pc, b.i64(-4096));
      b.setGpr(
        f.Rd,
        b.op(
          'i64.add',
          page,
          b.imm((r) => BigInt(pcOffset(r)) << 12n),
        ),
      );
    },
  }),
  insn('ADDSUB_imm', 'sf:1 op:1 S:1 100010 imm_sh:1 imm12:12 Rn:5 Rd:5', {
    asm: addSubtractImmediate,
    semantics: (b, f) => {
      const value = (r: Readonly<Record<string, number>>): number => (r.imm12 as number) << (r.imm_sh ? 12 : 0);
      const operand = f.sf ? b.imm(value) : b.imm32(value);
      const source = b.gprOrSp(f.Rn, f.sf);
      const result = f.op ? b.subtract(f.sf, source, operand, f.S === 1) : b.addWithCarry(f.sf, source, operand, 0, f.S === 1);
      if (f.S) b.setGpr(f.Rd, result);
      else b.setGprOrSp(f.Rd, result);
    },
  }),
  insn('LOGICAL_imm', 'sf:1 opc:2 100100 immN:1 immr:6 imms:6 Rn:5 Rd:5', {
    when: (r) => decodeBitMasks(r.immN, r.imms, r.immr, r.sf ? 64 : 32, true) !== undefined,
    asm: logicalImmediate,
    semantics: (b, f) => {
      const mask = (r: Readonly<Record<string, number>>): bigint =>
        decodeBitMasks(r.immN as number, r.imms as number, r.immr as number, f.sf ? 64 : 32, true)?.wmask ?? 0n;
      const operand = f.sf ? b.imm(mask) : b.immediate(32, mask);
      const result = b.alu(f.sf, ['and', 'or', 'xor', 'and'][f.opc] as string, b.gpr(f.Rn, f.sf), operand);
      if (f.opc === 3) {
        b.setLogicalFlags(f.sf, result);
        b.setGpr(f.Rd, result);
      } else b.setGprOrSp(f.Rd, result);
    },
  }),
  insn('MOVN', 'sf:1 00 100101 imm_hw:2 imm16:16 Rd:5', {
    when: (r) => r.sf === 1 || r.imm_hw < 2,
    asm: (r) => moveWide('movn', r),
    semantics: (b, f) =>
      b.setGpr(
        f.Rd,
        b.imm((r) => BigInt.asUintN(f.sf ? 64 : 32, ~(BigInt(r.imm16 as number) << BigInt(16 * (r.imm_hw as number))))),
      ),
  }),
  insn('MOVZ', 'sf:1 10 100101 imm_hw:2 imm16:16 Rd:5', {
    when: (r) => r.sf === 1 || r.imm_hw < 2,
    asm: (r) => moveWide('movz', r),
    semantics: (b, f) =>
      b.setGpr(
        f.Rd,
        b.imm((r) => BigInt(r.imm16 as number) << BigInt(16 * (r.imm_hw as number))),
      ),
  }),
  insn('MOVK', 'sf:1 11 100101 hw:2 imm16:16 Rd:5', {
    when: (r) => r.sf === 1 || r.hw < 2,
    asm: (r) => line('movk', gpr(r.sf, r.Rd), hex(r.imm16), shift(0, 16 * r.hw)),
    semantics: (b, f) => {
      const kept = b.alu(f.sf, 'and', b.gpr(f.Rd, f.sf), b.const(f.sf, ~(0xffffn << BigInt(16 * f.hw))));
      const part = f.sf
        ? b.imm((r) => BigInt(r.imm16 as number) << BigInt(16 * f.hw))
        : b.imm32((r) => (r.imm16 as number) << (16 * f.hw));
      b.setGpr(f.Rd, b.alu(f.sf, 'or', kept, part));
    },
  }),
  // SBFM, BFM, UBFM as two shifts: up, so that bit imms becomes the top one; then down to where the field belongs.
  insn('BITFIELD', 'sf:1 opc:2 100110 immN:1 immr:6 imms:6 Rn:5 Rd:5', {
    when: (r) => r.opc < 3 && r.immN === r.sf && (r.sf === 1 || (r.immr < 32 && r.imms < 32)),
    asm: bitField,
    semantics: (b, f) => {
      const size = f.sf ? 64 : 32;
      const up = b.imm16((r) => size - 1 - (r.imms as number));
      const down = b.imm16((r) => {
        const { immr = 0, imms = 0 } = r;
        return imms >= immr ? size - 1 - imms + immr : immr - imms - 1;
      });
      const field = b.shift(f.sf, f.opc === 0 ? 2 : 1, b.shift(f.sf, 0, b.gpr(f.Rn, f.sf), up), down);
      if (f.opc !== 1) b.setGpr(f.Rd, field);
      else {
        const mask = b.shift(f.sf, 1, b.shift(f.sf, 0, b.const(f.sf, -1), up), down);
        b.setGpr(f.Rd, b.alu(f.sf, 'or', b.alu(f.sf, 'and', b.gpr(f.Rd, f.sf), b.not(mask)), b.alu(f.sf, 'and', field, mask)));
      }
    },
  }),
  insn('EXTR', 'sf:1 00 100111 immN:1 0 Rm:5 imms:6 Rn:5 Rd:5', {
    when: (r) => r.immN === r.sf && (r.sf === 1 || r.imms < 32),
    asm: (r) =>
      r.Rn === r.Rm
        ? line('ror', gpr(r.sf, r.Rd), gpr(r.sf, r.Rn), decimal(r.imms))
        : line('extr', gpr(r.sf, r.Rd), gpr(r.sf, r.Rn), gpr(r.sf, r.Rm), decimal(r.imms)),
    semantics: (b, f) => {
      const size = f.sf ? 64 : 32;
      const lsb = b.imm16((r) => r.imms as number);
      const low = b.shift(f.sf, 1, b.gpr(f.Rm, f.sf), lsb);
      // A shift by the whole width would be taken modulo it: in two steps.
      const high = b.shift(
        f.sf,
        0,
        b.alu(f.sf, 'shl', b.gpr(f.Rn, f.sf), b.const(f.sf, 1)),
        b.imm16((r) => size - 1 - (r.imms as number)),
      );
      b.setGpr(f.Rd, b.alu(f.sf, 'or', low, high));
    },
  }),
];
