/** Loads and stores of one register: integer, FP and SIMD, prefetch, and literal (DDI 0487 C4.1.94). */
import type { Reg } from '../../../ir/builder.ts';
import type { Value } from '../../../ir/nodes.ts';
import { gpr, hex, line, scalar, signExtend, target } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import { access, type Semantics } from '../../derive/semantics.ts';
import { modes, type Mode } from './addressing.ts';

type F = { Rn: Reg; Rt: Reg; Rm?: Reg; option?: number; size: number; opc: number };
/** The widest pattern stands for all: the field names are the same. */
type P = 'size:2 111 0 00 opc:2 1 Rm:5 option:3 imm_S:1 10 Rn:5 Rt:5';
type Prefetch = '11 111 0 00 10 1 Rm:5 option:3 imm_S:1 10 Rn:5 imm_prfop:5';

/** `ldrb`, `sturh`, `ldtrsw`. */
function mnemonic(infix: Mode['infix'], size: number, opc: number): string {
  const suffix = opc < 2 ? ['b', 'h', '', ''][size] : `s${'bhw'[size]}`;
  return `${opc === 0 ? 'st' : 'ld'}${infix}${suffix}`;
}

const prefetchTypes = ['pld', 'pli', 'pst'];
/** `pldl1keep`; a number where it is reserved (DDI 0487 C6.2 PRFM). */
function prefetchOperation(prfop: number): string {
  const type = prefetchTypes[prfop >> 3];
  const level = ((prfop >> 1) & 3) + 1;
  return type === undefined || level > 3 ? hex(prfop, 2) : `${type}l${level}${prfop & 1 ? 'strm' : 'keep'}`;
}

/** Loads into a general register: opc 1 zero-extends, 2 sign-extends to 64 bits, 3 to 32. */
function loadInteger(b: Semantics, va: Value, size: number, opc: number, info: number): Value {
  const value = b.load(va, 1 << size, info, opc >= 2 && size < 2);
  if (opc === 2) return b.op('i64.extend_i32_s', value);
  return value;
}

function storeInteger(b: Semantics, va: Value, size: number, reg: Reg, info: number): void {
  b.store(va, 1 << size, size === 3 ? b.x(reg) : b.w(reg), info);
}

export function loadVector(b: Semantics, va: Value, scale: number): Value {
  return b.load(va, 1 << scale);
}

export function setVector(b: Semantics, reg: Reg, value: Value): void {
  if (value.type === 'v128') b.setV(reg, value);
  else b.setScalar(reg, value);
}

export function storeVector(b: Semantics, va: Value, scale: number, reg: Reg): void {
  b.store(va, 1 << scale, scale === 4 ? b.v(reg) : scale === 3 ? b.d(reg) : b.s(reg));
}

const rows: Row[] = [];
for (const mode of modes) {
  const regular = (r: Record<string, number>): boolean => mode.name !== 'reg' || ((r.option as number) & 2) !== 0;
  const info = mode.unprivileged ? access.unprivileged : 0;
  rows.push(
    insn(`LDST_${mode.name}`, `size:2 111 0 ${mode.high} opc:2 ${mode.low} Rn:5 Rt:5` as P, {
      when: (r) => regular(r) && (r.opc < 2 || r.size < (r.opc === 2 ? 3 : 2)),
      asm: (r) =>
        line(
          mnemonic(mode.infix, r.size, r.opc),
          gpr(r.opc === 2 || (r.opc < 2 && r.size === 3) ? 1 : 0, r.Rt),
          mode.text(r, r.size),
        ),
      semantics: (b, fields) => {
        const f = fields as F;
        const { va, writeBack } = mode.address(b, f, f.size);
        if (f.opc === 0) storeInteger(b, va, f.size, f.Rt, info);
        const value = f.opc === 0 ? undefined : loadInteger(b, va, f.size, f.opc, info);
        if (value) b.setGpr(f.Rt, value);
        // Last: with Rt = Rn the base wins, where the manual says CONSTRAINED UNPREDICTABLE (DDI 0487 K1.2).
        if (writeBack) b.setGprOrSp(f.Rn, writeBack);
      },
    }),
  );
  if (['uimm', 'unscaled', 'reg'].includes(mode.name)) {
    rows.push(
      insn(`PRFM_${mode.name}`, `11 111 0 ${mode.high} 10 ${mode.low} Rn:5 imm_prfop:5` as Prefetch, {
        when: regular,
        asm: (r) => line(mode.infix === 'ur' ? 'prfum' : 'prfm', prefetchOperation(r.imm_prfop), mode.text(r, 3)),
        semantics: () => {},
      }),
    );
  }
  if (mode.unprivileged) continue;
  rows.push(
    insn(`LDST_simd_${mode.name}`, `size:2 111 1 ${mode.high} opc:2 ${mode.low} Rn:5 Rt:5` as P, {
      when: (r) => regular(r) && (r.opc < 2 || r.size === 0),
      asm: (r) => {
        const scale = ((r.opc & 2) << 1) | r.size;
        return line(`${r.opc & 1 ? 'ld' : 'st'}${mode.infix}`, scalar(scale, r.Rt), mode.text(r, scale));
      },
      semantics: (b, fields) => {
        const f = fields as F;
        b.checkFp();
        const scale = ((f.opc & 2) << 1) | f.size;
        const { va, writeBack } = mode.address(b, f, scale);
        const value = f.opc & 1 ? loadVector(b, va, scale) : undefined;
        if (!value) storeVector(b, va, scale, f.Rt);
        if (writeBack) b.setGprOrSp(f.Rn, writeBack);
        if (value) setVector(b, f.Rt, value);
      },
    }),
  );
}

const literalOffset = (r: Readonly<Record<string, number>>): number => signExtend(r['imm19'] as number, 19) << 2;
const literal = (b: Semantics): Value => b.op('i64.add', b.pc, b.op('i64.extend_i32_s', b.imm32(literalOffset)));

export const singleRegister: readonly Row[] = [
  ...rows,
  insn('LDR_lit', 'opc:2 011 0 00 imm19:19 Rt:5', {
    when: (r) => r.opc < 3,
    asm: (r, pc) => line(r.opc === 2 ? 'ldrsw' : 'ldr', gpr(r.opc, r.Rt), target(pc, literalOffset(r))),
    semantics: (b, f) => {
      const value = b.load(literal(b), f.opc === 1 ? 8 : 4);
      b.setGpr(f.Rt, f.opc === 2 ? b.op('i64.extend_i32_s', value) : value);
    },
  }),
  insn('PRFM_lit', '11 011 0 00 imm19:19 imm_prfop:5', {
    asm: (r, pc) => line('prfm', prefetchOperation(r.imm_prfop), target(pc, literalOffset(r))),
    semantics: () => {},
  }),
  insn('LDR_simd_lit', 'opc:2 011 1 00 imm19:19 Rt:5', {
    when: (r) => r.opc < 3,
    asm: (r, pc) => line('ldr', scalar(r.opc + 2, r.Rt), target(pc, literalOffset(r))),
    semantics: (b, f) => {
      b.checkFp();
      setVector(b, f.Rt, loadVector(b, literal(b), f.opc + 2));
    },
  }),
];
