/** By element, vector and scalar: the second source is one element for all lanes (DDI 0487 C4.1.96). */
import { lane, line } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import * as arithmetic from './arithmetic.ts';
import type { Long, Operation } from './arithmetic.ts';
import { type Form, scalarForm, vectorForm } from './forms.ts';
import { read, rearrange, write } from './lanes.ts';

type Pattern = '0 Q:1 0 01111 01 L:1 M:1 Vm:4 0000 H:1 0 Vn:5 Vd:5';

/** Elements of 16 bits are numbered by H:L:M and lie in V0 to V15; those of 32 bits are numbered by H:L. */
const indexOf = (size: number, r: { H: number; L: number; M: number }): number =>
  size === 1 ? (r.H << 2) | (r.L << 1) | r.M : (r.H << 1) | r.L;

interface Entry {
  readonly mnemonic: string;
  readonly U: number;
  readonly opcode: string;
  readonly operation: { readonly same: Operation } | { readonly long: Long };
  readonly feature: string | undefined;
}

function row(form: Form, size: number, { mnemonic, U, opcode, operation, feature }: Entry): Row {
  const element = size === 1 ? '01 L:1 M:1 Vm:4' : '10 L:1 Vm:5';
  const pattern = `${form.top} ${U} ${form.kind}1111 ${element} ${opcode} H:1 0 Vn:5 Vd:5`;
  return insn(`${mnemonic}_element${'BHS'[size]}${form.suffix}`, pattern as Pattern, {
    ...(feature ? { feature } : {}),
    asm: (r) => {
      const width = { size, Q: r.Q };
      const [suffix, d] = 'long' in operation ? [form.half(width), form.wideText(r.Vd, width)] : ['', form.text(r.Vd, width)];
      return line(mnemonic.toLowerCase() + suffix, d, form.text(r.Vn, width), lane(r.Vm, size, indexOf(size, r)));
    },
    semantics: (b, f) => {
      b.checkFp();
      const width = { size, Q: f.Q };
      const [m, index] = [b.v(f.Vm), indexOf(size, f)];
      const y = rearrange(b, size, m, m, () => index);
      if ('same' in operation) {
        const bits = form.bits(width);
        write(b, f.Vd, operation.same(b, size, read(b, f.Vn, bits), y, read(b, f.Vd, bits), bits), bits);
      } else {
        const bits = form.wideBits(width);
        write(b, f.Vd, operation.long(b, size, f.Q, read(b, f.Vn, form.longBits(width)), y, read(b, f.Vd, bits)), bits);
      }
    },
  });
}

const { accumulate, accumulateLong, doublingAccumulateLong, multiply, productLong, roundingAccumulateHigh } = arithmetic;

const table: readonly [mnemonic: string, U: number, opcode: string, forms: Form[], Entry['operation'], feature?: string][] = [
  ['MUL', 0, '1000', [vectorForm], { same: multiply }],
  ['MLA', 1, '0000', [vectorForm], { same: accumulate(multiply) }],
  ['MLS', 1, '0100', [vectorForm], { same: accumulate(multiply, 'sub') }],
  ['SMLAL', 0, '0010', [vectorForm], { long: accumulateLong(productLong(0)) }],
  ['UMLAL', 1, '0010', [vectorForm], { long: accumulateLong(productLong(1)) }],
  ['SMLSL', 0, '0110', [vectorForm], { long: accumulateLong(productLong(0), 'sub') }],
  ['UMLSL', 1, '0110', [vectorForm], { long: accumulateLong(productLong(1), 'sub') }],
  ['SMULL', 0, '1010', [vectorForm], { long: productLong(0) }],
  ['UMULL', 1, '1010', [vectorForm], { long: productLong(1) }],
  ['SQDMLAL', 0, '0011', [vectorForm, scalarForm], { long: doublingAccumulateLong('add') }],
  ['SQDMLSL', 0, '0111', [vectorForm, scalarForm], { long: doublingAccumulateLong('sub') }],
  ['SQDMULL', 0, '1011', [vectorForm, scalarForm], { long: arithmetic.doublingLong }],
  ['SQDMULH', 0, '1100', [vectorForm, scalarForm], { same: arithmetic.doublingHigh(false) }],
  ['SQRDMULH', 0, '1101', [vectorForm, scalarForm], { same: arithmetic.doublingHigh(true) }],
  ['SQRDMLAH', 1, '1101', [vectorForm, scalarForm], { same: roundingAccumulateHigh('add') }, 'FEAT_RDM'],
  ['SQRDMLSH', 1, '1111', [vectorForm, scalarForm], { same: roundingAccumulateHigh('sub') }, 'FEAT_RDM'],
];

export const byElement: readonly Row[] = table.flatMap(([mnemonic, U, opcode, forms, operation, feature]) =>
  forms.flatMap((form) => [1, 2].map((size) => row(form, size, { mnemonic, U, opcode, operation, feature }))),
);
