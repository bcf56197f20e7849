import type { RawFields } from '../../ir/builder.ts';
import { ends, type Statement } from '../../ir/nodes.ts';
import { decode } from '../../isa/a64/index.ts';
import { type Row, semanticFields } from '../../isa/derive/insn.ts';
import { calledFunctions } from '../cold/handler.ts';
import { makeVariant } from '../cold/micro-op.ts';
import { RegionSemantics, RegionState } from './semantics.ts';

/** Instructions of a page, and what a region takes of it at most. */
export const PAGE_WORDS = 1024;
const MAX_INSTRUCTIONS = 400;

export interface Instruction {
  /** Number of the word in its page. */
  readonly index: number;
  readonly row: Row;
  readonly fields: Record<string, number>;
}

/** How an instruction passes control on. */
interface Flow {
  /** Words to the target of a direct branch. */
  readonly branch?: number;
  /** Whether the next instruction may follow. */
  readonly falls: boolean;
}

/** Instructions that are entered at the first only; where the last does not branch, control goes on behind it. */
export interface Block {
  readonly first: number;
  readonly instructions: readonly Instruction[];
  readonly flow: Flow;
}

/** Blocks of one page that direct branches lead to from the entry, which comes first. */
export interface Region {
  readonly blocks: readonly Block[];
  readonly instructions: number;
  /** Functions that its code calls. */
  readonly calls: ReadonlySet<string>;
}

/** Functions that neither see nor change registers, flags or the level; and `raise`, which is followed by leaving. */
const plainCalls = new Set([
  'raise',
  'physicalCount',
  'virtualCount',
  'recipEstimateU32',
  'rsqrtEstimateU32',
  'compareExchangePair',
  'atomicLimit',
]);
const exactFloat = /^(fp[A-Z]|fixedToFp|f\d\dTo)/;
const fixedFields = new Set(['EL', 'SPSEL', 'SP_CHECK', 'FP_TRAP', 'PC', 'NF', 'ZF', 'CF', 'VF', 'BUDGET', 'TIME_LIMIT']);

/** Whether a region can hold such statements: nothing but the outer loop may be needed for the rest. */
function isPlain(statements: readonly Statement[]): boolean {
  return statements.every((statement) => {
    switch (statement.kind) {
      case 'let': {
        const { node } = statement.value;
        return node.kind !== 'call' || plainCalls.has(node.name) || exactFloat.test(node.name);
      }
      case 'callVoid':
        return plainCalls.has(statement.name);
      case 'setField':
        return !fixedFields.has(statement.field);
      case 'leave':
        return statement.why === 'resync' || statement.why === 'checkpoint';
      case 'if':
        return isPlain(statement.then) && isPlain(statement.else);
      default:
        return true;
    }
  });
}

function flowOf(statements: readonly Statement[]): Flow {
  const last = statements.at(-1);
  if (last?.kind === 'jump') return { branch: offsetOf(last), falls: false };
  if (last?.kind === 'jumpTo' || last?.kind === 'leave') return { falls: false };
  const taken = last?.kind === 'if' ? last.then.at(-1) : undefined;
  return taken?.kind === 'jump' ? { branch: offsetOf(taken), falls: true } : { falls: true };
}

function offsetOf({ offset }: Extract<Statement, { kind: 'jump' }>): number {
  if (offset.node.kind !== 'const') throw new Error('a branch has no constant offset');
  return Number(offset.node.value) >> 2;
}

interface Found {
  readonly instruction: Instruction;
  readonly flow: Flow;
  readonly calls: readonly string[];
}

/** Slow paths that a region calls by another name: see the runtime's access.ts. */
const otherNames: Readonly<Record<string, string>> = { slowStore: 'regionStore', translateRw: 'regionTranslate' };
export const nameInRegion = (name: string): string => otherNames[name] ?? name;

const straight = new WeakMap<Row, Map<number, readonly string[] | undefined>>();

/**
 * What instructions of that variant call, where all of them belong to regions and none branches; `undefined` where it takes a look at
 * each. Found out once for each variant, with all else symbolic.
 */
function straightCalls(row: Row, fields: RawFields): readonly string[] | undefined {
  let variants = straight.get(row);
  if (!variants) straight.set(row, (variants = new Map()));
  let number = 0;
  for (const { name, width } of row.variantFields) number = number * 2 ** width + (fields[name] as number);
  if (!variants.has(number)) {
    const { statements } = makeVariant(row, fields);
    const isStraight = isPlain(statements) && !statements.some(passesOn) && !ends(statements.at(-1));
    variants.set(number, isStraight ? [...calledFunctions(statements)].map(nameInRegion) : undefined);
  }
  return variants.get(number);
}

/** Whether control may go on elsewhere than behind the instruction, but for exceptions. */
function passesOn(statement: Statement): boolean {
  if (statement.kind === 'if') return statement.then.some(passesOn) || statement.else.some(passesOn) || ends(statement);
  return statement.kind === 'jump' || statement.kind === 'jumpTo' || (statement.kind === 'leave' && statement.why !== 'resync');
}

/** The instruction as a region would hold it; `undefined` where the cold tier must run it. */
function analyse(index: number, word: number, state: RegionState): Found | undefined {
  const decoded = decode(word);
  if (!decoded) return undefined;
  const { row, fields } = decoded;
  const known = straightCalls(row, fields);
  if (known) return { instruction: { index, row, fields }, flow: { falls: true }, calls: known };
  // What the instruction before it in this walk left is not what comes before it in the guest: no condition may be known.
  state.flags = { by: 'memory' };
  const b = new RegionSemantics(state, fields, 0);
  row.semantics(b, semanticFields(row, fields));
  if (!isPlain(b.statements)) return undefined;
  const calls = calledFunctions(b.statements);
  return { instruction: { index, row, fields }, flow: flowOf(b.statements), calls: [...calls].map(nameInRegion) };
}

/**
 * Finds the region of an entry. `word` reads the page; `isWanted` says of the target of a branch whether it belongs to a region (in
 * `auto`: whether it was ever near to being executed).
 */
export function findRegion(
  entry: number,
  word: (index: number) => number,
  isWanted: (index: number) => boolean,
): Region | undefined {
  const found = new Map<number, Found>();
  const leaders = new Set([entry]);
  const scratch = new RegionState();
  // A set is walked in the order of insertion, what is added on the way included.
  for (const leader of leaders) {
    for (let index = leader; index < PAGE_WORDS && !found.has(index) && found.size < MAX_INSTRUCTIONS; index++) {
      const one = analyse(index, word(index), scratch);
      if (!one) break;
      found.set(index, one);
      const { branch, falls } = one.flow;
      if (branch === undefined && falls) continue;
      const targets = [...(falls ? [index + 1] : []), ...(branch === undefined ? [] : [index + branch])];
      for (const to of targets) if (to >= 0 && to < PAGE_WORDS && isWanted(to)) leaders.add(to);
      break;
    }
  }
  if (!found.has(entry)) return undefined;
  const blocks: Block[] = [];
  for (const leader of leaders) {
    const instructions: Instruction[] = [];
    let flow: Flow = { falls: true };
    for (let index = leader; ; index++) {
      const one = found.get(index);
      if (!one || (index > leader && leaders.has(index))) break;
      instructions.push(one.instruction);
      flow = one.flow;
      if (flow.branch !== undefined || !flow.falls) break;
    }
    if (instructions.length > 0) blocks.push({ first: leader, instructions, flow });
  }
  const calls = new Set([...found.values()].flatMap((one) => one.calls));
  return { blocks, instructions: found.size, calls };
}
