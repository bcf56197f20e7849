/** Preferred disassembly of what works on registers (DDI 0487 C6.2, "Alias conditions"). */
import { condition, extend, gpr, gprOrSp, hex, line, shift, w, x } from '../../derive/assembler.ts';

interface Registers {
  readonly sf: number;
  readonly Rm: number;
  readonly Rn: number;
  readonly Rd: number;
}

export function logicalShifted(r: Registers & { opc: number; N: number; shift: number; imm6: number }): string {
  const mnemonic = ['and', 'bic', 'orr', 'orn', 'eor', 'eon', 'ands', 'bics'][(r.opc << 1) | r.N] as string;
  const [to, from] = [gpr(r.sf, r.Rd), gpr(r.sf, r.Rn)];
  const operand = [gpr(r.sf, r.Rm), shift(r.shift, r.imm6)];
  if (mnemonic === 'ands' && r.Rd === 31) return line('tst', from, ...operand);
  if (mnemonic === 'orn' && r.Rn === 31) return line('mvn', to, ...operand);
  if (mnemonic === 'orr' && r.Rn === 31 && operand[1] === undefined) return line('mov', to, ...operand);
  return line(mnemonic, to, from, ...operand);
}

const addSubtract = (r: { op: number; S: number }): string => `${r.op ? 'sub' : 'add'}${r.S ? 's' : ''}`;

export function addSubtractShifted(r: Registers & { op: number; S: number; shift: number; imm6: number }): string {
  const [to, from] = [gpr(r.sf, r.Rd), gpr(r.sf, r.Rn)];
  const operand = [gpr(r.sf, r.Rm), shift(r.shift, r.imm6)];
  if (r.S && r.Rd === 31) return line(r.op ? 'cmp' : 'cmn', from, ...operand);
  if (r.op && r.Rn === 31) return line(r.S ? 'negs' : 'neg', to, ...operand);
  return line(addSubtract(r), to, from, ...operand);
}

export function addSubtractExtended(r: Registers & { op: number; S: number; option: number; imm3: number }): string {
  const from = gprOrSp(r.sf, r.Rn);
  const register = r.sf && (r.option & 3) === 3 ? x(r.Rm) : w(r.Rm);
  // Beside the stack pointer the extension that does nothing is written as a shift.
  const plain = r.option === (r.sf ? 3 : 2) && (r.Rn === 31 || (!r.S && r.Rd === 31));
  const operand = [register, plain ? shift(0, r.imm3) : extend(r.option, r.imm3)];
  if (r.S && r.Rd === 31) return line(r.op ? 'cmp' : 'cmn', from, ...operand);
  return line(addSubtract(r), r.S ? gpr(r.sf, r.Rd) : gprOrSp(r.sf, r.Rd), from, ...operand);
}

export function withCarry(r: Registers & { op: number; S: number }): string {
  const suffix = r.S ? 's' : '';
  if (r.op && r.Rn === 31) return line(`ngc${suffix}`, gpr(r.sf, r.Rd), gpr(r.sf, r.Rm));
  return line(`${r.op ? 'sbc' : 'adc'}${suffix}`, gpr(r.sf, r.Rd), gpr(r.sf, r.Rn), gpr(r.sf, r.Rm));
}

export const conditionalCompare = (
  r: { sf: number; op: number; Rn: number; nzcv: number; cond: number },
  operand: string,
): string => line(r.op ? 'ccmp' : 'ccmn', gpr(r.sf, r.Rn), operand, hex(r.nzcv), condition(r.cond));

export function conditionalSelect(r: Registers & { op: number; cond: number; o2: number }): string {
  const mnemonic = ['csel', 'csinc', 'csinv', 'csneg'][(r.op << 1) | r.o2] as string;
  const [to, from] = [gpr(r.sf, r.Rd), gpr(r.sf, r.Rn)];
  const inverted = condition(r.cond ^ 1);
  // The aliases invert the condition, which AL and NV do not have.
  if (r.Rn === r.Rm && r.cond < 14) {
    if (mnemonic === 'csneg') return line('cneg', to, from, inverted);
    if (mnemonic !== 'csel' && r.Rn === 31) return line(mnemonic === 'csinc' ? 'cset' : 'csetm', to, inverted);
    if (mnemonic !== 'csel') return line(mnemonic === 'csinc' ? 'cinc' : 'cinv', to, from, inverted);
  }
  return line(mnemonic, to, from, gpr(r.sf, r.Rm), condition(r.cond));
}

/** The second name is for an addend of zero. */
export const multiply = (r: Registers & { Ra: number }, [full, short]: readonly [string, string]): string =>
  r.Ra === 31
    ? line(short, gpr(r.sf, r.Rd), gpr(r.sf, r.Rn), gpr(r.sf, r.Rm))
    : line(full, gpr(r.sf, r.Rd), gpr(r.sf, r.Rn), gpr(r.sf, r.Rm), gpr(r.sf, r.Ra));

export function multiplyLong(r: { U: number; o0: number; Rm: number; Ra: number; Rn: number; Rd: number }): string {
  const sign = r.U ? 'u' : 's';
  if (r.Ra === 31) return line(`${sign}${r.o0 ? 'mnegl' : 'mull'}`, x(r.Rd), w(r.Rn), w(r.Rm));
  return line(`${sign}${r.o0 ? 'msubl' : 'maddl'}`, x(r.Rd), w(r.Rn), w(r.Rm), x(r.Ra));
}
