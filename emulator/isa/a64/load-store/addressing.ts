/** The addressing modes that all single loads and stores share: address, write-back, and their encodings. */
import type { RawFields, Reg } from '../../../ir/builder.ts';
import type { Value } from '../../../ir/nodes.ts';
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
}

const imm9 = (r: RawFields): number => ((r.imm9 as number) << 23) >> 23;
const plus = (b: Semantics, base: Value, compute: (r: RawFields) => number): Value =>
  b.op('i64.add', base, b.op('i64.extend_i32_s', b.imm32(compute)));

export const modes: readonly Mode[] = [
  {
    name: 'uimm',
    high: '01',
    low: 'imm12:12',
    address: (b, f, scale) => ({ va: plus(b, b.xsp(f.Rn), (r) => (r.imm12 as number) << scale) }),
  },
  { name: 'unscaled', high: '00', low: '0 imm9:9 00', address: (b, f) => ({ va: plus(b, b.xsp(f.Rn), imm9) }) },
  {
    name: 'post',
    high: '00',
    low: '0 imm9:9 01',
    address: (b, f) => {
      const va = b.xsp(f.Rn);
      return { va, writeBack: plus(b, va, imm9) };
    },
  },
  { name: 'unpriv', high: '00', low: '0 imm9:9 10', unprivileged: true, address: (b, f) => ({ va: plus(b, b.xsp(f.Rn), imm9) }) },
  {
    name: 'pre',
    high: '00',
    low: '0 imm9:9 11',
    address: (b, f) => {
      const va = plus(b, b.xsp(f.Rn), imm9);
      return { va, writeBack: va };
    },
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
  },
];
