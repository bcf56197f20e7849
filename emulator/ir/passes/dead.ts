/** Removes reads, variables and field writes that nothing can see. Accesses of guest memory and calls stay: they may fault. */
import { argumentsOf, isPure, isRead, operandsOf, type Outlives, type Statement, type Value } from '../nodes.ts';

export function dead(statements: readonly Statement[], outlives: Outlives = () => false): Statement[] {
  return new Dead(outlives).list(statements, new Set());
}

/** Walks a unit backwards. A unit has no loops, so what comes later in it is all that can use what comes before. */
class Dead {
  private readonly outlives: Outlives;
  private readonly used = new Set<Value>();
  private readonly readVariables = new Set<number>();

  constructor(outlives: Outlives) {
    this.outlives = outlives;
  }

  /** `overwritten`: fields whose value nothing sees before the next write, at the end of the list; afterwards, at its start. */
  list(statements: readonly Statement[], overwritten: Set<string>): Statement[] {
    const kept: Statement[] = [];
    for (const statement of statements.toReversed()) {
      const stays = this.statement(statement, overwritten);
      if (stays) kept.push(stays);
    }
    return kept.reverse();
  }

  private use(value: Value): void {
    if (this.used.has(value)) return;
    this.used.add(value);
    if (isPure(value.node)) argumentsOf(value.node).forEach((arg) => this.use(arg));
  }

  private statement(statement: Statement, overwritten: Set<string>): Statement | undefined {
    if (statement.kind === 'if') return this.if(statement, overwritten);
    if (!this.isNeeded(statement, overwritten)) return undefined;
    operandsOf(statement).forEach((value) => this.use(value));
    if (statement.kind === 'let' && statement.value.node.kind === 'getVar')
      this.readVariables.add(statement.value.node.variable.id);
    observe(statement, overwritten);
    return statement;
  }

  private isNeeded(statement: Statement, overwritten: Set<string>): boolean {
    switch (statement.kind) {
      case 'let': {
        const { node } = statement.value;
        return this.used.has(statement.value) || !(isRead(node) || node.kind === 'hostLoad' || isPure(node));
      }
      case 'setVar':
        return this.readVariables.has(statement.variable.id) || this.outlives(statement.variable);
      case 'setField':
        return !overwritten.has(fieldKey(statement));
      default:
        return true;
    }
  }

  private if(statement: Extract<Statement, { kind: 'if' }>, overwritten: Set<string>): Statement | undefined {
    const otherwise = new Set(overwritten);
    const parts = { else: this.list(statement.else, otherwise), then: this.list(statement.then, overwritten) };
    for (const key of overwritten) if (!otherwise.has(key)) overwritten.delete(key);
    if (parts.then.length === 0 && parts.else.length === 0) return undefined;
    this.use(statement.cond);
    return { ...statement, ...parts };
  }
}

const fieldKey = ({ field, index }: { readonly field: string; readonly index: number }): string => `${field} ${index}`;
/** X and V are reached as slots, too, whose writes and reads this pass does not follow. */
const isRegister = (field: string): boolean => field === 'X' || field === 'V';

/** What a statement that stays means for the fields that are written before it. */
function observe(statement: Statement, overwritten: Set<string>): void {
  switch (statement.kind) {
    case 'setField':
      if (!isRegister(statement.field)) overwritten.add(fieldKey(statement));
      return;
    case 'let':
      if (statement.value.node.kind === 'getField') overwritten.delete(fieldKey(statement.value.node));
      // An access that faults, and whatever is called, see all of the state.
      else if (['load', 'translate', 'call'].includes(statement.value.node.kind)) overwritten.clear();
      return;
    case 'setSlot':
    case 'setVar':
    case 'hostStore':
    case 'fence':
      return;
    default:
      overwritten.clear();
  }
}
