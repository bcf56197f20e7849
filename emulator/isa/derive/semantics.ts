import { stateField } from '../../state/layout.ts';
import { ORDERED } from '../../ir/emit.ts';
import { Builder, type RawFields, type Reg } from '../../ir/builder.ts';
import type { Value } from '../../ir/nodes.ts';

/** Flags for `load`/`store`/`translate`: see the runtime's slowLoad. */
export const access = {
  unprivileged: 1 << 8,
  aligned: 1 << 9,
  /** As LDAR and STLR are: see `ir/emit.ts`. */
  ordered: ORDERED,
  /** Alignment is checked by element, not by the whole access. */
  element: (sizeLog2: number): number => (sizeLog2 + 1) << 12,
} as const;

/** The host rounds as the guest wants where FPSR's bit (IXC) is set and none of FPCR's (RMode, FZ). */
export const hostRounding = { fpsr: 1 << 4, fpcr: (3 << 22) | (1 << 24) } as const;

/** Exception classes of ESR_ELx.EC (DDI 0487 D19.2.37) that instructions raise by themselves. */
export const exceptionClass = {
  unknown: 0x00,
  wait: 0x01,
  fpTrap: 0x07,
  illegalState: 0x0e,
  svc: 0x15,
  hvc: 0x16,
  smc: 0x17,
  system: 0x18,
  spAlignment: 0x26,
  brk: 0x3c,
} as const;

/** The builder that rows use: the vocabulary of the A64 pseudocode over IR. */
export class Semantics extends Builder {
  /** Whether the next read of Rn as a base must check the stack pointer's alignment: see `withStackBase`. */
  checksStack = false;

  // --- general registers -------------------------------------------------------------------------------------------------------
  /** X[n] or W[n] with 31 as zero. */
  gpr(reg: Reg, sf: number): Value {
    return this.getSlot(reg, 'read', sf ? 'i64' : 'i32');
  }

  x(reg: Reg): Value {
    return this.getSlot(reg, 'read', 'i64');
  }

  w(reg: Reg): Value {
    return this.getSlot(reg, 'read', 'i32');
  }

  /** X[n] or W[n] with 31 as the stack pointer. */
  gprOrSp(reg: Reg, sf: number): Value {
    return this.getSlot(reg, 'sp', sf ? 'i64' : 'i32');
  }

  xsp(reg: Reg): Value {
    const value = this.getSlot(reg, 'sp', 'i64');
    if (this.checksStack && reg.field === 'Rn') {
      this.checksStack = false;
      const misaligned = this.op('i32.and', this.op('i32.wrap_i64', value), this.getField('SP_CHECK'));
      this.if(misaligned, () => this.exception(exceptionClass.spAlignment), undefined, true);
    }
    return value;
  }

  /** Writes a register from an i64, or from an i32 with zero-extension; 31 is dropped. */
  setGpr(reg: Reg, value: Value): void {
    this.setSlot(reg, 'write', this.to64(value));
  }

  setGprOrSp(reg: Reg, value: Value): void {
    this.setSlot(reg, 'sp', this.to64(value));
  }

  /** The register after `reg` (pairs, lists), modulo 32. */
  next(reg: Reg, plus = 1): Reg {
    return { field: reg.field, plus: reg.plus + plus };
  }

  to64(value: Value): Value {
    return value.type === 'i32' ? this.op('i64.extend_i32_u', value) : value;
  }

  to32(value: Value): Value {
    return value.type === 'i64' ? this.op('i32.wrap_i64', value) : value;
  }

  // --- vector registers --------------------------------------------------------------------------------------------------------
  v(reg: Reg): Value {
    return this.getSlot(reg, 'vector', 'v128');
  }

  /** The low 64 bits of V[n] as i64. */
  d(reg: Reg): Value {
    return this.getSlot(reg, 'vector', 'i64');
  }

  /** The low 32 bits of V[n] as i32. */
  s(reg: Reg): Value {
    return this.getSlot(reg, 'vector', 'i32');
  }

  /** Writes all 128 bits; with `q` 0 the upper half becomes zero. */
  setV(reg: Reg, value: Value, q = 1): void {
    this.setSlot(reg, 'vector', q ? value : this.lane('i64x2.replace_lane', 1, value, this.i64(0)));
  }

  /** Writes a scalar (i32 or i64) to the low end, zero above. */
  setScalar(reg: Reg, value: Value): void {
    this.setSlot(reg, 'vector', this.lane('i64x2.replace_lane', 0, this.v128(0n, 0n), this.to64(value)));
  }

  // --- immediates --------------------------------------------------------------------------------------------------------------
  /** An i64 computed from the fields. */
  imm(compute: (fields: RawFields) => number | bigint): Value {
    return this.immediate(64, compute);
  }

  /** A small unsigned one (0..65535) as i32: shift amounts, bit numbers, flags. */
  imm16(compute: (fields: RawFields) => number): Value {
    return this.immediate(16, compute);
  }

  /** A signed 32-bit one as i32: branch offsets, addressing offsets. */
  imm32(compute: (fields: RawFields) => number): Value {
    return this.immediate(32, compute);
  }

  // --- arithmetic by width -----------------------------------------------------------------------------------------------------
  /** `alu(1, 'add', a, b)` is i64.add, `alu(0, …)` i32.add. */
  alu(sf: number, name: string, ...args: Value[]): Value {
    return this.op(`${sf ? 'i64' : 'i32'}.${name}`, ...args);
  }

  const(sf: number, value: number | bigint): Value {
    return sf ? this.i64(value) : this.i32(Number(BigInt.asIntN(32, BigInt(value))));
  }

  not(value: Value): Value {
    return this.alu(value.type === 'i64' ? 1 : 0, 'xor', value, this.const(value.type === 'i64' ? 1 : 0, -1));
  }

  /** A shift by a variable amount that is taken modulo the width: 0 LSL, 1 LSR, 2 ASR, 3 ROR. `amount` is i32. */
  shift(sf: number, kind: number, value: Value, amount: Value): Value {
    return this.alu(
      sf,
      ['shl', 'shr_u', 'shr_s', 'rotr'][kind] as string,
      value,
      sf ? this.op('i64.extend_i32_u', amount) : amount,
    );
  }

  isNegative(sf: number, value: Value): Value {
    return sf ? this.op('i32.wrap_i64', this.op('i64.shr_u', value, this.i64(63))) : this.op('i32.shr_u', value, this.i32(31));
  }

  /** AddWithCarry of the pseudocode, flags written when wanted. `carry`: constant 0 or 1, or PSTATE.C. */
  addWithCarry(sf: number, x: Value, y: Value, carry: 0 | 1 | 'C', setFlags: boolean): Value {
    const carryIn = carry === 'C' ? this.getField('CF') : this.i32(carry);
    const wide = sf ? this.op('i64.extend_i32_u', carryIn) : carryIn;
    const sum = this.alu(sf, 'add', x, y);
    const result = carry === 0 ? sum : this.alu(sf, 'add', sum, wide);
    if (setFlags) {
      let carryOut = this.alu(sf, 'lt_u', sum, x);
      if (carry !== 0) carryOut = this.op('i32.or', carryOut, this.alu(sf, 'lt_u', result, sum));
      const overflow = this.isNegative(sf, this.alu(sf, 'and', this.alu(sf, 'xor', x, result), this.alu(sf, 'xor', y, result)));
      this.setNzcv(this.isNegative(sf, result), this.alu(sf, 'eqz', result), carryOut, overflow);
    }
    return result;
  }

  /** x - y with the flags of SUBS. */
  subtract(sf: number, x: Value, y: Value, setFlags: boolean): Value {
    const result = this.alu(sf, 'sub', x, y);
    if (setFlags) {
      const overflow = this.isNegative(sf, this.alu(sf, 'and', this.alu(sf, 'xor', x, y), this.alu(sf, 'xor', x, result)));
      this.setNzcv(this.isNegative(sf, result), this.alu(sf, 'eqz', result), this.alu(sf, 'ge_u', x, y), overflow);
    }
    return result;
  }

  /** The flags of ANDS and BICS: C and V become 0. */
  setLogicalFlags(sf: number, result: Value): void {
    this.setNzcv(this.isNegative(sf, result), this.alu(sf, 'eqz', result), this.i32(0), this.i32(0));
  }

  setNzcv(n: Value, z: Value, c: Value, v: Value): void {
    this.setField('NF', n);
    this.setField('ZF', z);
    this.setField('CF', c);
    this.setField('VF', v);
  }

  /** Sets the flags from bits 3:0 of an i32. */
  setNzcvBits(bits: Value): void {
    const bit = (n: number): Value => this.op('i32.and', this.op('i32.shr_u', bits, this.i32(n)), this.i32(1));
    this.setNzcv(bit(3), bit(2), bit(1), bit(0));
  }

  /** ConditionHolds (DDI 0487 C1.2.4) as i32 0 or 1. */
  condition(cond: number): Value {
    const flag = (name: string): Value => this.getField(name);
    let holds: Value;
    switch (cond >> 1) {
      case 0:
        holds = flag('ZF');
        break;
      case 1:
        holds = flag('CF');
        break;
      case 2:
        holds = flag('NF');
        break;
      case 3:
        holds = flag('VF');
        break;
      case 4:
        holds = this.op('i32.gt_u', flag('CF'), flag('ZF'));
        break;
      case 5:
        holds = this.op('i32.eq', flag('NF'), flag('VF'));
        break;
      case 6:
        holds = this.op('i32.gt_u', this.op('i32.eq', flag('NF'), flag('VF')), flag('ZF'));
        break;
      default:
        return this.i32(1);
    }
    return cond & 1 ? this.op('i32.eqz', holds) : holds;
  }

  // --- exceptions --------------------------------------------------------------------------------------------------------------
  /** Takes a synchronous exception; the instruction ends here. `iss` may be a value. */
  exception(ec: number, iss: Value | number = 0, returnAddress: Value = this.pc): void {
    this.callVoid('raise', this.cpu, this.i32(ec), typeof iss === 'number' ? this.i32(iss) : iss, returnAddress);
    this.leave('resync');
  }

  /** Takes a synchronous exception to EL2: a trap of its, or HVC; the instruction ends here. */
  exceptionToEl2(ec: number, iss: Value | number = 0, returnAddress: Value = this.pc): void {
    this.callVoid('raiseToEl2', this.cpu, this.i32(ec), typeof iss === 'number' ? this.i32(iss) : iss, returnAddress);
    this.leave('resync');
  }

  /** Whether the level is below EL2 and a bit of a control register of EL2's is set (or, with `wanted` 0, clear). */
  el2Controls(register: string, bit: number, wanted: 0 | 1 = 1): Value {
    const set = this.bit64(this.getField(register), bit);
    const holds = wanted ? set : this.op('i32.eqz', set);
    return this.op('i32.and', holds, this.op('i32.lt_u', this.getField('EL'), this.i32(2)));
  }

  /** Whether the core has EL2, as ID_AA64PFR0_EL1 says. */
  hasEl2(): Value {
    return this.op('i64.ne', this.op('i64.and', this.field64('ID', 32), this.i64(0xf00)), this.i64(0));
  }

  undefined(): void {
    this.exception(exceptionClass.unknown);
  }

  // --- fields of the state that system registers hold ----------------------------------------------------------------------------
  /** A field of 32 or 64 bits as i64. */
  field64(name: string, index = 0): Value {
    return this.to64(this.getField(name, index));
  }

  /** Writes an i64 to a field of 32 or 64 bits. */
  setField64(name: string, value: Value, index = 0): void {
    this.setField(name, stateField(name).type === 'u32' ? this.to32(value) : value, index);
  }

  /** Bit `n` of an i64, as i32 0 or 1. */
  bit64(value: Value, n: number): Value {
    return this.op('i32.and', this.op('i32.wrap_i64', this.op('i64.shr_u', value, this.i64(n))), this.i32(1));
  }

  /** Translates an address for cache maintenance: faults like an access, moves nothing. Ends the instruction. */
  touch(va: Value): void {
    this.leaveBy(this.call('maintainByAddress', this.cpu, va, this.pc));
  }

  nextPc(): Value {
    return this.op('i64.add', this.pc, this.i64(4));
  }

  /** Calls a host function that may raise, wait or stop: the code it answers says how the instruction ends (0: go on). */
  leaveBy(code: Value): void {
    this.leave({ dynamic: code });
  }

  /** Traps to EL1 when CPACR_EL1.FPEN forbids FP and SIMD at this level (DDI 0487 D19.2.27). Every FP or SIMD row starts with it. */
  /** Whether FPCR says round to the nearest without flushing, and FPSR says Inexact: what the host's arithmetic does. i32 of 0 or 1. */
  roundsAsHost(): Value {
    const known = this.op('i32.and', this.getField('FPSR'), this.i32(hostRounding.fpsr));
    return this.op('i32.gt_u', known, this.op('i32.and', this.getField('FPCR'), this.i32(hostRounding.fpcr)));
  }

  checkFp(): void {
    this.if(this.getField('FP_TRAP'), () => this.exception(exceptionClass.fpTrap, 0x01e0_0000), undefined, true);
  }
}
