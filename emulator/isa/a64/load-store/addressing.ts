/** The addressing modes that all single loads and stores share: address, write-back, and their encodings. */
import type { RawFields, Reg } from '../../../ir/builder.ts';
import type { Value } from '../../../ir/nodes.ts';
import { decimal, extend, memory, offset, signExtend, w, x } from '../../derive/assembler.ts';
import type { Semantics } from '../../derive/semantics.ts';
import { extended } from '../data-register/index.ts';

export interface Mode {
  readonly name: string;
  /** Bits 25:24, then 21:10 of the encoding. */
  readonly high: string;
  readonly low: string;
  /** Answers the address of the access, and what goes back to the base register, if anything. */
  address(
    b: Semantics,
    f: { Rn: Reg; Rm?: Reg; option?: number; imm_S?: number },
    scale: number,
  ): { va: Value; writeBack?: Value };
  readonly unprivileged?: boolean;
  /** What comes between `ld` or `st` and the size in mnemonics. */
  readonly infix: 'r' | 'ur' | 'tr';
  /** The address in assembler. */
  text(r: RawFields, scale: number): string;
}

const imm9 = (r: RawFields): number => signExtend(r['imm9'] as number, 9);
const displaced: Mode['text'] = (r) => memory(r['Rn'] as number, offset(imm9(r)));
const plus = (b: Semantics, base: Value, compute: (r: RawFields) => number): Value =>
  b.op('i64.add', base, b.op('i64.extend_i32_s', b.imm32(compute)));

export const modes: readonly Mode[] = [
  {
    name: 'uimm',
    high: '01',
    low: 'imm12:12',
    address: (b, f, scale) => ({ va: plus(b, b.xsp(f.Rn), (r) => (r.imm12 as number) << scale) }),
    infix: 'r',
    text: (r, scale) => memory(r['Rn'] as number, offset((r['imm12'] as number) << scale)),
  },
  {
    name: 'unscaled',
    high: '00',
    low: '0 imm9:9 00',
    address: (b, f) => ({ va: plus(b, b.xsp(f.Rn), imm9) }),
    infix: 'ur',
    text: displaced,
  },
  {
    name: 'post',
    high: '00',
    low: '0 imm9:9 01',
    address: (b, f) => {
      const va = b.xsp(f.Rn);
      return { va, writeBack: plus(b, va, imm9) };
    },
    infix: 'r',
    text: (r) => `${memory(r['Rn'] as number)}, ${decimal(imm9(r))}`,
  },
  {
    name: 'unpriv',
    high: '00',
    low: '0 imm9:9 10',
    unprivileged: true,
    address: (b, f) => ({ va: plus(b, b.xsp(f.Rn), imm9) }),
    infix: 'tr',
    text: displaced,
  },
  {
    name: 'pre',
    high: '00',
    low: '0 imm9:9 11',
    address: (b, f) => {
      const va = plus(b, b.xsp(f.Rn), imm9);
      return { va, writeBack: va };
    },
    infix: 'r',
    text: (r) => `${memory(r['Rn'] as number, decimal(imm9(r)))}!`,
  },
  {
    name: 'reg',
    high: '00',
    low: '1 Rm:5 option:3 imm_S:1 10',
    address: (b, f, scale) => {
      const index = extended(b, 1, f.Rm as Reg, f.option as number);
      const amount = b.to64(b.imm16((r) => (r.imm_S ? scale : 0)));
      return { va: b.op('i64.add', b.xsp(f.Rn), b.op('i64.shl', index, amount)) };
    },
    infix: 'r',
    text: (r, scale) => {
      const { Rn = 0, Rm = 0, option = 0, imm_S = 0 } = r;
      const extension = option === 3 ? 'lsl' : extend(option, 0);
      const amount = imm_S ? `${extension} #${scale}` : option === 3 ? undefined : extension;
      return memory(Rn, option & 1 ? x(Rm) : w(Rm), amount);
    },
  },
];
