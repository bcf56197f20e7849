/** The two forms that most rows come in: a vector of 2S, 4S or 2D, and a scalar. */
import { scalar, vector } from '../../derive/assembler.ts';
import { type Shape, scalarShape, vectorShape } from '../fp/shape.ts';

export interface Form {
  /** Appended to the mnemonic for the name of the row. */
  readonly suffix: string;
  /** Bits 31:30 and 28 of the encoding. */
  readonly top: string;
  readonly kind: string;
  /** Which encodings are allocated: there is no vector of one double (DDI 0487 C4.1.96: "sz:Q == '10'"). */
  readonly when: (r: { readonly sz: number; readonly Q: number }) => boolean;
  readonly shape: (f: { readonly sz: number; readonly Q: number }) => Shape;
  /** Register `n` of an encoding as assembler writes it. */
  readonly text: (r: { readonly sz: number; readonly Q: number }, n: number) => string;
}

export const vectorForm: Form = {
  suffix: '_vector',
  top: '0 Q:1',
  kind: '0',
  when: (r) => r.sz === 0 || r.Q === 1,
  shape: (f) => vectorShape(f.sz, f.Q),
  text: (r, n) => vector(n, 2 + r.sz, r.Q),
};

export const scalarForm: Form = {
  suffix: '_scalar',
  top: '01',
  kind: '1',
  when: () => true,
  shape: (f) => scalarShape(f.sz),
  text: (r, n) => scalar(2 + r.sz, n),
};
