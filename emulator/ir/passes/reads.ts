/** A read of state that nothing changed since becomes the read before. */
import { ends, type Statement, type Value, type ValueNode } from '../nodes.ts';

/** Reads whose value is known at a point, by what they read. */
class Known {
  readonly slots: Map<string, Value>;
  readonly fields: Map<string, Value>;
  readonly variables: Map<number, Value>;

  constructor(from?: Known) {
    this.slots = new Map(from?.slots);
    this.fields = new Map(from?.fields);
    this.variables = new Map(from?.variables);
  }

  /** The read that says what this one would; without one, this one does from now on. */
  same(value: Value): Value | undefined {
    const { node } = value;
    switch (node.kind) {
      case 'getSlot':
        return firstOf(this.slots, slotKey(node), value);
      case 'getField':
        return firstOf(this.fields, `${node.field} ${node.index}`, value);
      case 'getVar':
        return firstOf(this.variables, node.variable.id, value);
      default:
        return undefined;
    }
  }

  /** Forgets what a statement may have written. */
  after(statement: Statement): void {
    switch (statement.kind) {
      case 'setSlot':
        return this.forgetSlots(statement.slot.kind === 'fixed' ? statement.slot.offset : undefined);
      case 'setField':
        if (isRegister(statement.field)) this.forgetSlots(undefined);
        else this.fields.delete(`${statement.field} ${statement.index}`);
        return;
      case 'setVar':
        return void this.variables.delete(statement.variable.id);
      case 'callVoid':
        return this.forgetState();
      case 'let':
        if (statement.value.node.kind === 'call') this.forgetState();
        return;
      default:
        return;
    }
  }

  /** Keeps what another path leaves as it was. */
  meet(other: Known): void {
    keepEqual(this.slots, other.slots);
    keepEqual(this.fields, other.fields);
    keepEqual(this.variables, other.variables);
  }

  private forgetState(): void {
    this.slots.clear();
    this.fields.clear();
  }

  /** Two operands may be the same register; two fixed slots at different offsets are not. Registers are fields, too. */
  private forgetSlots(offset: number | undefined): void {
    for (const [key, { node }] of this.slots) {
      const kept = node.kind === 'getSlot' && node.slot.kind === 'fixed' && offset !== undefined && node.slot.offset !== offset;
      if (!kept) this.slots.delete(key);
    }
    for (const [key, { node }] of this.fields) if (node.kind === 'getField' && isRegister(node.field)) this.fields.delete(key);
  }
}

const isRegister = (field: string): boolean => field === 'X' || field === 'V';

function slotKey({ slot, type }: Extract<ValueNode, { kind: 'getSlot' }>): string {
  return slot.kind === 'fixed' ? `fixed ${slot.offset} ${type}` : `operand ${slot.at} ${type}`;
}

function firstOf<Key>(known: Map<Key, Value>, key: Key, value: Value): Value | undefined {
  const found = known.get(key);
  if (!found) known.set(key, value);
  return found;
}

function keepEqual<Key>(known: Map<Key, Value>, other: Map<Key, Value>): void {
  for (const [key, value] of known) if (other.get(key) !== value) known.delete(key);
}

/** Takes out reads that are not needed, and answers what stands for each. */
export function reuseReads(statements: readonly Statement[]): { kept: Statement[]; instead: Map<Value, Value> } {
  const instead = new Map<Value, Value>();
  return { kept: list(statements, new Known(), instead), instead };
}

function list(statements: readonly Statement[], known: Known, instead: Map<Value, Value>): Statement[] {
  const kept: Statement[] = [];
  for (const statement of statements) {
    if (statement.kind === 'if') {
      kept.push(branches(statement, known, instead));
      continue;
    }
    known.after(statement);
    const before = statement.kind === 'let' ? known.same(statement.value) : undefined;
    if (statement.kind === 'let' && before) instead.set(statement.value, before);
    else kept.push(statement);
  }
  return kept;
}

/** What is known before is known in both parts, and behind them where none that goes on there changed it. */
function branches(statement: Extract<Statement, { kind: 'if' }>, known: Known, instead: Map<Value, Value>): Statement {
  const before = new Known(known);
  const part = (statements: readonly Statement[]): Statement[] => {
    if (statements.length === 0) return [];
    const inside = new Known(before);
    const kept = list(statements, inside, instead);
    if (!ends(statements.at(-1))) known.meet(inside);
    return kept;
  };
  return { ...statement, then: part(statement.then), else: part(statement.else) };
}
