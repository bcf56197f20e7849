/** Control, translation, exception and identification registers (DDI 0487 D19.2). */
import type { Value } from '../../ir/nodes.ts';
import type { Semantics } from '../derive/semantics.ts';
import { type SystemRegister, sysreg } from './register.ts';
import { TACR, TCPAC, TDZ, TID1, TID2, TID3, type Trap, VIRTUAL_MEMORY, holds } from './traps.ts';

const RES1_SCTLR = 0x30d0_0800n;
/** M A C SA SA0 UMA I DZE UCT nTWI nTWE WXN UCI; neither AArch32 nor big-endian data is implemented. */
const SCTLR_BITS = 0x040d_d21fn;
/** SCTLR_EL1 as it is after a reset: with SA, SA0, nTWI and nTWE, as the Cortex-A53, A57 and A72 have it. */
export const SCTLR_RESET = RES1_SCTLR | 0x5_0018n;

/** CTR_EL0 and DC/IC of EL0 depend on SCTLR_EL1 (UCT, DZE, UCI). */
export function atUser(bit: number): SystemRegister['check'] {
  return (b, trap) =>
    b.if(
      b.op('i32.and', b.op('i32.eqz', b.getField('EL')), b.op('i32.eqz', b.bit64(b.getField('SCTLR_EL1'), bit))),
      trap,
      undefined,
      true,
    );
}

/** All of op0 3, op1 0, CRn 0, CRm 1..7 is readable; what is not there reads as zero. */
const idRegisters: SystemRegister[] = [];
for (let crm = 1; crm < 8; crm++) {
  for (let op2 = 0; op2 < 8; op2++) {
    idRegisters.push(
      sysreg(idName(crm, op2), [3, 0, 0, crm, op2], { access: 'ro', reads: 1, field: 'ID', index: crm * 8 + op2, traps: [TID3] }),
    );
  }
}

function idName(crm: number, op2: number): string {
  const names: Record<number, string> = {
    1: 'ID_PFR0_EL1 ID_PFR1_EL1 ID_DFR0_EL1 ID_AFR0_EL1 ID_MMFR0_EL1 ID_MMFR1_EL1 ID_MMFR2_EL1 ID_MMFR3_EL1',
    2: 'ID_ISAR0_EL1 ID_ISAR1_EL1 ID_ISAR2_EL1 ID_ISAR3_EL1 ID_ISAR4_EL1 ID_ISAR5_EL1 ID_MMFR4_EL1 ID_ISAR6_EL1',
    3: 'MVFR0_EL1 MVFR1_EL1 MVFR2_EL1 - ID_PFR2_EL1 ID_DFR1_EL1 ID_MMFR5_EL1 -',
    4: 'ID_AA64PFR0_EL1 ID_AA64PFR1_EL1 - - ID_AA64ZFR0_EL1 ID_AA64SMFR0_EL1 - -',
    5: 'ID_AA64DFR0_EL1 ID_AA64DFR1_EL1 - - ID_AA64AFR0_EL1 ID_AA64AFR1_EL1 - -',
    6: 'ID_AA64ISAR0_EL1 ID_AA64ISAR1_EL1 ID_AA64ISAR2_EL1 - - - - -',
    7: 'ID_AA64MMFR0_EL1 ID_AA64MMFR1_EL1 ID_AA64MMFR2_EL1 - - - - -',
  };
  const name = names[crm]?.split(' ')[op2];
  return name && name !== '-' ? name : `S3_0_C0_C${crm}_${op2}`;
}

const identity = (name: string, op2: number, index: number, op1: number, trap: Trap): SystemRegister =>
  sysreg(name, [3, op1, 0, 0, op2], { access: 'ro', reads: 1, field: 'ID', index, traps: [trap] });

/** Below EL2 what EL2 has put in its place; without EL2 that is the same. */
const virtualized = (b: Semantics, own: Value, given: string): Value =>
  b.select(b.op('i32.eq', b.getField('EL'), b.i32(2)), own, b.getField(given));

/** PSTATE as NZCV and DAIF show it. */
const nzcv = (b: Semantics) => {
  const flag = (name: string, at: number) => b.op('i32.shl', b.getField(name), b.i32(at));
  return b.to64(b.op('i32.or', b.op('i32.or', flag('NF', 31), flag('ZF', 30)), b.op('i32.or', flag('CF', 29), flag('VF', 28))));
};

export const systemRegisters: readonly SystemRegister[] = [
  sysreg('MIDR_EL1', [3, 0, 0, 0, 0], {
    access: 'ro',
    field: false,
    read: (b) => virtualized(b, b.field64('ID', 0), 'VPIDR_EL2'),
  }),
  sysreg('MPIDR_EL1', [3, 0, 0, 0, 5], {
    access: 'ro',
    field: false,
    read: (b) => virtualized(b, b.getField('MPIDR_EL1'), 'VMPIDR_EL2'),
  }),
  identity('REVIDR_EL1', 6, 1, 0, TID1),
  ...idRegisters,
  identity('CLIDR_EL1', 1, 2, 1, TID2),
  identity('AIDR_EL1', 7, 3, 1, TID1),
  sysreg('CSSELR_EL1', [3, 2, 0, 0, 0], { mask: 0xfn, traps: [TID2] }),
  // One set of three values: L1 data, L1 instruction, L2 (CSSELR 0, 1, 2).
  sysreg('CCSIDR_EL1', [3, 1, 0, 0, 0], {
    access: 'ro',
    traps: [TID2],
    field: false,
    read: (b) => {
      const select = b.op('i32.wrap_i64', b.getField('CSSELR_EL1'));
      const is = (n: number) => b.op('i32.eq', select, b.i32(n));
      return b.select(
        is(0),
        b.field64('ID', 4),
        b.select(is(1), b.field64('ID', 5), b.select(is(2), b.field64('ID', 6), b.i64(0))),
      );
    },
  }),
  sysreg('CTR_EL0', [3, 3, 0, 0, 1], { access: 'ro', field: 'ID', index: 7, check: atUser(15), traps: [TID2] }),
  sysreg('DCZID_EL0', [3, 3, 0, 0, 7], {
    access: 'ro',
    field: false,
    // 64 bytes; DZP where DC ZVA is prohibited.
    read: (b) => {
      const prohibited = b.op(
        'i32.and',
        b.op('i32.eqz', b.getField('EL')),
        b.op('i32.eqz', b.bit64(b.getField('SCTLR_EL1'), 14)),
      );
      const either = b.op('i32.or', prohibited, holds(b, TDZ));
      return b.to64(b.op('i32.or', b.i32(4), b.op('i32.shl', either, b.i32(4))));
    },
  }),
  sysreg('SCTLR_EL1', [3, 0, 1, 0, 0], {
    mask: SCTLR_BITS,
    ones: RES1_SCTLR,
    reset: SCTLR_RESET,
    after: 'level',
    traps: VIRTUAL_MEMORY,
  }),
  sysreg('ACTLR_EL1', [3, 0, 1, 0, 1], { mask: 0n, traps: [TACR] }),
  sysreg('CPACR_EL1', [3, 0, 1, 0, 2], { mask: 0x30_0000n, after: 'level', traps: [TCPAC] }),
  sysreg('TTBR0_EL1', [3, 0, 2, 0, 0], { after: 'level', traps: VIRTUAL_MEMORY }),
  sysreg('TTBR1_EL1', [3, 0, 2, 0, 1], { after: 'level', traps: VIRTUAL_MEMORY }),
  sysreg('TCR_EL1', [3, 0, 2, 0, 2], { mask: 0x7f_ffff_ffbfn, after: 'level', traps: VIRTUAL_MEMORY }),
  sysreg('SPSR_EL1', [3, 0, 4, 0, 0], { mask: 0xffff_ffffn }),
  sysreg('ELR_EL1', [3, 0, 4, 0, 1]),
  sysreg('SP_EL0', [3, 0, 4, 1, 0], {
    reads: 1,
    writes: 1,
    field: 'SP_BANK',
    index: 0,
    // UNDEFINED while it is the stack pointer in use (D19.2.133).
    check: (b) => b.if(b.op('i32.eqz', b.getField('SPSEL')), () => b.undefined(), undefined, true),
  }),
  sysreg('SPSel', [3, 0, 4, 2, 0], {
    field: false,
    read: (b) => b.to64(b.getField('SPSEL')),
    write: (b, value) => b.callVoid('setSpsel', b.cpu, b.op('i32.and', b.to32(value), b.i32(1))),
  }),
  sysreg('CurrentEL', [3, 0, 4, 2, 2], {
    access: 'ro',
    field: false,
    read: (b) => b.to64(b.op('i32.shl', b.getField('EL'), b.i32(2))),
  }),
  sysreg('NZCV', [3, 3, 4, 2, 0], {
    reads: 0,
    writes: 0,
    field: false,
    read: nzcv,
    write: (b, value) => b.setNzcvBits(b.op('i32.shr_u', b.to32(value), b.i32(28))),
  }),
  sysreg('DAIF', [3, 3, 4, 2, 1], {
    reads: 0,
    writes: 0,
    field: false,
    check: atUser(9),
    read: (b) => b.to64(b.op('i32.shl', b.getField('DAIF'), b.i32(6))),
    write: (b, value) => {
      b.setField('DAIF', b.op('i32.and', b.op('i32.shr_u', b.to32(value), b.i32(6)), b.i32(15)));
      b.callVoid('debugMaskChanged', b.cpu);
    },
    after: 'checkpoint',
  }),
  sysreg('FPCR', [3, 3, 4, 4, 0], { reads: 0, writes: 0, mask: 0x07c0_0000n, check: (b) => b.checkFp() }),
  sysreg('FPSR', [3, 3, 4, 4, 1], { reads: 0, writes: 0, mask: 0x0800_009fn, check: (b) => b.checkFp() }),
  sysreg('AFSR0_EL1', [3, 0, 5, 1, 0], { mask: 0n, traps: VIRTUAL_MEMORY }),
  sysreg('AFSR1_EL1', [3, 0, 5, 1, 1], { mask: 0n, traps: VIRTUAL_MEMORY }),
  sysreg('ESR_EL1', [3, 0, 5, 2, 0], { mask: 0xffff_ffffn, traps: VIRTUAL_MEMORY }),
  sysreg('FAR_EL1', [3, 0, 6, 0, 0], { traps: VIRTUAL_MEMORY }),
  sysreg('PAR_EL1', [3, 0, 7, 4, 0]),
  sysreg('MAIR_EL1', [3, 0, 10, 2, 0], { after: 'level', traps: VIRTUAL_MEMORY }),
  sysreg('AMAIR_EL1', [3, 0, 10, 3, 0], { mask: 0n, traps: VIRTUAL_MEMORY }),
  sysreg('VBAR_EL1', [3, 0, 12, 0, 0], { mask: 0xffff_ffff_ffff_f800n }),
  sysreg('RVBAR_EL1', [3, 0, 12, 0, 1], {
    access: 'ro',
    field: false,
    // Only the highest level has one.
    check: (b) => b.if(b.hasEl2(), () => b.undefined(), undefined, true),
    read: (b) => b.i64(0),
  }),
  sysreg('ISR_EL1', [3, 0, 12, 1, 0], {
    access: 'ro',
    field: false,
    read: (b) => b.call('interruptStatus', b.cpu),
  }),
  sysreg('CONTEXTIDR_EL1', [3, 0, 13, 0, 1], { mask: 0xffff_ffffn, traps: VIRTUAL_MEMORY }),
  sysreg('TPIDR_EL1', [3, 0, 13, 0, 4]),
  sysreg('TPIDR_EL0', [3, 3, 13, 0, 2]),
  sysreg('TPIDRRO_EL0', [3, 3, 13, 0, 3], { writes: 1 }),
];
