/** Types of the IR's nodes and what their constants may be. Part of `verify`; the builder checks the same where it can. */
import { stateFields } from '../state/layout.ts';
import { functions } from './functions.ts';
import type { SlotRef, Statement, Value } from './nodes.ts';
import { ops, type Type } from './ops.ts';

type Report = (problem: string) => void;

const fields = new Map(stateFields.map((field) => [field.name, field]));
const stateBytes = Math.max(...stateFields.map(({ offset, count, type }) => offset + count * { u32: 4, u64: 8, v128: 16 }[type]));
const laneCounts: Readonly<Record<string, number>> = { i8x16: 16, i16x8: 8, i32x4: 4, i64x2: 2, f32x4: 4, f64x2: 2 };

/** Type of a load of so many bytes. */
const loaded = (bytes: number): Type | undefined =>
  bytes === 16 ? 'v128' : bytes === 8 ? 'i64' : [1, 2, 4].includes(bytes) ? 'i32' : undefined;

function checkTypes(what: string, args: readonly Value[], wanted: readonly Type[] | undefined, report: Report): void {
  const types = args.map(({ type }) => type);
  if (!wanted) report(`${what} does not exist`);
  else if (types.join() !== wanted.join()) report(`${what} takes (${wanted.join()}), not (${types.join()})`);
}

function checkConstant(type: Type, value: number | bigint, report: Report): void {
  const fits =
    type === 'i32'
      ? typeof value === 'number' && value === (value | 0)
      : type === 'i64'
        ? typeof value === 'bigint' && value === BigInt.asIntN(64, value)
        : typeof value === 'number' && type !== 'v128';
  if (!fits) report(`${value} is no ${type}`);
}

function checkSlot(slot: SlotRef, report: Report): void {
  if (slot.kind === 'fixed' ? slot.offset < 0 || slot.offset >= stateBytes : slot.at < 2 || slot.at > 14 || slot.at % 2 !== 0) {
    report(`no slot at ${slot.kind === 'fixed' ? slot.offset : slot.at}`);
  }
}

function checkField(name: string, index: number, type: Type, report: Report): void {
  const field = fields.get(name);
  if (!field || index < 0 || index >= field.count) report(`no field ${name}[${index}]`);
  else if (type !== { u32: 'i32', u64: 'i64', v128: 'v128' }[field.type]) report(`field ${name} is no ${type}`);
}

function checkLane(op: string, lane: number | undefined, report: Report): void {
  const count = ops.get(op)?.lane ? (laneCounts[op.split('.')[0] as string] as number) : 0;
  if (count === 0 ? lane !== undefined : lane === undefined || lane < 0 || lane >= count) report(`${op} has no lane ${lane}`);
}

/** The type of a value against those of its arguments. */
export function checkNode({ type, node }: Value, report: Report): void {
  const is = (wanted: Type | undefined): void => {
    if (type !== wanted) report(`${node.kind} gives ${wanted}, not ${type}`);
  };
  switch (node.kind) {
    case 'const':
      return checkConstant(type, node.value, report);
    case 'v128':
      return is('v128');
    case 'op':
      checkTypes(node.op, node.args, ops.get(node.op)?.args, report);
      checkLane(node.op, node.lane, report);
      return is(ops.get(node.op)?.result);
    case 'shuffle':
      checkTypes('shuffle', [node.a, node.b], ['v128', 'v128'], report);
      if (node.lanes.length !== 16 || node.lanes.some((lane) => !(lane >= 0 && lane < 32)))
        report('shuffle has 16 lanes of 0..31');
      return is('v128');
    case 'select':
      checkTypes('select', [node.a, node.b, node.cond], [type, type, 'i32'], report);
      return;
    case 'operand':
      if (node.at < 2 || node.at % (node.bits / 8) !== 0 || node.at + node.bits / 8 > 16) report(`no operand at ${node.at}`);
      return is(node.bits === 64 ? 'i64' : 'i32');
    case 'pc':
      return is('i64');
    case 'cpu':
      return is('i32');
    case 'getSlot':
      checkSlot(node.slot, report);
      return is(node.type);
    case 'getField':
      return checkField(node.field, node.index, type, report);
    case 'getVar':
      return is(node.variable.type);
    case 'load':
      checkTypes('load', [node.va], ['i64'], report);
      return is(loaded(node.bytes));
    case 'translate':
      checkTypes('translate', [node.va], ['i64'], report);
      if (![1, 2, 4, 8, 16, 64].includes(node.bytes)) report(`translate of ${node.bytes} bytes`);
      return is('i32');
    case 'hostLoad':
      checkTypes('host load', [node.address], ['i32'], report);
      return is(loaded(node.bytes));
    case 'atomic': {
      const width = node.bytes === 16 ? undefined : loaded(node.bytes);
      if (!width) return report(`atomic of ${node.bytes} bytes`);
      checkTypes(
        `atomic ${node.op}`,
        [node.address, ...node.args],
        ['i32', ...(node.op === 'cmpxchg' ? [width] : []), width],
        report,
      );
      return is(width);
    }
    case 'call':
      checkTypes(node.name, node.args, functions.get(node.name)?.params, report);
      return is(functions.get(node.name)?.results[0]);
  }
}

/** The types of what a statement uses. */
export function checkStatement(statement: Statement, report: Report): void {
  switch (statement.kind) {
    case 'let':
    case 'fence':
      return;
    case 'setSlot':
      return checkSlot(statement.slot, report);
    case 'setField':
      return checkField(statement.field, statement.index, statement.value.type, report);
    case 'setVar':
      return checkTypes('a variable', [statement.value], [statement.variable.type], report);
    case 'store':
      return checkStore('store', statement.va, 'i64', statement.value, statement.bytes, report);
    case 'hostStore':
      return checkStore('host store', statement.address, 'i32', statement.value, statement.bytes, report);
    case 'callVoid':
      if (functions.get(statement.name)?.results.length) report(`the result of ${statement.name} is lost`);
      return checkTypes(statement.name, statement.args, functions.get(statement.name)?.params, report);
    case 'if':
      return checkTypes('if', [statement.cond], ['i32'], report);
    case 'leave':
      if (typeof statement.why === 'object') checkTypes('leave', [statement.why.dynamic], ['i32'], report);
      return;
    case 'jump':
      return checkTypes('jump', [statement.offset], ['i32'], report);
    case 'jumpTo':
      return checkTypes('jumpTo', [statement.target], ['i64'], report);
  }
}

function checkStore(what: string, at: Value, atType: Type, value: Value, bytes: number, report: Report): void {
  checkTypes(what, [at], [atType], report);
  if (value.type !== loaded(bytes)) report(`${what} of ${bytes} bytes from ${value.type}`);
}
