/** Preferred disassembly of immediates and bit fields (DDI 0487 C6.2, "Alias conditions"). */
import { decodeBitMasks } from '../../derive/bit-masks.ts';
import { decimal, gpr, gprOrSp, hex, line, shift } from '../../derive/assembler.ts';

export function addSubtractImmediate(r: {
  sf: number;
  op: number;
  S: number;
  imm_sh: number;
  imm12: number;
  Rn: number;
  Rd: number;
}): string {
  const source = gprOrSp(r.sf, r.Rn);
  const value = [hex(r.imm12), r.imm_sh ? 'lsl #12' : undefined];
  if (r.S) {
    if (r.Rd === 31) return line(r.op ? 'cmp' : 'cmn', source, ...value);
    return line(r.op ? 'subs' : 'adds', gpr(r.sf, r.Rd), source, ...value);
  }
  const toOrFromSp = r.Rd === 31 || r.Rn === 31;
  if (!r.op && !r.imm_sh && r.imm12 === 0 && toOrFromSp) return line('mov', gprOrSp(r.sf, r.Rd), source);
  return line(r.op ? 'sub' : 'add', gprOrSp(r.sf, r.Rd), source, ...value);
}

/** Whether MOVZ or MOVN makes this value, which then is not written as an ORR (MoveWidePreferred of the pseudocode). */
function isMoveWide(value: bigint, sf: number): boolean {
  const width = sf ? 64 : 32;
  const oneHalfword = (bits: bigint): boolean => {
    for (let at = 0n; at < width; at += 16n) if ((bits & ~(0xffffn << at)) === 0n) return true;
    return false;
  };
  return oneHalfword(value) || oneHalfword(BigInt.asUintN(width, ~value));
}

export function logicalImmediate(r: {
  sf: number;
  opc: number;
  immN: number;
  imms: number;
  immr: number;
  Rn: number;
  Rd: number;
}): string {
  const value = decodeBitMasks(r.immN, r.imms, r.immr, r.sf ? 64 : 32, true)?.wmask ?? 0n;
  if (r.opc === 3 && r.Rd === 31) return line('tst', gpr(r.sf, r.Rn), hex(value));
  // A move wide cannot write the stack pointer.
  if (r.opc === 1 && r.Rn === 31 && (r.Rd === 31 || !isMoveWide(value, r.sf)))
    return line('mov', gprOrSp(r.sf, r.Rd), hex(value));
  const destination = r.opc === 3 ? gpr(r.sf, r.Rd) : gprOrSp(r.sf, r.Rd);
  return line(['and', 'orr', 'eor', 'ands'][r.opc] as string, destination, gpr(r.sf, r.Rn), hex(value));
}

export function moveWide(mnemonic: 'movn' | 'movz', r: { sf: number; imm_hw: number; imm16: number; Rd: number }): string {
  const width = r.sf ? 64 : 32;
  const shiftedZero = r.imm16 === 0 && r.imm_hw !== 0;
  // MOVN of 0xffff in 32 bits has the value of a MOVZ.
  if (shiftedZero || (mnemonic === 'movn' && !r.sf && r.imm16 === 0xffff)) {
    return line(mnemonic, gpr(r.sf, r.Rd), hex(r.imm16), shift(0, 16 * r.imm_hw));
  }
  const value = BigInt(r.imm16) << BigInt(16 * r.imm_hw);
  return line('mov', gpr(r.sf, r.Rd), hex(mnemonic === 'movn' ? BigInt.asUintN(width, ~value) : value));
}

const extends8To32: Readonly<Record<number, string>> = { 7: 'xtb', 15: 'xth', 31: 'xtw' };

export function bitField(r: { sf: number; opc: number; immr: number; imms: number; Rn: number; Rd: number }): string {
  const { sf, opc, immr, imms } = r;
  const top = sf ? 63 : 31;
  const [to, from] = [gpr(sf, r.Rd), gpr(sf, r.Rn)];
  const insert = (mnemonic: string, ...sources: string[]): string =>
    line(mnemonic, to, ...sources, decimal(top + 1 - immr), decimal(imms + 1));
  const extract = (mnemonic: string): string => line(mnemonic, to, from, decimal(immr), decimal(imms - immr + 1));
  if (opc === 1) {
    if (imms >= immr) return extract('bfxil');
    return r.Rn === 31 ? insert('bfc') : insert('bfi', from);
  }
  const sign = opc === 0 ? 's' : 'u';
  if (imms === top) return line(opc === 0 ? 'asr' : 'lsr', to, from, decimal(immr));
  if (opc === 2 && imms + 1 === immr) return line('lsl', to, from, decimal(top - imms));
  // UXTB and UXTH exist for W registers only, SXTW for X registers only, and UXTW not at all.
  const extension = extends8To32[imms];
  if (immr === 0 && extension && (opc === 0 || (!sf && imms < 31))) return line(sign + extension, to, gpr(0, r.Rn));
  return imms < immr ? insert(`${sign}bfiz`, from) : extract(`${sign}bfx`);
}
