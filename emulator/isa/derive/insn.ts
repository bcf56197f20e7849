import type { RawFields, Reg } from '../../ir/builder.ts';
import type { Semantics } from './semantics.ts';

type NameOf<Token extends string> = Token extends `${infer Name}:${number}` ? Name : never;
type NamesIn<Pattern extends string> = Pattern extends `${infer Head} ${infer Rest}`
  ? NameOf<Head> | NamesIn<Rest>
  : NameOf<Pattern>;
type RegisterName = `R${string}` | `V${string}`;
type ImmediateName = `imm${string}` | 'nzcv';

/** All fields of a pattern, as raw numbers. */
export type Raw<Pattern extends string> = { readonly [Name in NamesIn<Pattern>]: number };
/**
 * What semantics see: registers (`R…`, `V…`) are symbolic, immediates (`imm…`, `nzcv`) are reached through `b.imm…`, and the rest
 * are the numbers that make a variant: a handler is built for each combination that occurs.
 */
export type Fields<Pattern extends string> = {
  readonly [Name in Exclude<NamesIn<Pattern>, ImmediateName>]: Name extends RegisterName ? Reg : number;
};

export interface RowBody<Pattern extends string> {
  /** The optional feature that brings the encoding, `FEAT_LSE`; without it, ARMv8.0's base. */
  readonly feature?: string;
  /** Allocated only where this holds (DDI 0487: "if … then UNDEFINED" that is no fixed bit). */
  readonly when?: (fields: Raw<Pattern>) => boolean;
  /** Assembler text as objdump writes it, preferred aliases included; `undefined` for UNPREDICTABLE words that it does not write. */
  readonly asm?: (fields: Raw<Pattern>, pc: bigint) => string | undefined;
  /** Builds the IR. Runs at translation, never per execution. */
  readonly semantics: (b: Semantics, fields: Fields<Pattern>) => void;
}

export interface Field {
  readonly name: string;
  readonly shift: number;
  readonly width: number;
}

/** One encoding of the instruction set: everything else (decoder, disassembler, generators, both tiers) derives from it. */
export interface Row {
  readonly name: string;
  readonly pattern: string;
  readonly mask: number;
  readonly value: number;
  readonly fields: readonly Field[];
  /** The fields whose values make a variant. */
  readonly variantFields: readonly Field[];
  /** Accesses memory through Rn: the stack pointer as base makes variants of its own. */
  readonly stackBase: boolean;
  readonly feature: string | undefined;
  readonly valid: ((fields: RawFields) => boolean) | undefined;
  readonly asm: ((fields: RawFields, pc: bigint) => string | undefined) | undefined;
  readonly semantics: (b: Semantics, fields: Readonly<Record<string, number | Reg>>) => void;
}

const registerField = /^[RV]/;
const immediateField = /^(imm|nzcv$)/;

/** Whether a field holds a register number. */
export const isRegister = (name: string): boolean => registerField.test(name);
/** Whether a field is an immediate that handlers read from the micro-op. */
export const isImmediate = (name: string): boolean => immediateField.test(name);

/** Reads a pattern: bits 31 down to 0 as fixed bits, `name:width` fields, and `x` for bits that do not matter. */
export function parsePattern(name: string, pattern: string): { mask: number; value: number; fields: Field[] } {
  let shift = 32;
  let mask = 0;
  let value = 0;
  const fields: Field[] = [];
  for (const token of pattern.split(' ')) {
    const [field, width] = token.split(':');
    if (width !== undefined) {
      shift -= Number(width);
      fields.push({ name: field as string, shift, width: Number(width) });
      continue;
    }
    for (const bit of token) {
      shift--;
      if (bit === 'x') continue;
      mask |= 1 << shift;
      if (bit === '1') value |= 1 << shift;
    }
  }
  if (shift !== 0) throw new Error(`${name}: the pattern has ${32 - shift} bits`);
  return { mask: mask >>> 0, value: value >>> 0, fields };
}

/** Declares a row. */
export function insn<const Pattern extends string>(name: string, pattern: Pattern, body: RowBody<Pattern>): Row {
  const { mask, value, fields } = parsePattern(name, pattern);
  return {
    name,
    pattern,
    mask,
    value,
    fields,
    variantFields: fields.filter((field) => !isRegister(field.name) && !isImmediate(field.name)),
    stackBase: false,
    feature: body.feature,
    valid: body.when as Row['valid'],
    asm: body.asm as Row['asm'],
    semantics: body.semantics as unknown as Row['semantics'],
  };
}

/** The fields of a word under a row's pattern. */
export function fieldsOf(row: Row, word: number): Record<string, number> {
  const fields: Record<string, number> = {};
  for (const { name, shift, width } of row.fields) fields[name] = (word << (32 - shift - width)) >>> (32 - width);
  if (row.stackBase) fields[STACK_BASE] = fields['Rn'] === 31 ? 1 : 0;
  return fields;
}

/** The variant field of rows that access memory through Rn: 1 where that is the stack pointer, whose alignment is checked. */
const STACK_BASE = 'RnIsSp';

/** Makes a row that accesses memory through Rn check the stack pointer's alignment (DDI 0487 D1.3.10.2) when Rn is 31. */
export function withStackBase(row: Row): Row {
  return {
    ...row,
    stackBase: true,
    variantFields: [...row.variantFields, { name: STACK_BASE, shift: 0, width: 1 }],
    semantics: (b, fields) => {
      b.checksStack = fields[STACK_BASE] === 1;
      row.semantics(b, fields);
    },
  };
}

/** Names a variant of a row: `sf=1,op=0`, empty where there is but one. */
export function variantKey(row: Row, fields: RawFields): string {
  return row.variantFields.map(({ name }) => `${name}=${fields[name]}`).join();
}

/** The register fields of a row, symbolic: made once, for the hot tier asks for every instruction. */
const registersOf = new WeakMap<Row, Record<string, Reg>>();

/** What semantics take: symbolic registers beside the numbers of the variant. */
export function semanticFields(row: Row, fields: RawFields): Record<string, number | Reg> {
  let registers = registersOf.get(row);
  if (!registers) {
    const names = row.fields.filter(({ name }) => isRegister(name)).map(({ name }) => name);
    registersOf.set(row, (registers = Object.fromEntries(names.map((field) => [field, { field, plus: 0 }]))));
  }
  const result: Record<string, number | Reg> = { ...registers };
  for (const { name } of row.variantFields) result[name] = fields[name] as number;
  return result;
}
