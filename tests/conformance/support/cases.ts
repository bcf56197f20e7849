/** Random cases of a row. */
import { makeVariant, type Variant } from '../../../emulator/exec/cold/micro-op.ts';
import { randomWord } from '../../../emulator/isa/derive/generator.ts';
import { fieldsOf, type Row, variantKey } from '../../../emulator/isa/derive/insn.ts';
import type { Statement } from '../../../emulator/ir/nodes.ts';
import { excludes } from './exclusions.ts';
import { type Case, layout, type State } from './record.ts';
import { integer, Random, randomState, windowAddress } from './random.ts';

const DRAWS = 1000;

/** A case of a row and what made it. */
export interface RowCase extends Case {
  readonly row: Row;
  readonly seed: number;
  readonly index: number;
}

function anywhere(statements: readonly Statement[], wanted: (statement: Statement) => boolean): boolean {
  return statements.some((s) => wanted(s) || (s.kind === 'if' && (anywhere(s.then, wanted) || anywhere(s.else, wanted))));
}

const isAccess = (s: Statement): boolean =>
  s.kind === 'store' || (s.kind === 'let' && ['load', 'translate'].includes(s.value.node.kind));
const isBranch = (s: Statement): boolean => s.kind === 'jump';
const isIndirectBranch = (s: Statement): boolean => s.kind === 'jumpTo';

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
  if (Rn === undefined || random.chance(24)) return;
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

export function makeCase(row: Row, seed: number, index: number): RowCase | undefined {
  const random = new Random(seed, row.name, index);
  for (let draw = 0; draw < DRAWS; draw++) {
    const word = randomWord(row, random.word);
    const fields = fieldsOf(row, word);
    if (excludes(row, fields)) continue;
    const variant = variantOf(row, fields);
    // A branch to itself does not end.
    if (anywhere(variant.statements, isBranch) && displacement(variant, fields) === 0) continue;
    const state = randomState(random);
    if (anywhere(variant.statements, isAccess)) aim(state, variant, fields, random);
    if (anywhere(variant.statements, isIndirectBranch) && fields.Rn !== 31) state.setX(fields.Rn as number, target(random));
    const words = /^STX[RP]$/.test(row.name) && !random.chance(6) ? [monitorOpener(word, random), word] : [word];
    return { row, seed, index, words, state };
  }
  return undefined;
}

export function makeCases(row: Row, seed: number, count: number): RowCase[] {
  const cases: RowCase[] = [];
  for (let index = 0; index < count; index++) {
    const one = makeCase(row, seed, index);
    if (one) cases.push(one);
  }
  return cases;
}
