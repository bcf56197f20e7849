import type { Type } from './ops.ts';

/**
 * A register number as a row's semantics sees it. Concrete (hot tier): the number itself. Symbolic (a handler of the cold tier): the
 * micro-op's operand that holds the byte offset of the register's slot in the core state.
 */
export type SlotRef = { readonly kind: 'fixed'; readonly offset: number } | { readonly kind: 'operand'; readonly at: number };

/** A value in static single assignment; `id` counts from 0 in a unit. */
export interface Value {
  readonly id: number;
  readonly type: Type;
  readonly node: ValueNode;
}

export type ValueNode =
  | { readonly kind: 'const'; readonly value: bigint | number }
  | { readonly kind: 'v128'; readonly lo: bigint; readonly hi: bigint }
  | { readonly kind: 'op'; readonly op: string; readonly args: readonly Value[]; readonly lane?: number }
  | { readonly kind: 'shuffle'; readonly a: Value; readonly b: Value; readonly lanes: readonly number[] }
  | { readonly kind: 'select'; readonly cond: Value; readonly a: Value; readonly b: Value }
  /** A small unsigned immediate or a 32/64-bit one, read from the micro-op. */
  | { readonly kind: 'operand'; readonly at: number; readonly bits: 16 | 32 | 64 }
  /** Address of the instruction. */
  | { readonly kind: 'pc' }
  /** Address of the core state: an argument of calls into the runtime. */
  | { readonly kind: 'cpu' }
  | { readonly kind: 'getSlot'; readonly slot: SlotRef; readonly type: 'i32' | 'i64' | 'v128' | 'f32' | 'f64' }
  | { readonly kind: 'getField'; readonly field: string; readonly index: number }
  | { readonly kind: 'getVar'; readonly variable: Variable }
  /** A load through the soft TLB; leaves on a fault or a device. */
  | { readonly kind: 'load'; readonly va: Value; readonly bytes: number; readonly info: number; readonly signed: boolean }
  /** Host address for loads of guest memory, or (`write`) for a read-modify-write; leaves on a fault. */
  | { readonly kind: 'translate'; readonly va: Value; readonly bytes: number; readonly info: number; readonly write: boolean }
  /** A load from an address of the linear memory itself (what `translate` gave). */
  | {
      readonly kind: 'hostLoad';
      readonly address: Value;
      readonly bytes: number;
      readonly offset: number;
      readonly signed: boolean;
    }
  /** An atomic read-modify-write at an address of the linear memory, aligned; answers the old value. */
  | {
      readonly kind: 'atomic';
      readonly op: AtomicOp;
      readonly address: Value;
      readonly bytes: number;
      readonly args: readonly Value[];
    }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Value[] };

/** WebAssembly's; `cmpxchg` takes what is expected and what replaces it. */
export type AtomicOp = 'add' | 'and' | 'or' | 'xor' | 'xchg' | 'cmpxchg';

export interface Variable {
  readonly id: number;
  readonly type: Type;
}

/** Whether a variable lives longer than one unit: where a region keeps registers in variables. */
export type Outlives = (variable: Variable) => boolean;

/** Statements are executed in order; values that are not pure are statements, too (`let`). */
export type Statement =
  | { readonly kind: 'let'; readonly value: Value }
  | { readonly kind: 'setSlot'; readonly slot: SlotRef; readonly value: Value }
  | { readonly kind: 'setField'; readonly field: string; readonly index: number; readonly value: Value }
  | { readonly kind: 'setVar'; readonly variable: Variable; readonly value: Value }
  | { readonly kind: 'store'; readonly va: Value; readonly bytes: number; readonly info: number; readonly value: Value }
  | {
      readonly kind: 'hostStore';
      readonly address: Value;
      readonly bytes: number;
      readonly offset: number;
      readonly value: Value;
    }
  /** Orders all accesses before against all after it, as other cores see them. */
  | { readonly kind: 'fence' }
  | { readonly kind: 'callVoid'; readonly name: string; readonly args: readonly Value[] }
  | {
      readonly kind: 'if';
      readonly cond: Value;
      readonly then: readonly Statement[];
      readonly else: readonly Statement[];
      readonly unlikely: boolean;
    }
  /** Ends the instruction: see `Leave`. */
  | { readonly kind: 'leave'; readonly why: Leave }
  /** Goes to PC + offset (an operand, or a constant). */
  | { readonly kind: 'jump'; readonly offset: Value }
  /** Goes to an address that is known at run time only. */
  | { readonly kind: 'jumpTo'; readonly target: Value };

/**
 * `resync`: the instruction did not retire, an exception was taken and PC holds its vector. `jumped`: it retired, PC is set.
 * `checkpoint`: it retired, and interrupts are looked at before the next one. `wait`, `host`: the outer loop acts; it retired.
 */
export type Leave = 'resync' | 'jumped' | 'checkpoint' | 'wait' | 'host' | { readonly dynamic: Value };

/** Whether a value may be computed anywhere between its arguments and its use. */
export function isPure(node: ValueNode): boolean {
  switch (node.kind) {
    case 'const':
    case 'v128':
    case 'op':
    case 'shuffle':
    case 'select':
    case 'operand':
    case 'pc':
    case 'cpu':
      return true;
    default:
      return false;
  }
}

/** Whether a value only reads state: it may move down to the next effect, not past it. */
export function isRead(node: ValueNode): boolean {
  return node.kind === 'getSlot' || node.kind === 'getField' || node.kind === 'getVar';
}

/** The values that a value is computed from. */
export function argumentsOf(node: ValueNode): readonly Value[] {
  switch (node.kind) {
    case 'op':
    case 'call':
      return node.args;
    case 'shuffle':
      return [node.a, node.b];
    case 'select':
      return [node.a, node.b, node.cond];
    case 'load':
    case 'translate':
      return [node.va];
    case 'hostLoad':
      return [node.address];
    case 'atomic':
      return [node.address, ...node.args];
    default:
      return [];
  }
}

/** The values that a statement uses, without those of the statements in an `if`. */
export function operandsOf(statement: Statement): readonly Value[] {
  switch (statement.kind) {
    case 'let':
      return argumentsOf(statement.value.node);
    case 'setSlot':
    case 'setField':
    case 'setVar':
      return [statement.value];
    case 'store':
      return [statement.va, statement.value];
    case 'hostStore':
      return [statement.address, statement.value];
    case 'fence':
      return [];
    case 'callVoid':
      return statement.args;
    case 'if':
      return [statement.cond];
    case 'leave':
      return typeof statement.why === 'object' ? [statement.why.dynamic] : [];
    case 'jump':
      return [statement.offset];
    case 'jumpTo':
      return [statement.target];
  }
}

/** Whether control never goes on behind the statement. */
export function ends(statement: Statement | undefined): boolean {
  if (statement?.kind === 'if') return ends(statement.then.at(-1)) && ends(statement.else.at(-1));
  return statement?.kind === 'leave' || statement?.kind === 'jump' || statement?.kind === 'jumpTo';
}
