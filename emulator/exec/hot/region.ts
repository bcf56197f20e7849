import type { RawFields } from '../../ir/builder.ts';
import { ends, type Statement } from '../../ir/nodes.ts';
import { decode } from '../../isa/a64/index.ts';
import { type Row, semanticFields } from '../../isa/derive/insn.ts';
import { calledFunctions } from '../cold/handler.ts';
import { makeVariant } from '../cold/micro-op.ts';
import { outsideStatements } from './outside.ts';
import { RegionSemantics, RegionState } from './semantics.ts';

/** Instructions of a page, and the most pages of a region. */
export const PAGE_WORDS = 1024;
const MAX_PAGES = 8;

/**
 * Where code stands: words from the start of the region's first page, in virtual addresses. Other pages lie `PAGE_WORDS` apart, below
 * 0 as well.
 */
export type Place = number;
export const pageOf = (place: Place): number => Math.floor(place / PAGE_WORDS);

export interface Instruction {
  readonly place: Place;
  readonly row: Row;
  readonly fields: Record<string, number>;
  /** Whether interrupts are looked at behind it, and control goes on if there is none. */
  readonly isCheckpoint?: boolean;
  /** Whether the region is left, with all that it holds in the state, before it runs; it is the last of its block. */
  readonly isOutside?: boolean;
}

/** How an instruction passes control on. */
export interface Flow {
  /** Words to the target of a direct branch. */
  readonly branch?: number;
  /** Whether the next instruction may follow. */
  readonly falls: boolean;
  /** Whether it leaves the address of the next instruction in X30, which is expected back. */
  readonly links?: boolean;
  readonly by?: 'return' | 'register';
  /** Whether the region is left, and most likely entered again behind the instruction. */
  readonly comesBack?: boolean;
}

/** Instructions that are entered at the first only; where the last does not branch, control goes on behind it. */
export interface Block {
  readonly first: Place;
  readonly instructions: readonly Instruction[];
  readonly flow: Flow;
}

/** Blocks that branches, calls and returns lead to from the entries. */
export interface Region {
  readonly blocks: readonly Block[];
  /** Where the region may be entered; the first is what it was made for. */
  readonly entries: readonly Place[];
  readonly instructions: number;
  /** Whether it has indirect branches that are no calls. */
  readonly isIndirect: boolean;
  /** Functions that its code calls. */
  readonly calls: ReadonlySet<string>;
}

/** How much a region takes in. */
export interface Extent {
  /** Instructions at most. */
  readonly most: number;
  /**
   * Whether the functions that it calls belong to it, and code where other regions begin. Where not, it stops at both, and may be entered at
   * its loops as well: less is translated twice.
   */
  readonly isWide: boolean;
}

/** The memory that a region is found in. */
export interface CodeSource {
  /** The word; `undefined` where no page is known. */
  word(place: Place): number | undefined;
  /** Whether code belongs to a region (in `auto`: whether it was ever near to being executed). */
  isWanted(place: Place): boolean;
  /** Whether the instruction there must run outside of regions. */
  isOutside(place: Place): boolean;
  /** Whether another region begins there. */
  isEntry(place: Place): boolean;
}

/** Functions that neither see nor change registers, flags or the level; and those that are followed by leaving. */
const plainCalls = new Set([
  'raise',
  'raiseToEl2',
  'interruptStatus',
  'debugMaskChanged',
  'physicalCount',
  'virtualCount',
  'recipEstimateU32',
  'rsqrtEstimateU32',
  'compareExchangePair',
  'atomicLimit',
]);
const exactFloat = /^(fp[A-Z]|fixedToFp|f\d\dTo)/;
export const isExactFloat = (name: string): boolean => exactFloat.test(name);
const fixedFields = new Set(['EL', 'SPSEL', 'SP_CHECK', 'FP_TRAP', 'FPCR', 'PC', 'NF', 'ZF', 'CF', 'VF', 'BUDGET', 'TIME_LIMIT']);

/** Whether such statements can run with registers in variables: nothing may change what a region takes for fixed. */
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

/** Regions look at FPCR and FPSR.IXC once: what clears a flag is not for them. */
function clearsFlags(row: Row, statements: readonly Statement[]): boolean {
  return row.name === 'MSR' && statements.some((statement) => statement.kind === 'setField' && statement.field === 'FPSR');
}

const links = new Set(['BL', 'BLR']);

function flowOf(row: Row, statements: readonly Statement[]): Flow {
  const last = statements.at(-1);
  if (last?.kind === 'jump') return { branch: offsetOf(last), falls: false, links: links.has(row.name) };
  if (last?.kind === 'jumpTo') {
    return { falls: false, links: links.has(row.name), by: row.name === 'RET' ? 'return' : 'register' };
  }
  if (last?.kind === 'leave') return { falls: false };
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
    const isStraight =
      isPlain(statements) && !clearsFlags(row, statements) && !statements.some(passesOn) && !ends(statements.at(-1));
    variants.set(number, isStraight ? [...calledFunctions(statements)].map(nameInRegion) : undefined);
  }
  return variants.get(number);
}

/** Whether control may go on elsewhere than behind the instruction, but for exceptions. */
function passesOn(statement: Statement): boolean {
  if (statement.kind === 'if') return statement.then.some(passesOn) || statement.else.some(passesOn) || ends(statement);
  return statement.kind === 'jump' || statement.kind === 'jumpTo' || (statement.kind === 'leave' && statement.why !== 'resync');
}

/** The instruction as a region would hold it; `undefined` where the word is none, which may be data. */
function analyse(place: Place, word: number, state: RegionState, isOutside: boolean): Found | undefined {
  const decoded = decode(word);
  if (!decoded) return undefined;
  const { row, fields } = decoded;
  if (isOutside) return analyseOutside(place, row, fields);
  const known = straightCalls(row, fields);
  if (known) return { instruction: { place, row, fields }, flow: { falls: true }, calls: known };
  // What the instruction before it in this walk left is not what comes before it in the guest: no condition may be known.
  state.flags = { by: 'memory' };
  state.isFpChecked = false;
  const b = new RegionSemantics(state, fields, 0);
  row.semantics(b, semanticFields(row, fields));
  if (!isPlain(b.statements) || clearsFlags(row, b.statements)) return analyseOutside(place, row, fields);
  const names = calledFunctions(b.statements);
  const last = b.statements.at(-1);
  // Where instructions may have to run one at a time from here on, the region must be left.
  const isCheckpoint = last?.kind === 'leave' && last.why === 'checkpoint' && !names.has('debugMaskChanged');
  const flow = isCheckpoint ? { falls: true } : flowOf(row, b.statements);
  return { instruction: { place, row, fields, isCheckpoint }, flow, calls: [...names].map(nameInRegion) };
}

/** An instruction that wants all in the state: see outside.ts. */
function analyseOutside(place: Place, row: Row, fields: RawFields): Found {
  const statements = outsideStatements(row, fields);
  const last = statements.at(-1);
  const comesBack = last?.kind !== 'leave' || (last.why !== 'jumped' && last.why !== 'resync');
  return {
    instruction: { place, row, fields, isOutside: true },
    flow: { falls: false, comesBack },
    calls: [...calledFunctions(statements)],
  };
}

/** Finds the region of some entries, nearest code first; `undefined` where the first of them is for the cold tier. */
export function findRegion(wantedEntries: readonly Place[], source: CodeSource, { most, isWide }: Extent): Region | undefined {
  const found = new Map<Place, Found>();
  const pages = new Set<number>();
  const entries = new Set(wantedEntries);
  const leaders = new Set(entries);
  const scratch = new RegionState();
  const lead = (to: Place): boolean => {
    if (!leaders.has(to) && (!source.isWanted(to) || (!isWide && source.isEntry(to)))) return false;
    leaders.add(to);
    return true;
  };
  // A set is walked in the order of insertion, what is added on the way included.
  for (const leader of leaders) {
    for (let place = leader; !found.has(place) && found.size < most; place++) {
      const page = pageOf(place);
      if (!pages.has(page) && pages.size >= MAX_PAGES) break;
      // What was read as straight code need not have been near to execution on another page.
      if (place > leader && page !== pageOf(place - 1)) {
        lead(place);
        break;
      }
      // Straight into another region: it goes on there.
      if (place > leader && !isWide && !leaders.has(place) && source.isEntry(place)) break;
      const bits = source.word(place);
      const one = bits === undefined ? undefined : analyse(place, bits, scratch, source.isOutside(place));
      if (!one) break;
      pages.add(page);
      found.set(place, one);
      const { branch, falls, links: isCall, comesBack } = one.flow;
      if (branch === undefined && falls) continue;
      if (falls) lead(place + 1);
      const inside = branch !== undefined && (isWide || !isCall) && lead(place + branch);
      if (inside && branch <= 0 && !isWide) entries.add(place + branch);
      // Who returns from elsewhere comes in here.
      if ((isCall || comesBack) && lead(place + 1) && !inside) entries.add(place + 1);
      break;
    }
  }
  const first = wantedEntries[0] as Place;
  if (!found.has(first)) return undefined;
  const blocks: Block[] = [];
  for (const leader of leaders) {
    const instructions: Instruction[] = [];
    let flow: Flow = { falls: true };
    for (let place = leader; ; place++) {
      const one = found.get(place);
      if (!one || (place > leader && leaders.has(place))) break;
      instructions.push(one.instruction);
      flow = one.flow;
      if (flow.branch !== undefined || !flow.falls) break;
    }
    if (instructions.length > 0) blocks.push({ first: leader, instructions, flow });
  }
  const calls = new Set([...found.values()].flatMap((one) => one.calls));
  const isIndirect = blocks.some(({ flow }) => flow.by === 'register' && !flow.links);
  return { blocks, entries: [...entries].filter((place) => found.has(place)), instructions: found.size, calls, isIndirect };
}
