/** Advanced SIMD two-register miscellaneous, floating point, vector and scalar (DDI 0487 C4.1.96). */
import { line } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import { fromFixed, toFixed } from '../fp/fixed.ts';
import * as fp from '../fp/operations.ts';
import { absolute, eachLane, negate, read, write } from '../fp/shape.ts';
import { type Form, scalarForm, vectorForm } from './forms.ts';

type Pattern = '0 Q:1 0 01110 0 sz:1 10000 00000 10 Vn:5 Vd:5';

/** `code` is U, bit 23 and the opcode; `operand` follows the registers in the text. */
function row(form: Form, mnemonic: string, code: string, operation: fp.Operation, operand?: string): Row {
  const [U, a, opcode] = code.split(' ');
  const zero = operand === undefined ? '' : '_zero';
  const pattern = `${form.top} ${U} ${form.kind}1110 ${a} sz:1 10000 ${opcode} 10 Vn:5 Vd:5`;
  return insn(`${mnemonic}${zero}${form.suffix}`, pattern as Pattern, {
    when: form.when,
    asm: (r) => line(mnemonic.toLowerCase(), form.text(r, r.Vd), form.text(r, r.Vn), operand),
    semantics: (b, f) => {
      b.checkFp();
      const shape = form.shape(f);
      write(b, shape, f.Vd, operation(b, shape, read(b, shape, f.Vn)));
    },
  });
}

const toInteger =
  (mode: number, unsigned: number): fp.Operation =>
  (b, shape, x) =>
    toFixed(b, shape, x, { sf: shape.sz, unsigned, mode, fbits: undefined });

const fromInteger =
  (unsigned: number): fp.Operation =>
  (b, shape, x) =>
    fromFixed(b, shape, x, { unsigned, fbits: undefined });

const vectorOnly: readonly [mnemonic: string, code: string, operation: fp.Operation][] = [
  ['FABS', '0 1 01111', absolute],
  ['FNEG', '1 1 01111', negate],
  ['FSQRT', '1 1 11111', fp.squareRoot],
  ['FRINTN', '0 0 11000', fp.roundToIntegral(fp.rounding.N)],
  ['FRINTP', '0 1 11000', fp.roundToIntegral(fp.rounding.P)],
  ['FRINTM', '0 0 11001', fp.roundToIntegral(fp.rounding.M)],
  ['FRINTZ', '0 1 11001', fp.roundToIntegral(fp.rounding.Z)],
  ['FRINTA', '1 0 11000', fp.roundToIntegral(fp.rounding.A)],
  ['FRINTX', '1 0 11001', fp.roundToIntegral('FPCR', true)],
  ['FRINTI', '1 1 11001', fp.roundToIntegral('FPCR')],
];

const both: readonly [mnemonic: string, code: string, operation: fp.Operation, operand?: string][] = [
  ...(['N 0 11010', 'P 1 11010', 'M 0 11011', 'Z 1 11011', 'A 0 11100'] as const).flatMap((entry) =>
    [0, 1].map((unsigned): [string, string, fp.Operation] => {
      const mode = fp.rounding[entry[0] as keyof typeof fp.rounding];
      return [`FCVT${entry[0]}${'SU'[unsigned]}`, unsigned + entry.slice(1), toInteger(mode, unsigned)];
    }),
  ),
  ['SCVTF', '0 0 11101', fromInteger(0)],
  ['UCVTF', '1 0 11101', fromInteger(1)],
  ['FCMGT', '0 1 01100', fp.withZero(fp.greater), '#0.0'],
  ['FCMEQ', '0 1 01101', fp.withZero(fp.equal), '#0.0'],
  ['FCMLT', '0 1 01110', fp.withZero(fp.greater, true), '#0.0'],
  ['FCMGE', '1 1 01100', fp.withZero(fp.greaterOrEqual), '#0.0'],
  ['FCMLE', '1 1 01101', fp.withZero(fp.greaterOrEqual, true), '#0.0'],
  ['FRECPE', '0 1 11101', fp.reciprocalEstimate],
  ['FRSQRTE', '1 1 11101', fp.rootEstimate],
];

/** URECPE, URSQRTE: estimates of unsigned fixed-point numbers, of 32 bits only. */
const unsignedEstimate = (mnemonic: string, U: number, name: string): Row =>
  insn(mnemonic, `0 Q:1 ${U} 01110 1 0 10000 11100 10 Vn:5 Vd:5` as '0 Q:1 0 01110 1 0 10000 11100 10 Vn:5 Vd:5', {
    asm: (r) => line(mnemonic.toLowerCase(), ...[r.Vd, r.Vn].map((n) => vectorForm.text({ sz: 0, Q: r.Q }, n))),
    semantics: (b, f) => {
      b.checkFp();
      const shape = vectorForm.shape({ sz: 0, Q: f.Q });
      write(
        b,
        shape,
        f.Vd,
        eachLane(b, shape, [b.v(f.Vn)], (e) => b.call(name, e)),
      );
    },
  });

export const twoMisc: readonly Row[] = [
  ...vectorOnly.map((entry) => row(vectorForm, ...entry)),
  ...both.flatMap((entry) => [row(vectorForm, ...entry), row(scalarForm, ...entry)]),
  row(scalarForm, 'FRECPX', '0 1 11111', fp.reciprocalExponent),
  unsignedEstimate('URECPE', 0, 'recipEstimateU32'),
  unsignedEstimate('URSQRTE', 1, 'rsqrtEstimateU32'),
];
