import { isPure, type Leave, ends, type Statement, type Value, type ValueNode } from '../nodes.ts';
import { ops, type Type } from '../ops.ts';

/** Makes pure values of a unit, each simplified by the rule. */
export interface Maker {
  op(name: string, ...args: readonly Value[]): Value;
  /** An i32 or i64; what does not fit wraps. */
  integer(type: Type, value: bigint): Value;
  select(cond: Value, a: Value, b: Value): Value;
}

/** Answers something simpler that equals a pure value, or `undefined`. What it makes with `make` is simplified already. */
export type Rule = (value: Value, make: Maker) => Value | undefined;

/**
 * Applies a rule to every pure value, arguments before what uses them, and drops branches that are never taken. Uses of the values in
 * `instead` become uses of what they are mapped to.
 */
export function rewrite(
  statements: readonly Statement[],
  rule: Rule,
  instead: ReadonlyMap<Value, Value> = new Map(),
): Statement[] {
  return new Rewriter(rule, instead).list(statements);
}

class Rewriter implements Maker {
  private readonly rule: Rule;
  private readonly instead: ReadonlyMap<Value, Value>;
  private readonly done = new Map<Value, Value>();
  private count = 0;

  constructor(rule: Rule, instead: ReadonlyMap<Value, Value>) {
    this.rule = rule;
    this.instead = instead;
  }

  op(name: string, ...args: readonly Value[]): Value {
    const type = ops.get(name)?.result;
    if (!type) throw new Error(`no operation ${name}`);
    return this.make(type, { kind: 'op', op: name, args });
  }

  integer(type: Type, value: bigint): Value {
    return this.make(type, {
      kind: 'const',
      value: type === 'i32' ? Number(BigInt.asIntN(32, value)) : BigInt.asIntN(64, value),
    });
  }

  select(cond: Value, a: Value, b: Value): Value {
    return this.make(a.type, { kind: 'select', cond, a, b });
  }

  list(statements: readonly Statement[]): Statement[] {
    const result: Statement[] = [];
    for (const statement of statements) {
      result.push(...this.statement(statement));
      if (ends(result.at(-1))) break;
    }
    return result;
  }

  private make(type: Type, node: ValueNode): Value {
    const value = { id: this.count++, type, node };
    return isPure(node) ? (this.rule(value, this) ?? value) : value;
  }

  private value(wanted: Value): Value {
    const value = this.instead.get(wanted) ?? wanted;
    let known = this.done.get(value);
    if (!known) this.done.set(value, (known = this.make(value.type, this.node(value.node))));
    return known;
  }

  private node(node: ValueNode): ValueNode {
    switch (node.kind) {
      case 'op':
      case 'call':
        return { ...node, args: node.args.map((arg) => this.value(arg)) };
      case 'shuffle':
        return { ...node, a: this.value(node.a), b: this.value(node.b) };
      case 'select':
        return { ...node, cond: this.value(node.cond), a: this.value(node.a), b: this.value(node.b) };
      case 'load':
      case 'translate':
        return { ...node, va: this.value(node.va) };
      case 'hostLoad':
        return { ...node, address: this.value(node.address) };
      case 'atomic':
        return { ...node, address: this.value(node.address), args: node.args.map((arg) => this.value(arg)) };
      default:
        return node;
    }
  }

  private leave(why: Leave): Leave {
    return typeof why === 'string' ? why : { dynamic: this.value(why.dynamic) };
  }

  private statement(statement: Statement): Statement[] {
    switch (statement.kind) {
      case 'let':
      case 'setSlot':
      case 'setField':
      case 'setVar':
        return [{ ...statement, value: this.value(statement.value) }];
      case 'store':
        return [{ ...statement, va: this.value(statement.va), value: this.value(statement.value) }];
      case 'hostStore':
        return [{ ...statement, address: this.value(statement.address), value: this.value(statement.value) }];
      case 'fence':
        return [statement];
      case 'callVoid':
        return [{ ...statement, args: statement.args.map((arg) => this.value(arg)) }];
      case 'leave':
        return [{ ...statement, why: this.leave(statement.why) }];
      case 'jump':
        return [{ ...statement, offset: this.value(statement.offset) }];
      case 'jumpTo':
        return [{ ...statement, target: this.value(statement.target) }];
      case 'if': {
        const cond = this.value(statement.cond);
        if (cond.node.kind === 'const') return this.list(cond.node.value ? statement.then : statement.else);
        return [{ ...statement, cond: truth(cond), then: this.list(statement.then), else: this.list(statement.else) }];
      }
    }
  }
}

/** What decides as well as the value, where only zero or not matters: without `x != 0` and double negation. */
export function truth(value: Value): Value {
  const { node } = value;
  if (node.kind !== 'op') return value;
  const [x, y] = node.args;
  if (node.op === 'i32.ne' && isZero(y)) return truth(x as Value);
  if (node.op !== 'i32.eqz' || x?.node.kind !== 'op' || x.node.op !== 'i32.eqz') return value;
  return truth(x.node.args[0] as Value);
}

const isZero = (value: Value | undefined): boolean => value?.node.kind === 'const' && BigInt(value.node.value) === 0n;
