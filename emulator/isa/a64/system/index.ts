/** System instructions: hints, barriers, MSR immediate, SYS, MRS and MSR (DDI 0487 C4.1.93). */
import { decimal, genericRegister, hex, line, x } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import { systemRegisterName } from '../../derive/system-names.ts';
import { barrierOption, hintNames, systemInstruction } from './names.ts';

export const systemInstructions: readonly Row[] = [
  insn('WFE', '11010101000000110010 0000 010 11111', {
    asm: () => 'wfe',
    semantics: (b) => {
      b.setField('PC', b.nextPc());
      b.leaveBy(b.call('waitFor', b.cpu, b.i32(1), b.pc));
    },
  }),
  insn('WFI', '11010101000000110010 0000 011 11111', {
    asm: () => 'wfi',
    semantics: (b) => {
      b.setField('PC', b.nextPc());
      b.leaveBy(b.call('waitFor', b.cpu, b.i32(0), b.pc));
    },
  }),
  insn('SEV', '11010101000000110010 0000 100 11111', {
    asm: () => 'sev',
    semantics: (b) => {
      b.setField('PC', b.nextPc());
      b.leaveBy(b.call('waitFor', b.cpu, b.i32(2), b.pc));
    },
  }),
  insn('SEVL', '11010101000000110010 0000 101 11111', { asm: () => 'sevl', semantics: (b) => b.setField('EVENT', b.i32(1)) }),
  // NOP, YIELD, and every other hint, which is a NOP where its feature is not there.
  insn('HINT', '11010101000000110010 imm7:7 11111', {
    asm: (r) => hintNames[r.imm7] ?? line('hint', hex(r.imm7)),
    semantics: () => {},
  }),
  insn('CLREX', '11010101000000110011 imm_CRm:4 010 11111', {
    asm: (r) => line('clrex', r.imm_CRm === 15 ? undefined : hex(r.imm_CRm)),
    semantics: (b) => b.setField('EXCL_ARMED', b.i32(0)),
  }),
  insn('DSB', '11010101000000110011 imm_CRm:4 100 11111', {
    when: (r) => r.imm_CRm !== 4 && r.imm_CRm !== 0,
    asm: (r) => line('dsb', barrierOption(r.imm_CRm)),
    semantics: () => {},
  }),
  insn('SSBB_PSSBB', '11010101000000110011 0 imm_p:1 00 100 11111', {
    asm: (r) => (r.imm_p ? 'pssbb' : 'ssbb'),
    semantics: () => {},
  }),
  insn('DMB', '11010101000000110011 imm_CRm:4 101 11111', {
    asm: (r) => line('dmb', barrierOption(r.imm_CRm)),
    semantics: () => {},
  }),
  insn('ISB', '11010101000000110011 imm_CRm:4 110 11111', {
    asm: (r) => line('isb', r.imm_CRm === 15 ? undefined : hex(r.imm_CRm)),
    semantics: (b) => b.leave('checkpoint'),
  }),
  insn('MSR_SPSel', '1101010100000 000 0100 imm_CRm:4 101 11111', {
    // The manual takes the lowest bit of any immediate; objdump knows 0 and 1 only.
    asm: (r) =>
      r.imm_CRm > 1 ? line('msr', genericRegister(0, 0, 4, r.imm_CRm, 5), x(31)) : line('msr', 'spsel', hex(r.imm_CRm)),
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
    asm: (r) => line('msr', r.clear ? 'daifclr' : 'daifset', hex(r.imm_CRm)),
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
    asm: systemInstruction,
    semantics: (b, f) => {
      b.setField('PC', b.nextPc());
      b.setField('SYS_VALUE', b.x(f.Rt));
      b.leaveBy(b.call('sysWrite', b.cpu, b.i32((1 << 14) | (f.op1 << 11) | (f.CRn << 7) | (f.CRm << 3) | f.op2), b.pc));
    },
  }),
  insn('SYSL', '1101010100 1 01 op1:3 CRn:4 CRm:4 op2:3 Rt:5', {
    asm: (r) => line('sysl', x(r.Rt), decimal(r.op1), `C${r.CRn}`, `C${r.CRm}`, decimal(r.op2)),
    semantics: (b) => b.undefined(),
  }),
  insn('MSR', '1101010100 0 1 o0:1 op1:3 CRn:4 CRm:4 op2:3 Rt:5', {
    asm: (r) => line('msr', systemRegisterName(2 | r.o0, r, false), x(r.Rt)),
    semantics: (b, f) => {
      b.setField('PC', b.nextPc());
      b.setField('SYS_VALUE', b.x(f.Rt));
      b.leaveBy(b.call('sysWrite', b.cpu, b.i32(((2 | f.o0) << 14) | (f.op1 << 11) | (f.CRn << 7) | (f.CRm << 3) | f.op2), b.pc));
    },
  }),
  insn('MRS', '1101010100 1 1 o0:1 op1:3 CRn:4 CRm:4 op2:3 Rt:5', {
    asm: (r) => line('mrs', x(r.Rt), systemRegisterName(2 | r.o0, r, true)),
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
