/** System instructions: hints, barriers, MSR immediate, SYS, MRS and MSR (DDI 0487 C4.1.93). */
import { insn, type Row } from '../../derive/insn.ts';

export const systemInstructions: readonly Row[] = [
  insn('WFE', '11010101000000110010 0000 010 11111', {
    semantics: (b) => {
      b.setField('PC', b.nextPc());
      b.leaveBy(b.call('waitFor', b.cpu, b.i32(1), b.pc));
    },
  }),
  insn('WFI', '11010101000000110010 0000 011 11111', {
    semantics: (b) => {
      b.setField('PC', b.nextPc());
      b.leaveBy(b.call('waitFor', b.cpu, b.i32(0), b.pc));
    },
  }),
  insn('SEV', '11010101000000110010 0000 100 11111', {
    semantics: (b) => {
      b.setField('PC', b.nextPc());
      b.leaveBy(b.call('waitFor', b.cpu, b.i32(2), b.pc));
    },
  }),
  insn('SEVL', '11010101000000110010 0000 101 11111', { semantics: (b) => b.setField('EVENT', b.i32(1)) }),
  // NOP, YIELD, and every other hint, which is a NOP where its feature is not there.
  insn('HINT', '11010101000000110010 imm7:7 11111', { semantics: () => {} }),
  insn('CLREX', '11010101000000110011 xxxx 010 11111', { semantics: (b) => b.setField('EXCL_ARMED', b.i32(0)) }),
  insn('DSB', '11010101000000110011 imm_CRm:4 100 11111', {
    when: (r) => r.imm_CRm !== 4 && r.imm_CRm !== 0,
    semantics: () => {},
  }),
  insn('SSBB_PSSBB', '11010101000000110011 0 imm_p:1 00 100 11111', { semantics: () => {} }),
  insn('DMB', '11010101000000110011 imm_CRm:4 101 11111', { semantics: () => {} }),
  insn('ISB', '11010101000000110011 xxxx 110 11111', { semantics: (b) => b.leave('checkpoint') }),
  insn('SB', '11010101000000110011 0000 111 11111', { feature: 'FEAT_SB', when: () => false, semantics: () => {} }),
  insn('MSR_SPSel', '1101010100000 000 0100 imm_CRm:4 101 11111', {
    semantics: (b) => {
      b.if(b.op('i32.eqz', b.getField('EL')), () => b.undefined());
      b.callVoid(
        'setSpsel',
        b.cpu,
        b.op(
          'i32.and',
          b.imm16((r) => r.imm_CRm as number),
          b.i32(1),
        ),
      );
    },
  }),
  insn('MSR_DAIF', '1101010100000 011 0100 imm_CRm:4 11 clear:1 11111', {
    semantics: (b, f) => {
      b.setField('PC', b.nextPc());
      // The register write through the host checks SCTLR_EL1.UMA at EL0; at EL1 and above it is the common case.
      b.if(b.op('i32.eqz', b.getField('EL')), () =>
        b.leaveBy(
          b.call(
            'sysWrite',
            b.cpu,
            b.op(
              'i32.or',
              b.imm16((r) => r.imm_CRm as number),
              b.i32(f.clear ? 0x20000 : 0x10000),
            ),
            b.pc,
          ),
        ),
      );
      const bits = b.op(
        'i32.shl',
        b.imm16((r) => r.imm_CRm as number),
        b.i32(0),
      );
      const daif = b.getField('DAIF');
      b.setField('DAIF', f.clear ? b.op('i32.and', daif, b.op('i32.xor', bits, b.i32(-1))) : b.op('i32.or', daif, bits));
      if (f.clear) b.leave('checkpoint');
    },
  }),
  insn('SYS', '1101010100 0 01 op1:3 CRn:4 CRm:4 op2:3 Rt:5', {
    semantics: (b, f) => {
      b.setField('PC', b.nextPc());
      b.setField('SYS_VALUE', b.x(f.Rt));
      b.leaveBy(b.call('sysWrite', b.cpu, b.i32((1 << 14) | (f.op1 << 11) | (f.CRn << 7) | (f.CRm << 3) | f.op2), b.pc));
    },
  }),
  insn('SYSL', '1101010100 1 01 op1:3 CRn:4 CRm:4 op2:3 Rt:5', { semantics: (b) => b.undefined() }),
  insn('MSR', '1101010100 0 1 o0:1 op1:3 CRn:4 CRm:4 op2:3 Rt:5', {
    semantics: (b, f) => {
      b.setField('PC', b.nextPc());
      b.setField('SYS_VALUE', b.x(f.Rt));
      b.leaveBy(b.call('sysWrite', b.cpu, b.i32(((2 | f.o0) << 14) | (f.op1 << 11) | (f.CRn << 7) | (f.CRm << 3) | f.op2), b.pc));
    },
  }),
  insn('MRS', '1101010100 1 1 o0:1 op1:3 CRn:4 CRm:4 op2:3 Rt:5', {
    semantics: (b, f) => {
      const code = b.call(
        'sysRead',
        b.cpu,
        b.i32(((2 | f.o0) << 14) | (f.op1 << 11) | (f.CRn << 7) | (f.CRm << 3) | f.op2),
        b.pc,
      );
      b.if(code, () => b.leaveBy(code), undefined, true);
      b.setGpr(f.Rt, b.getField('SYS_VALUE'));
    },
  }),
];
