/** Branches, exception generation (DDI 0487 C4.1.93). */
import { condition, decimal, gpr, hex, line, target, x } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import { exceptionClass } from '../../derive/semantics.ts';

const offset = (bits: number, field: string) => (r: Readonly<Record<string, number>>) =>
  ((r[field] as number) << (32 - bits)) >> (32 - bits - 2);

export const branches: readonly Row[] = [
  insn('B', '0 00101 imm26:26', {
    asm: (r, pc) => line('b', target(pc, offset(26, 'imm26')(r))),
    semantics: (b) => b.jump(b.imm32(offset(26, 'imm26'))),
  }),
  insn('BL', '1 00101 imm26:26', {
    asm: (r, pc) => line('bl', target(pc, offset(26, 'imm26')(r))),
    semantics: (b) => {
      b.setField('X', b.nextPc(), 30);
      b.jump(b.imm32(offset(26, 'imm26')));
    },
  }),
  insn('B_cond', '0101010 0 imm19:19 0 cond:4', {
    asm: (r, pc) => line(`b.${condition(r.cond)}`, target(pc, offset(19, 'imm19')(r))),
    semantics: (b, f) => b.if(b.condition(f.cond), () => b.jump(b.imm32(offset(19, 'imm19')))),
  }),
  insn('CBZ', 'sf:1 011010 op:1 imm19:19 Rt:5', {
    asm: (r, pc) => line(r.op ? 'cbnz' : 'cbz', gpr(r.sf, r.Rt), target(pc, offset(19, 'imm19')(r))),
    semantics: (b, f) => {
      const zero = b.alu(f.sf, 'eqz', b.gpr(f.Rt, f.sf));
      b.if(f.op ? b.op('i32.eqz', zero) : zero, () => b.jump(b.imm32(offset(19, 'imm19'))));
    },
  }),
  insn('TBZ', 'immb5:1 011011 op:1 immb40:5 imm14:14 Rt:5', {
    asm: (r, pc) =>
      line(r.op ? 'tbnz' : 'tbz', gpr(r.immb5, r.Rt), decimal((r.immb5 << 5) | r.immb40), target(pc, offset(14, 'imm14')(r))),
    semantics: (b, f) => {
      const number = b.imm16((r) => ((r.immb5 as number) << 5) | (r.immb40 as number));
      const bit = b.op('i32.and', b.op('i32.wrap_i64', b.shift(1, 1, b.x(f.Rt), number)), b.i32(1));
      b.if(f.op ? bit : b.op('i32.eqz', bit), () => b.jump(b.imm32(offset(14, 'imm14'))));
    },
  }),
  insn('BR', '1101011 0000 11111 000000 Rn:5 00000', {
    asm: (r) => line('br', x(r.Rn)),
    semantics: (b, f) => b.jumpTo(b.x(f.Rn)),
  }),
  insn('RET', '1101011 0010 11111 000000 Rn:5 00000', {
    asm: (r) => line('ret', r.Rn === 30 ? undefined : x(r.Rn)),
    semantics: (b, f) => b.jumpTo(b.x(f.Rn)),
  }),
  insn('BLR', '1101011 0001 11111 000000 Rn:5 00000', {
    asm: (r) => line('blr', x(r.Rn)),
    semantics: (b, f) => {
      const target = b.variable('i64', b.x(f.Rn));
      b.setField('X', b.nextPc(), 30);
      b.jumpTo(b.getVar(target));
    },
  }),
  insn('ERET', '1101011 0100 11111 000000 11111 00000', {
    asm: () => 'eret',
    semantics: (b) => {
      b.if(b.op('i32.eqz', b.getField('EL')), () => b.undefined());
      b.callVoid('eret', b.cpu, b.pc);
      b.leave('jumped');
    },
  }),
  insn('DRPS', '1101011 0101 11111 000000 11111 00000', { asm: () => 'drps', semantics: (b) => b.undefined() }),
  insn('SVC', '11010100 000 imm16:16 000 01', {
    asm: (r) => line('svc', hex(r.imm16)),
    semantics: (b) => {
      // SSAdvance: a call counts as done when its exception is taken (DDI 0487 D2.12.5).
      b.setField('SS', b.i32(0));
      b.exception(
        exceptionClass.svc,
        b.imm16((r) => r.imm16 as number),
        b.nextPc(),
      );
    },
  }),
  insn('HVC', '11010100 000 imm16:16 000 10', {
    asm: (r) => line('hvc', hex(r.imm16)),
    semantics: (b) => {
      b.setField('PC', b.nextPc());
      b.leaveBy(
        b.call(
          'hypercall',
          b.cpu,
          b.op(
            'i32.or',
            b.imm16((r) => r.imm16 as number),
            b.i32(0x10000),
          ),
          b.pc,
        ),
      );
    },
  }),
  insn('SMC', '11010100 000 imm16:16 000 11', {
    asm: (r) => line('smc', hex(r.imm16)),
    semantics: (b) => {
      b.setField('PC', b.nextPc());
      b.leaveBy(
        b.call(
          'hypercall',
          b.cpu,
          b.op(
            'i32.or',
            b.imm16((r) => r.imm16 as number),
            b.i32(0x20000),
          ),
          b.pc,
        ),
      );
    },
  }),
  insn('BRK', '11010100 001 imm16:16 000 00', {
    asm: (r) => line('brk', hex(r.imm16)),
    semantics: (b) =>
      b.exception(
        exceptionClass.brk,
        b.imm16((r) => r.imm16 as number),
      ),
  }),
  insn('HLT', '11010100 010 imm16:16 000 00', {
    asm: (r) => line('hlt', hex(r.imm16)),
    semantics: (b) => {
      b.setField('PC', b.nextPc());
      b.leaveBy(
        b.call(
          'debugTrap',
          b.cpu,
          b.imm16((r) => r.imm16 as number),
          b.pc,
        ),
      );
    },
  }),
  // DCPS1-3 are UNDEFINED outside of Debug state (DDI 0487 C6.2.97).
  insn('DCPS', '11010100 101 imm16:16 000 LL:2', {
    when: (r) => r.LL > 0,
    asm: (r) => line(`dcps${r.LL}`, r.imm16 === 0 ? undefined : hex(r.imm16)),
    semantics: (b) => b.undefined(),
  }),
  // Permanently UNDEFINED (DDI 0487 C6.2.388).
  insn('UDF', '0000000000000000 imm16:16', { asm: (r) => line('udf', decimal(r.imm16)), semantics: (b) => b.undefined() }),
];
