/** What is tried: both directions of every system register row, every system instruction, and some encodings that nobody knows. */
import { encode, sysregs } from '../../../emulator/isa/sysregs/index.ts';
import { operations } from '../../../emulator/isa/sysregs/operations.ts';
import type { Direction } from './manual.ts';

export interface Probe {
  readonly name: string;
  readonly direction: Direction;
  readonly word: number;
  /** What X0 holds: the value that is written. */
  readonly x0: bigint;
}

const MRS = 0xd530_0000;
const MSR = 0xd510_0000;
const SYS = 0xd508_0000;
const SYSL = 0xd528_0000;
/** The register of a read: X2, so that X0 stays an address. */
const X2 = 2;
/** Of system instructions: memory that nobody else uses. */
export const SCRATCH = 0x4430_0000n;

/** Values that leave the harness its vectors and its interrupts masked. Everything else is written as 0. */
const written = (vectors: { readonly el1: bigint; readonly el2: bigint }): Readonly<Record<string, bigint>> => ({
  VBAR_EL1: vectors.el1,
  VBAR_EL2: vectors.el2,
  DAIF: 0x3c0n,
  SPSel: 1n,
  CNTFRQ_EL0: 62_500_000n,
  HCR_EL2: 1n << 31n,
  SCTLR_EL2: 0x30c5_0830n,
});

/** Encodings that are no register: of what is IMPLEMENTATION DEFINED, and of what is not allocated. Op0 1 is SYS, by SYSL too. */
const nobody: readonly (readonly [op0: number, op1: number, crn: number, crm: number, op2: number])[] = [
  ...[0, 3, 4].flatMap((op1) => [
    ...[11, 15].flatMap((crn) => [1, 2, 3].map((op0) => [op0, op1, crn, 2, 1] as const)),
    ...([1, 3] as const).map((op0) => [op0, op1, 13, 9, 6] as const),
  ]),
  [2, 1, 0, 1, 0],
  [3, 6, 1, 0, 0],
  [3, 6, 1, 1, 0],
  [3, 5, 1, 0, 0],
];

export function probes(vectors: { readonly el1: bigint; readonly el2: bigint }): Probe[] {
  const values = written(vectors);
  const list: Probe[] = [];
  const both = (name: string, encoding: number): void => {
    const place = encoding << 5;
    list.push({ name, direction: 'read', word: (MRS | place | X2) >>> 0, x0: 0n });
    list.push({ name, direction: 'write', word: (MSR | place) >>> 0, x0: values[name] ?? 0n });
  };
  for (const { name, encoding } of sysregs) both(name, encoding & 0x7fff);
  for (const { name, encoding } of operations)
    list.push({ name, direction: 'write', word: instruction(SYS, encoding), x0: SCRATCH });
  for (const [op0, op1, crn, crm, op2] of nobody) {
    const name = `S${op0}_${op1}_C${crn}_C${crm}_${op2}`;
    if (op0 > 1) both(name, encode(op0 & 1, op1, crn, crm, op2));
    else {
      const encoding = encode(1, op1, crn, crm, op2);
      list.push({ name, direction: 'write', word: instruction(SYS, encoding), x0: SCRATCH });
      list.push({ name, direction: 'read', word: instruction(SYSL, encoding) | X2, x0: 0n });
    }
  }
  return list;
}

const instruction = (base: number, encoding: number): number => (base | ((encoding & 0x3fff) << 5)) >>> 0;
