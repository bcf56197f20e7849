/** Pairs: LDP, STP, LDPSW, non-temporal, and their SIMD forms (DDI 0487 C4.1.94). */
import type { Reg } from '../../../ir/builder.ts';
import type { Value } from '../../../ir/nodes.ts';
import { decimal, gpr, line, memory, offset, scalar, signExtend } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import { access, type Semantics } from '../../derive/semantics.ts';
import { loadVector, setVector, storeVector } from './single.ts';

function address(b: Semantics, rn: Reg, mode: number, scale: number): { va: Value; writeBack?: Value } {
  const base = b.xsp(rn);
  const moved = b.op(
    'i64.add',
    base,
    b.op(
      'i64.extend_i32_s',
      b.imm32((r) => signExtend(r['imm7'] as number, 7) << scale),
    ),
  );
  if (mode === 1) return { va: base, writeBack: moved };
  return mode === 3 ? { va: moved, writeBack: moved } : { va: moved };
}

/**
 * CONSTRAINED UNPREDICTABLE (DDI 0487 K1.2): a load into one register twice, or into its written-back base. objdump refuses it for LDPSW
 * alone.
 */
const overlaps = (r: { mode: number; Rt: number; Rt2: number; Rn: number }): boolean =>
  r.Rt === r.Rt2 || ((r.mode & 1) === 1 && r.Rn !== 31 && (r.Rt === r.Rn || r.Rt2 === r.Rn));

function pairText(
  suffix: string,
  r: { readonly mode: number; readonly L: number; readonly imm7: number; readonly Rn: number },
  one: string,
  two: string,
  scale: number,
): string {
  const bytes = signExtend(r.imm7, 7) << scale;
  const addresses = [
    memory(r.Rn, offset(bytes)),
    `${memory(r.Rn)}, ${decimal(bytes)}`,
    memory(r.Rn, offset(bytes)),
    `${memory(r.Rn, decimal(bytes))}!`,
  ];
  return line(`${r.L ? 'ld' : 'st'}${r.mode === 0 ? 'n' : ''}${suffix}`, one, two, addresses[r.mode]);
}

function joined128(b: Semantics, low: Value, high: Value): Value {
  return b.lane('i64x2.replace_lane', 1, b.op('i64x2.splat', low), high);
}

function joined64(b: Semantics, low: Value, high: Value): Value {
  const upper = b.op('i64.shl', b.op('i64.extend_i32_u', high), b.i64(32));
  return b.op('i64.or', b.op('i64.extend_i32_u', low), upper);
}

export const pairs: readonly Row[] = [
  // mode: 0 non-temporal, 1 post-index, 2 offset, 3 pre-index.
  insn('LDSTP', 'opc:2 101 0 0 mode:2 L:1 imm7:7 Rt2:5 Rn:5 Rt:5', {
    when: (r) => r.opc !== 3 && (r.opc !== 1 || (r.L === 1 && r.mode !== 0)),
    asm: (r) =>
      r.opc === 1 && overlaps(r)
        ? undefined
        : pairText(r.opc === 1 ? 'psw' : 'p', r, gpr(r.opc, r.Rt), gpr(r.opc, r.Rt2), r.opc === 2 ? 3 : 2),
    semantics: (b, f) => {
      const scale = f.opc === 2 ? 3 : 2;
      const { va, writeBack } = address(b, f.Rn, f.mode, scale);
      // One look-up for both: they are one access of two elements.
      const info = access.element(scale);
      if (f.L) {
        const widen = (value: Value): Value => (f.opc === 1 ? b.op('i64.extend_i32_s', value) : value);
        const host = b.translateRead(va, 2 << scale, info);
        const one = b.hostLoad(host, 1 << scale);
        const two = b.hostLoad(host, 1 << scale, 1 << scale);
        // In this order, the base before Rt before Rt2 wins where the manual says CONSTRAINED UNPREDICTABLE (DDI 0487 K1.2).
        b.setGpr(f.Rt2, widen(two));
        b.setGpr(f.Rt, widen(one));
        if (writeBack) b.setGprOrSp(f.Rn, writeBack);
      } else {
        const [one, two] = [b.gpr(f.Rt, f.opc), b.gpr(f.Rt2, f.opc)];
        b.store(va, 2 << scale, scale === 3 ? joined128(b, one, two) : joined64(b, one, two), info);
        if (writeBack) b.setGprOrSp(f.Rn, writeBack);
      }
    },
  }),
  insn('LDSTP_simd', 'opc:2 101 1 0 mode:2 L:1 imm7:7 Rt2:5 Rn:5 Rt:5', {
    when: (r) => r.opc !== 3,
    asm: (r) => pairText('p', r, scalar(r.opc + 2, r.Rt), scalar(r.opc + 2, r.Rt2), r.opc + 2),
    semantics: (b, f) => {
      b.checkFp();
      const scale = f.opc + 2;
      const { va, writeBack } = address(b, f.Rn, f.mode, scale);
      const second = b.op('i64.add', va, b.i64(1 << scale));
      const info = access.element(scale);
      if (f.L) {
        const host = scale < 4 ? b.translateRead(va, 2 << scale, info) : undefined;
        const one = host ? b.hostLoad(host, 1 << scale) : loadVector(b, va, scale);
        const two = host ? b.hostLoad(host, 1 << scale, 1 << scale) : loadVector(b, second, scale);
        if (writeBack) b.setGprOrSp(f.Rn, writeBack);
        setVector(b, f.Rt, one);
        setVector(b, f.Rt2, two);
      } else {
        if (scale === 4) {
          storeVector(b, va, scale, f.Rt);
          storeVector(b, second, scale, f.Rt2);
        } else {
          const value = scale === 3 ? joined128(b, b.d(f.Rt), b.d(f.Rt2)) : joined64(b, b.s(f.Rt), b.s(f.Rt2));
          b.store(va, 2 << scale, value, info);
        }
        if (writeBack) b.setGprOrSp(f.Rn, writeBack);
      }
    },
  }),
];
