import {
  argumentsOf,
  isPure,
  operandsOf,
  type Leave,
  type SlotRef,
  type Statement,
  type Value,
  type ValueNode,
} from './nodes.ts';

/** What the operands of a micro-op are, by their place in the record: `Rn.sp`, `imm32`. */
export type OperandNames = ReadonlyMap<number, string>;

/**
 * A unit as text, a statement a line. Values that are computed at their place, and pure ones of several uses, are numbered in the order in
 * which they appear; other pure values stand where they are used, as `add.i64(…)`.
 */
export function print(statements: readonly Statement[], names: OperandNames = new Map()): string {
  const printer = new Printer(names);
  printer.count(statements);
  printer.list(statements, '');
  return printer.lines.join('\n');
}

class Printer {
  readonly lines: string[] = [];
  private readonly names: OperandNames;
  private readonly uses = new Map<Value, number>();
  private numbered = new Map<Value, string>();
  private next = 0;

  constructor(names: OperandNames) {
    this.names = names;
  }

  count(statements: readonly Statement[]): void {
    for (const statement of statements) {
      operandsOf(statement).forEach((value) => this.use(value));
      if (statement.kind === 'if') [statement.then, statement.else].forEach((part) => this.count(part));
    }
  }

  private use(value: Value): void {
    const before = this.uses.get(value) ?? 0;
    this.uses.set(value, before + 1);
    if (before === 0 && isPure(value.node)) argumentsOf(value.node).forEach((arg) => this.use(arg));
  }

  list(statements: readonly Statement[], indent: string): void {
    for (const statement of statements) {
      operandsOf(statement).forEach((value) => this.shared(value, indent));
      this.lines.push(indent + this.statement(statement));
      if (statement.kind !== 'if') continue;
      const outside = new Map(this.numbered);
      this.list(statement.then, `${indent}  `);
      this.numbered = new Map(outside);
      if (statement.else.length > 0) this.lines.push(`${indent}else`);
      this.list(statement.else, `${indent}  `);
      this.numbered = outside;
    }
  }

  /** Gives pure values of several uses a line of their own before the first. */
  private shared(value: Value, indent: string): void {
    if (!isPure(value.node) || this.numbered.has(value)) return;
    argumentsOf(value.node).forEach((arg) => this.shared(arg, indent));
    if ((this.uses.get(value) ?? 0) < 2 || argumentsOf(value.node).length === 0) return;
    const text = this.node(value);
    this.lines.push(`${indent}${this.number(value)} = ${text}`);
  }

  private number(value: Value): string {
    const name = `%${this.next++}`;
    this.numbered.set(value, name);
    return name;
  }

  private value(value: Value): string {
    return this.numbered.get(value) ?? (isPure(value.node) ? this.node(value) : '%?');
  }

  private args(...values: readonly Value[]): string {
    return values.map((value) => this.value(value)).join(', ');
  }

  private slot(slot: SlotRef): string {
    return slot.kind === 'fixed' ? `state+${slot.offset}` : (this.names.get(slot.at) ?? `slot@${slot.at}`);
  }

  private statement(statement: Statement): string {
    switch (statement.kind) {
      case 'let': {
        const text = this.node(statement.value);
        return `${this.number(statement.value)} = ${text}`;
      }
      case 'setSlot':
        return `${this.slot(statement.slot)} := ${this.value(statement.value)}`;
      case 'setField':
        return `${field(statement.field, statement.index)} := ${this.value(statement.value)}`;
      case 'setVar':
        return `var${statement.variable.id} := ${this.value(statement.value)}`;
      case 'store':
        return `store.${statement.bytes}${flags(statement.info)} [${this.value(statement.va)}] := ${this.value(statement.value)}`;
      case 'hostStore':
        return `host.${statement.bytes} [${this.value(statement.address)}${plus(statement.offset)}] := ${this.value(statement.value)}`;
      case 'fence':
        return 'fence';
      case 'callVoid':
        return `call ${statement.name}(${this.args(...statement.args)})`;
      case 'if':
        return `${statement.unlikely ? 'if unlikely' : 'if'} ${this.value(statement.cond)}`;
      case 'leave':
        return `leave ${this.leave(statement.why)}`;
      case 'jump':
        return `jump pc + ${this.value(statement.offset)}`;
      case 'jumpTo':
        return `jump ${this.value(statement.target)}`;
    }
  }

  private leave(why: Leave): string {
    return typeof why === 'string' ? why : `by ${this.value(why.dynamic)}`;
  }

  private node({ type, node }: Value): string {
    switch (node.kind) {
      case 'const':
        return constant(type, node.value);
      case 'v128':
        return `v128(${hex(node.hi)}, ${hex(node.lo)})`;
      case 'op':
        return `${node.op}${node.lane === undefined ? '' : ` ${node.lane}`}(${this.args(...node.args)})`;
      case 'shuffle':
        return `shuffle ${node.lanes.join(' ')} (${this.args(node.a, node.b)})`;
      case 'select':
        return `${this.value(node.cond)} ? ${this.value(node.a)} : ${this.value(node.b)}`;
      case 'operand':
        return this.names.get(node.at) ?? `imm${node.bits}@${node.at}`;
      case 'pc':
      case 'cpu':
        return node.kind;
      case 'getSlot':
        return `${type} ${this.slot(node.slot)}`;
      case 'getField':
        return field(node.field, node.index);
      case 'getVar':
        return `var${node.variable.id}`;
      case 'load':
        return `load.${node.bytes}${signed(node)}${flags(node.info)} [${this.value(node.va)}]`;
      case 'translate':
        return `translate.${node.bytes}${flags(node.info)} [${this.value(node.va)}]`;
      case 'hostLoad':
        return `host.${node.bytes}${signed(node)} [${this.value(node.address)}${plus(node.offset)}]`;
      case 'atomic':
        return `atomic.${node.bytes} ${node.op} [${this.value(node.address)}] (${this.args(...node.args)})`;
      case 'call':
        return `call ${node.name}(${this.args(...node.args)})`;
    }
  }
}

const field = (name: string, index: number): string => (index === 0 ? name : `${name}[${index}]`);
const flags = (info: number): string => (info === 0 ? '' : ` flags ${info >>> 8}`);
const plus = (offset: number): string => (offset === 0 ? '' : ` + ${offset}`);
const signed = (node: Extract<ValueNode, { kind: 'load' | 'hostLoad' }>): string => (node.signed ? 's' : '');
const hex = (value: bigint): string => `0x${BigInt.asUintN(64, value).toString(16)}`;

/** Small integers in decimal, others as bits. */
function constant(type: string, value: number | bigint): string {
  const isInteger = type === 'i32' || type === 'i64';
  if (!isInteger || (value > -1000 && value < 1000)) return `${value}`;
  return hex(BigInt.asUintN(type === 'i32' ? 32 : 64, BigInt(value)));
}
