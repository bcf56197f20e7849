/** Common subexpressions: equal pure values become one, and a read of state that nothing changed since becomes the one before. */
import { argumentsOf, ends, type SlotRef, type Statement, type Value, type ValueNode } from '../nodes.ts';
import { rewrite, type Rule } from './rewrite.ts';

/** Answers the first of equal pure values. Arguments are one already, so their numbers tell. */
function sharing(): Rule {
  const known = new Map<string, Value>();
  return (value) => {
    const key = keyOf(value);
    const found = known.get(key);
    if (!found) known.set(key, value);
    return found;
  };
}

function keyOf({ type, node }: Value): string {
  const args = argumentsOf(node)
    .map(({ id }) => id)
    .join();
  switch (node.kind) {
    case 'const':
      return `${type} ${Object.is(node.value, -0) ? '-0' : node.value}`;
    case 'v128':
      return `${node.lo} ${node.hi}`;
    case 'op':
      return `${node.op} ${node.lane} ${args}`;
    case 'shuffle':
      return `shuffle ${node.lanes.join()} ${args}`;
    case 'operand':
      return `operand ${node.at} ${node.bits}`;
    default:
      return `${node.kind} ${args}`;
  }
}

/** Reads of state whose value is known at a point, by what they read. */
type Known = Map<string, Value>;

const slotKey = (slot: SlotRef): string => (slot.kind === 'fixed' ? `slot fixed ${slot.offset}` : `slot operand ${slot.at}`);

function readKey(node: ValueNode): string | undefined {
  if (node.kind === 'getSlot') return `${slotKey(node.slot)} ${node.type}`;
  if (node.kind === 'getField') return `field ${node.field} ${node.index}`;
  return node.kind === 'getVar' ? `var ${node.variable.id}` : undefined;
}

function forget(known: Known, isChanged: (key: string) => boolean): void {
  for (const key of [...known.keys()]) if (isChanged(key)) known.delete(key);
}

/** Takes what a statement may have written out of what is known. Two operands may be the same register, two fixed slots are not. */
function invalidate(known: Known, statement: Statement): void {
  switch (statement.kind) {
    case 'setSlot': {
      const { slot } = statement;
      const same = `${slotKey(slot)} `;
      const kept = (key: string): boolean => slot.kind === 'fixed' && key.startsWith('slot fixed') && !key.startsWith(same);
      return forget(known, (key) => /^(slot|field [XV]) /.test(key) && !kept(key));
    }
    case 'setField':
      // Registers are fields, too.
      if (statement.field === 'X' || statement.field === 'V') forget(known, (key) => key.startsWith('slot'));
      return void known.delete(`field ${statement.field} ${statement.index}`);
    case 'setVar':
      return void known.delete(`var ${statement.variable.id}`);
    case 'callVoid':
      return forget(known, (key) => !key.startsWith('var'));
    case 'let':
      if (statement.value.node.kind === 'call') forget(known, (key) => !key.startsWith('var'));
      return;
    default:
      return;
  }
}

class Reads {
  readonly instead = new Map<Value, Value>();

  list(statements: readonly Statement[], known: Known): Statement[] {
    return statements.flatMap((statement) => this.statement(statement, known));
  }

  private statement(statement: Statement, known: Known): Statement[] {
    if (statement.kind === 'if') return [this.if(statement, known)];
    invalidate(known, statement);
    if (statement.kind !== 'let') return [statement];
    const { value } = statement;
    const key = readKey(value.node);
    if (key === undefined) return [statement];
    const before = known.get(key);
    if (!before) {
      known.set(key, value);
      return [statement];
    }
    this.instead.set(value, before);
    return [];
  }

  private if(statement: Extract<Statement, { kind: 'if' }>, known: Known): Statement {
    const parts = [statement.then, statement.else].map((part) => {
      const inside = new Map(known);
      return { statements: this.list(part, inside), inside, ended: ends(part.at(-1)) };
    });
    // What both parts leave as it was is known behind them.
    for (const { inside, ended } of parts) if (!ended) forget(known, (key) => inside.get(key) !== known.get(key));
    const [then, otherwise] = parts.map(({ statements }) => statements) as [Statement[], Statement[]];
    return { ...statement, then, else: otherwise };
  }
}

export function share(statements: readonly Statement[]): Statement[] {
  const reads = new Reads();
  const kept = reads.list(statements, new Map());
  return rewrite(kept, sharing(), reads.instead);
}
