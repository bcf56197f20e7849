/** System instructions: hints, barriers, MSR immediate, SYS, MRS and MSR (DDI 0487 C4.1.93). */
import { decimal, genericRegister, hex, line, x } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import { barrier, synchronization } from '../../derive/memory-order.ts';
import { systemRegisterName } from '../../derive/system-names.ts';
import { changeDaif, readRegister, systemOperation, systemOperationWithResult, wait, writeRegister } from './register-access.ts';
import { barrierOption, hintNames, systemInstruction } from './names.ts';

export const systemInstructions: readonly Row[] = [
  insn('WFE', '11010101000000110010 0000 010 11111', {
    asm: () => 'wfe',
    semantics: (b) => wait(b, 1),
  }),
  insn('WFI', '11010101000000110010 0000 011 11111', {
    asm: () => 'wfi',
    semantics: (b) => wait(b, 0),
  }),
  insn('SEV', '11010101000000110010 0000 100 11111', {
    asm: () => 'sev',
    semantics: (b) => {
      // The outer loop tells the other cores.
      b.setField('SEV_SENT', b.i32(1));
      b.setField('PC', b.nextPc());
      b.leave('host');
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
    semantics: (b) => synchronization(b),
  }),
  insn('SSBB_PSSBB', '11010101000000110011 0 imm_p:1 00 100 11111', {
    asm: (r) => (r.imm_p ? 'pssbb' : 'ssbb'),
    semantics: () => {},
  }),
  insn('DMB', '11010101000000110011 imm_CRm:4 101 11111', {
    asm: (r) => line('dmb', barrierOption(r.imm_CRm)),
    semantics: (b) => barrier(b),
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
      const immediate = b.imm16((r) => (r.imm_CRm as number) & 1);
      b.callVoid('setSpsel', b.cpu, immediate);
    },
  }),
  insn('MSR_DAIF', '1101010100000 011 0100 imm_CRm:4 11 clear:1 11111', {
    asm: (r) => line('msr', r.clear ? 'daifclr' : 'daifset', hex(r.imm_CRm)),
    semantics: (b, f) => changeDaif(b, f.clear),
  }),
  insn('SYS', '1101010100 0 01 op1:3 CRn:4 CRm:4 op2:3 Rt:5', {
    asm: systemInstruction,
    semantics: (b, f) => systemOperation(b, { ...f, op0: 1 }, f.Rt),
  }),
  insn('SYSL', '1101010100 1 01 op1:3 CRn:4 CRm:4 op2:3 Rt:5', {
    asm: (r) => line('sysl', x(r.Rt), decimal(r.op1), `C${r.CRn}`, `C${r.CRm}`, decimal(r.op2)),
    semantics: (b, f) => systemOperationWithResult(b, { ...f, op0: 1 }),
  }),
  insn('MSR', '1101010100 0 1 o0:1 op1:3 CRn:4 CRm:4 op2:3 Rt:5', {
    asm: (r) => line('msr', systemRegisterName(2 | r.o0, r, false), x(r.Rt)),
    semantics: (b, f) => writeRegister(b, { ...f, op0: 2 | f.o0 }, f.Rt),
  }),
  insn('MRS', '1101010100 1 1 o0:1 op1:3 CRn:4 CRm:4 op2:3 Rt:5', {
    asm: (r) => line('mrs', x(r.Rt), systemRegisterName(2 | r.o0, r, true)),
    semantics: (b, f) => readRegister(b, { ...f, op0: 2 | f.o0 }, f.Rt),
  }),
];
