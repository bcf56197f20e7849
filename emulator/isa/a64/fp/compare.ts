/** Scalar comparisons, plain and conditional (DDI 0487 C4.1.96). */
import type { Value } from '../../../ir/nodes.ts';
import { condition, hex, line, scalar } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import type { Semantics } from '../../derive/semantics.ts';
import { Host, keepsDenormals } from './host.ts';
import { element, exact, scalarShape } from './shape.ts';

/** FPCompare into PSTATE; with `E` quiet NaNs are an invalid operation, too. */
function compare(b: Semantics, sz: number, x: Value, y: Value, E: number): void {
  const h = new Host(b, scalarShape(sz));
  const [less, equal, greater] = ['lt', 'eq', 'gt'].map((name) => h.op(name, h.fromBits(x), h.fromBits(y))) as [
    Value,
    Value,
    Value,
  ];
  const notLess = b.op('i32.or', equal, greater);
  const areNumbers = b.op('i32.or', less, notLess);
  b.if(
    b.op('i32.and', areNumbers, keepsDenormals(b)),
    () => b.setNzcv(less, equal, notLess, b.i32(0)),
    () => b.setNzcvBits(exact(b, `fpCompare${sz ? 64 : 32}`, x, y, b.i32(E))),
  );
}

const name = (sz: number, n: number): string => scalar(2 + sz, n);

export const comparisons: readonly Row[] = [
  insn('FCMP', '000111100 sz:1 1 Vm:5 00 1000 Vn:5 E:1 0 000', {
    asm: (r) => line(r.E ? 'fcmpe' : 'fcmp', name(r.sz, r.Vn), name(r.sz, r.Vm)),
    semantics: (b, f) => {
      b.checkFp();
      compare(b, f.sz, element(b, f.sz, f.Vn), element(b, f.sz, f.Vm), f.E);
    },
  }),
  // Rm should be zero (DDI 0487 C7.2 FCMP); we do not look at it.
  insn('FCMP_zero', '000111100 sz:1 1 xxxxx 00 1000 Vn:5 E:1 1 000', {
    asm: (r) => line(r.E ? 'fcmpe' : 'fcmp', name(r.sz, r.Vn), '#0.0'),
    semantics: (b, f) => {
      b.checkFp();
      compare(b, f.sz, element(b, f.sz, f.Vn), b.const(f.sz, 0), f.E);
    },
  }),
  insn('FCCMP', '000111100 sz:1 1 Vm:5 cond:4 01 Vn:5 E:1 nzcv:4', {
    asm: (r) => line(r.E ? 'fccmpe' : 'fccmp', name(r.sz, r.Vn), name(r.sz, r.Vm), hex(r.nzcv), condition(r.cond)),
    semantics: (b, f) => {
      b.checkFp();
      const [x, y] = [element(b, f.sz, f.Vn), element(b, f.sz, f.Vm)];
      b.if(
        b.condition(f.cond),
        () => compare(b, f.sz, x, y, f.E),
        () => b.setNzcvBits(b.imm16((r) => r.nzcv as number)),
      );
    },
  }),
];
