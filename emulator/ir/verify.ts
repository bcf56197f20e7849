import { stateFields } from '../state/layout.ts';
import { functions, mayNotRetire } from './functions.ts';
import { argumentsOf, ends, isPure, operandsOf, type Outlives, type SlotRef, type Statement, type Value } from './nodes.ts';
import { checkNode, checkStatement } from './verify-types.ts';

export interface Surroundings {
  /** Whether two slots may be the same register: a pair of operands is told apart only when the row is run. */
  readonly aliases?: (a: SlotRef, b: SlotRef) => boolean;
  /** Whether a variable lives longer than the unit, so that it is set before. */
  readonly outlives?: Outlives;
}

/** What takes an exception by itself. */
const raising = new Set(['raise', 'raiseToEl2']);
const architectural = new Set(stateFields.filter(({ arch }) => arch).map(({ name }) => name));

/** What is known at one point of one path through a unit. */
interface Path {
  /** Values that were computed. */
  readonly defined: Set<Value>;
  readonly assigned: Set<number>;
  /** The first write that the guest can see, and whether guest memory was written. */
  written: string | undefined;
  stored: boolean;
  readonly slots: SlotRef[];
}

/**
 * What is wrong with a unit, one line each; none for a good one. Beside types and the order of definition and use it finds instructions
 * that could end in a fault after the guest can see a part of them: they are run again, from the start, when the fault is mended.
 *
 * Two things may be done in part, as the architecture allows: memory that a store of several registers wrote before its next store faults
 * (DDI 0487 B2.2.1), and PC, which whoever takes the exception overwrites.
 */
export function verify(statements: readonly Statement[], around: Surroundings = {}): string[] {
  const verifier = new Verifier(around);
  verifier.list(statements, { defined: new Set(), assigned: new Set(), written: undefined, stored: false, slots: [] });
  return verifier.problems;
}

class Verifier {
  readonly problems: string[] = [];
  private readonly around: Surroundings;
  private readonly checked = new Set<Value>();

  constructor(around: Surroundings) {
    this.around = around;
  }

  list(statements: readonly Statement[], path: Path): void {
    statements.forEach((statement, i) => {
      if (ends(statements[i - 1])) this.problem(`${statement.kind} is never reached`);
      this.statement(statement, path);
    });
  }

  private problem(text: string): void {
    this.problems.push(text);
  }

  private statement(statement: Statement, path: Path): void {
    for (const value of operandsOf(statement)) this.use(value, path);
    if (statement.kind === 'let') this.let(statement.value, path);
    else if (statement.kind === 'if') this.if(statement, path);
    else this.effect(statement, path);
    checkStatement(statement, (text) => this.problem(text));
  }

  /** A value that is computed here, of values that were computed before. */
  private use(value: Value, path: Path): void {
    if (path.defined.has(value)) return;
    path.defined.add(value);
    if (!isPure(value.node)) return this.problem(`${value.node.kind} is used before it is computed`);
    for (const arg of argumentsOf(value.node)) this.use(arg, path);
    this.checkType(value);
  }

  private checkType(value: Value): void {
    if (this.checked.has(value)) return;
    this.checked.add(value);
    checkNode(value, (text) => this.problem(text));
  }

  private let(value: Value, path: Path): void {
    const { node } = value;
    this.checkType(value);
    if (path.defined.has(value)) this.problem(`${node.kind} is computed twice`);
    path.defined.add(value);
    if (node.kind === 'getVar' && !path.assigned.has(node.variable.id) && !this.around.outlives?.(node.variable)) {
      this.problem('a variable is read before it is set');
    }
    if (node.kind === 'getSlot' && path.slots.some((slot) => this.around.aliases?.(slot, node.slot))) {
      this.problem('a register is read after a write that may be to the same one');
    }
    if (node.kind === 'load' || node.kind === 'translate') this.mayFault(node.kind, path);
    if (node.kind === 'atomic') path.stored = true;
    if (node.kind === 'call') this.call(node.name, path);
  }

  private effect(statement: Exclude<Statement, { kind: 'let' | 'if' }>, path: Path): void {
    switch (statement.kind) {
      case 'setVar':
        path.assigned.add(statement.variable.id);
        break;
      case 'setSlot':
        path.written ??= 'a register';
        path.slots.push(statement.slot);
        break;
      case 'setField':
        if (architectural.has(statement.field) && statement.field !== 'PC') path.written ??= statement.field;
        break;
      case 'store':
        this.mayFault('store', { ...path, stored: false });
        path.stored = true;
        break;
      case 'hostStore':
        path.stored = true;
        break;
      case 'callVoid':
        // An exception that returns behind the instruction (SVC) belongs to what the instruction does.
        if (!raising.has(statement.name)) this.call(statement.name, path);
        else if (statement.args[3]?.node.kind === 'pc') this.mayFault(statement.name, path);
        break;
      case 'leave':
        if (typeof statement.why === 'object') this.leaveBy(statement.why.dynamic);
        break;
      case 'jump':
      case 'jumpTo':
      case 'fence':
        break;
    }
  }

  /** Functions of the runtime and the host may write what they like, once they are sure to succeed. */
  private call(name: string, path: Path): void {
    if (mayNotRetire.has(name)) this.mayFault(name, path);
    if (functions.has(name)) path.written ??= `call of ${name}`;
  }

  private leaveBy(code: Value): void {
    if (code.node.kind !== 'call' || !mayNotRetire.has(code.node.name)) this.problem('leave by what is no answer of a call');
  }

  private mayFault(what: string, path: Path): void {
    const before = path.written ?? (path.stored ? 'memory' : undefined);
    if (before) this.problem(`${what} may fault after a write of ${before}`);
  }

  private if(statement: Extract<Statement, { kind: 'if' }>, path: Path): void {
    const outcomes = [statement.then, statement.else].map((part): Path & { ended: boolean } => {
      const inner = { ...path, defined: new Set(path.defined), assigned: new Set(path.assigned), slots: [...path.slots] };
      this.list(part, inner);
      return { ...inner, ended: ends(part.at(-1)) };
    });
    const on = outcomes.filter(({ ended }) => !ended);
    // What is computed in a part stays there, even where the other part ends: the emitter forgets it.
    for (const id of on[0]?.assigned ?? []) if (on.every(({ assigned }) => assigned.has(id))) path.assigned.add(id);
    for (const { written, stored, slots } of on) {
      path.written ??= written;
      path.stored ||= stored;
      path.slots.push(...slots.slice(path.slots.length));
    }
  }
}
