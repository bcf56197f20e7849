/** Random cases of a row. */
import { makeVariant, type Variant } from '../../../emulator/exec/cold/micro-op.ts';
import { randomWord } from '../../../emulator/isa/derive/generator.ts';
import { fieldsOf, type Row, variantKey } from '../../../emulator/isa/derive/insn.ts';
import type { Statement } from '../../../emulator/ir/nodes.ts';
import { excludes, excludesAll } from './exclusions.ts';
import { type Case, layout, type State } from './record.ts';
import { integer, Random, randomState, windowAddress } from './random.ts';

const DRAWS = 1000;

/** A case of a row and what made it. */
export interface RowCase extends Case {
  /** Of a program, the row of its last word. */
  readonly row: Row;
  readonly program?: boolean;
  readonly seed: number;
  readonly index: number;
}

function anywhere(statements: readonly Statement[], wanted: (statement: Statement) => boolean): boolean {
  return statements.some((s) => wanted(s) || (s.kind === 'if' && (anywhere(s.then, wanted) || anywhere(s.else, wanted))));
}

const isAccess = (s: Statement): boolean =>
  s.kind === 'store' || (s.kind === 'let' && ['load', 'translate'].includes(s.value.node.kind));
const isStore = (s: Statement): boolean => s.kind === 'store' || s.kind === 'hostStore';
const isBranch = (s: Statement): boolean => s.kind === 'jump';
const isIndirectBranch = (s: Statement): boolean => s.kind === 'jumpTo';

const isStoreExclusive = (row: Row): boolean => /^STX[RP]$/.test(row.name);

const variants = new Map<string, Variant>();

function variantOf(row: Row, fields: Record<string, number>): Variant {
  const key = `${row.pattern} ${variantKey(row, fields)}`;
  let variant = variants.get(key);
  if (!variant) variants.set(key, (variant = makeVariant(row, fields)));
  return variant;
}

/** Sum of the 32-bit immediates: what an addressing mode or a branch adds to its base. */
function displacement(variant: Variant, fields: Record<string, number>): number {
  let sum = 0;
  for (const operand of variant.operands) {
    if (operand.kind === 'immediate' && operand.bits === 32) sum += Number(BigInt.asIntN(32, BigInt(operand.compute(fields))));
  }
  return sum;
}

/** Makes the base register of a load or store point to the window most of the time, and keeps an index small. */
function aim(state: State, variant: Variant, fields: Record<string, number>, random: Random): void {
  const { Rn, Rm } = fields;
  // QEMU's mark for a monitor that is not armed is the address -1, so a store-exclusive is always aimed.
  if (Rn === undefined || (random.chance(24) && !isStoreExclusive(variant.row))) return;
  if (Rm !== undefined && Rm < 31) state.setX(Rm, integer(random, 64) & (random.chance(4) ? 0xffff_ffff_0000_01ffn : 0x1ffn));
  const base = BigInt.asUintN(64, windowAddress(random) - BigInt(displacement(variant, fields)));
  if (Rn === 31) state.sp = base;
  else state.setX(Rn, base);
}

/**
 * A branch target in the code around, or anywhere if it is aligned: qemu-aarch64 reports unmapped before misaligned, which real
 * processors and qemu-system-aarch64 do not.
 */
function target(random: Random): bigint {
  if (random.chance(2)) return layout.CODE_BASE + BigInt(random.below(layout.CODE_SIZE) & (random.chance(3) ? -1 : -4));
  return integer(random, 64) & ~3n;
}

/** A store-exclusive alone always fails: a load-exclusive of the same size and address goes before it. */
function monitorOpener(word: number, random: Random): number {
  const L = 1 << 22;
  const rt = random.below(31);
  const pair = (word & (1 << 21)) !== 0;
  return ((word & ~0x1f_7c1f) | L | (0x1f << 16) | ((pair ? random.below(31) : 31) << 10) | rt) >>> 0;
}

interface Drawn {
  readonly word: number;
  readonly variant: Variant;
  readonly fields: Record<string, number>;
}

/** A word of the row that can be compared: no branch goes to itself or a few words back, where it might not end. */
function draw(row: Row, random: Random): Drawn | undefined {
  for (let attempt = 0; attempt < DRAWS; attempt++) {
    const word = randomWord(row, random.word);
    const fields = fieldsOf(row, word);
    if (excludes(row, fields)) continue;
    const variant = variantOf(row, fields);
    const distance = anywhere(variant.statements, isBranch) ? displacement(variant, fields) : 4;
    if (distance > 0 || distance <= -4 * layout.WORDS) return { word, variant, fields };
  }
  return undefined;
}

/** Lets addresses of the word lead where something is. */
function prepare(state: State, { variant, fields }: Drawn, random: Random): void {
  if (anywhere(variant.statements, isAccess)) aim(state, variant, fields, random);
  if (anywhere(variant.statements, isIndirectBranch) && fields.Rn !== 31) state.setX(fields.Rn as number, target(random));
}

function makeCase(row: Row, seed: number, index: number): RowCase | undefined {
  const random = new Random(seed, row.name, index);
  const drawn = draw(row, random);
  if (!drawn) return undefined;
  const { word } = drawn;
  const state = randomState(random);
  prepare(state, drawn, random);
  const words = isStoreExclusive(row) && !random.chance(6) ? [monitorOpener(word, random), word] : [word];
  return { row, seed, index, words, state };
}

export function makeCases(row: Row, seed: number, count: number): RowCase[] {
  const cases: RowCase[] = [];
  for (let index = 0; index < count; index++) {
    const one = makeCase(row, seed, index);
    if (one) cases.push(one);
  }
  return cases;
}

/**
 * Not in programs: rows of which an abort leaves UNKNOWN registers (QEMU does part of their accesses), and indirect branches, whose
 * target would have to be aimed at when it is known.
 */
const unfit = /^(LDST_(multiple|lane)|LD_replicate|LDSTP|BR$|BLR$|RET$)/;

/** Several words of different rows in a row: what one leaves behind is what the next finds. Only the last may branch. */
export function makePrograms(rows: readonly Row[], seed: number, count: number): RowCase[] {
  const usable = rows.filter((row) => !unfit.test(row.name) && !excludesAll(row));
  return Array.from({ length: count }, (_, index) => {
    const random = new Random(seed, 'program', index);
    const state = randomState(random);
    const words: number[] = [];
    let row = random.pick(usable);
    let stores = false;
    for (let attempt = 0; words.length < layout.WORDS && attempt < DRAWS; attempt++) {
      row = random.pick(usable);
      const drawn = draw(row, random);
      // An answer shows what changed in one place.
      if (!drawn || (stores && anywhere(drawn.variant.statements, isStore))) continue;
      stores ||= anywhere(drawn.variant.statements, isStore);
      prepare(state, drawn, random);
      words.push(drawn.word);
      if (anywhere(drawn.variant.statements, isBranch)) break;
    }
    return { row, program: true, seed, index, words, state };
  });
}
