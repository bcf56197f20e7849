/** The two forms that most instructions come in: a vector of 64 or 128 bits, and a scalar, which is one element. */
import { scalar, vector } from '../../derive/assembler.ts';
import { datasize, esize } from './lanes.ts';

/** Fields of an encoding that say what it works on; a scalar's Q does not exist. */
export interface Width {
  readonly size: number;
  readonly Q: number;
}

export interface Form {
  /** Appended to the mnemonic for the name of the row. */
  readonly suffix: string;
  /** Bits 31:30 and bit 28 of the encoding. */
  readonly top: string;
  readonly kind: string;
  readonly bits: (f: Width) => number;
  /** There is no vector of one 64-bit element (DDI 0487 C4.1.96: "size:Q == '110'"). */
  readonly when: (r: Width) => boolean;
  /** Register `n` as assembler writes it. */
  readonly text: (n: number, r: Width) => string;
  /** The element twice as wide. A long or wide vector always has 128 bits. */
  readonly wideBits: (f: Width) => number;
  /** What a long instruction reads: with Q it takes the upper half. */
  readonly longBits: (f: Width) => number;
  readonly wideText: (n: number, r: Width) => string;
  /** Appended to mnemonics of long and narrowing instructions that use the upper half. */
  readonly half: (r: Width) => string;
}

export const vectorForm: Form = {
  suffix: '_vector',
  top: '0 Q:1',
  kind: '0',
  bits: (f) => datasize(f.Q),
  when: (r) => r.size < 3 || r.Q === 1,
  text: (n, r) => vector(n, r.size, r.Q),
  wideBits: () => 128,
  longBits: () => 128,
  wideText: (n, r) => vector(n, r.size + 1, 1),
  half: (r) => (r.Q ? '2' : ''),
};

export const scalarForm: Form = {
  suffix: '_scalar',
  top: '01',
  kind: '1',
  bits: (f) => esize(f.size),
  when: () => true,
  text: (n, r) => scalar(r.size, n),
  wideBits: (f) => esize(f.size + 1),
  longBits: (f) => esize(f.size),
  wideText: (n, r) => scalar(r.size + 1, n),
  half: () => '',
};

/** Mnemonics with U 0 and 1 of a table's entry; `-` where there is none. */
export const mnemonics = (names: string): readonly (readonly [mnemonic: string, U: number])[] =>
  names
    .split(' ')
    .map((mnemonic, U) => [mnemonic, U] as const)
    .filter(([mnemonic]) => mnemonic !== '-');
