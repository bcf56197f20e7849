import { offsetOf, SLOT_SINK, SLOT_SP, SLOT_ZERO, stateField } from '../state/layout.ts';
import { functions } from './functions.ts';
import type { AtomicOp, Leave, SlotRef, Statement, Value, ValueNode, Variable } from './nodes.ts';
import { isPure } from './nodes.ts';
import { ops, type Type } from './ops.ts';

/** The raw fields of an encoding, as numbers. */
export type RawFields = Readonly<Record<string, number>>;
/** A register field as semantics see it: its number is not known when a handler of the cold tier is built. */
export interface Reg {
  readonly field: string;
  /** Added to the number, modulo 32 (register lists, pairs). */
  readonly plus: number;
}
export type RegisterRole = 'read' | 'write' | 'sp' | 'vector';

/** Turns register fields and immediates into what the tier needs: constants, or operands of the micro-op. */
export interface OperandSource {
  slot(reg: Reg, role: RegisterRole): SlotRef;
  immediate(bits: 16 | 32 | 64, compute: (fields: RawFields) => number | bigint): { operand: number } | { value: bigint };
}

/** The byte offset, from the core's base, of the slot that register number `n` means in that role. */
export function slotOffset(n: number, role: RegisterRole): number {
  if (role === 'vector') return offsetOf('V', n);
  if (n < 31) return offsetOf('X', n);
  return offsetOf('X', role === 'read' ? SLOT_ZERO : role === 'write' ? SLOT_SINK : SLOT_SP);
}

/** Everything in the code is known: the fields of one encoding. */
export function concreteOperands(fields: RawFields): OperandSource {
  return {
    slot: (reg, role) => ({ kind: 'fixed', offset: slotOffset(((fields[reg.field] as number) + reg.plus) & 31, role) }),
    immediate: (_bits, compute) => ({ value: BigInt(compute(fields)) }),
  };
}

/** Core of the builder: makes values and statements of one unit. The vocabulary of A64 is in `isa/derive/semantics.ts`. */
export class Builder {
  statements: Statement[] = [];
  valueCount = 0;
  variableCount = 0;
  readonly source: OperandSource;

  constructor(source: OperandSource) {
    this.source = source;
  }

  value(type: Type, node: ValueNode): Value {
    const value = { id: this.valueCount++, type, node };
    if (!isPure(node)) this.statements.push({ kind: 'let', value });
    return value;
  }

  /** A pure operation by its WebAssembly name; the types of the arguments are checked. */
  op(name: string, ...args: Value[]): Value {
    const op = ops.get(name);
    if (!op) throw new Error(`no operation ${name}`);
    if (op.lane) throw new Error(`${name} needs a lane`);
    if (op.args.length !== args.length || op.args.some((type, i) => type !== (args[i] as Value).type)) {
      throw new Error(`${name} takes (${op.args.join()}), not (${args.map((arg) => arg.type).join()})`);
    }
    return this.value(op.result, { kind: 'op', op: name, args });
  }

  /** A lane operation, `i32x4.extract_lane` and the like. */
  lane(name: string, lane: number, ...args: Value[]): Value {
    const op = ops.get(name);
    if (!op?.lane) throw new Error(`${name} is no lane operation`);
    if (op.args.some((type, i) => type !== args[i]?.type)) throw new Error(`${name} takes (${op.args.join()})`);
    return this.value(op.result, { kind: 'op', op: name, args, lane });
  }

  /** i8x16.shuffle: `lanes` are 16 indexes into the 32 bytes of a and b. */
  shuffle(a: Value, b: Value, lanes: readonly number[]): Value {
    return this.value('v128', { kind: 'shuffle', a, b, lanes });
  }

  i32(value: number): Value {
    return this.value('i32', { kind: 'const', value: value | 0 });
  }

  i64(value: number | bigint): Value {
    return this.value('i64', { kind: 'const', value: BigInt.asIntN(64, BigInt(value)) });
  }

  f32(value: number): Value {
    return this.value('f32', { kind: 'const', value });
  }

  f64(value: number): Value {
    return this.value('f64', { kind: 'const', value });
  }

  v128(lo: bigint, hi: bigint): Value {
    return this.value('v128', { kind: 'v128', lo, hi });
  }

  /** `cond ? a : b`; both are evaluated. */
  select(cond: Value, a: Value, b: Value): Value {
    if (cond.type !== 'i32' || a.type !== b.type) throw new Error(`select(${cond.type}, ${a.type}, ${b.type})`);
    return this.value(a.type, { kind: 'select', cond, a, b });
  }

  get pc(): Value {
    return this.value('i64', { kind: 'pc' });
  }

  get cpu(): Value {
    return this.value('i32', { kind: 'cpu' });
  }

  /** An immediate that is computed from the encoding when it is predecoded. */
  immediate(bits: 16 | 32 | 64, compute: (fields: RawFields) => number | bigint): Value {
    const type = bits === 64 ? 'i64' : 'i32';
    const got = this.source.immediate(bits, compute);
    if ('value' in got) return type === 'i64' ? this.i64(got.value) : this.i32(Number(BigInt.asIntN(32, got.value)));
    return this.value(type, { kind: 'operand', at: got.operand, bits });
  }

  getSlot(reg: Reg, role: RegisterRole, type: 'i32' | 'i64' | 'v128' | 'f32' | 'f64'): Value {
    return this.value(type, { kind: 'getSlot', slot: this.source.slot(reg, role), type });
  }

  setSlot(reg: Reg, role: RegisterRole, value: Value): void {
    this.statements.push({ kind: 'setSlot', slot: this.source.slot(reg, role), value });
  }

  private fieldType(field: string): Type {
    const { type } = stateField(field);
    return type === 'u32' ? 'i32' : type === 'u64' ? 'i64' : 'v128';
  }

  getField(field: string, index = 0): Value {
    return this.value(this.fieldType(field), { kind: 'getField', field, index });
  }

  setField(field: string, value: Value, index = 0): void {
    if (this.fieldType(field) !== value.type) throw new Error(`field ${field} is no ${value.type}`);
    this.statements.push({ kind: 'setField', field, index, value });
  }

  variable(type: Type, initial: Value): Variable {
    const variable = { id: this.variableCount++, type };
    this.setVar(variable, initial);
    return variable;
  }

  getVar(variable: Variable): Value {
    return this.value(variable.type, { kind: 'getVar', variable });
  }

  setVar(variable: Variable, value: Value): void {
    if (variable.type !== value.type) throw new Error(`variable is ${variable.type}, value ${value.type}`);
    this.statements.push({ kind: 'setVar', variable, value });
  }

  /**
   * Guest load of 1, 2, 4, 8 or 16 bytes: i32 for up to 4 bytes, i64 for 8, v128 for 16. `info`: flags of the runtime's slowLoad
   * above bit 8 (unprivileged, alignment, ISS). A fault or a device leaves the instruction here.
   */
  load(va: Value, bytes: number, info = 0, signed = false): Value {
    const type = bytes === 16 ? 'v128' : bytes === 8 ? 'i64' : 'i32';
    return this.value(type, { kind: 'load', va, bytes, info, signed });
  }

  store(va: Value, bytes: number, value: Value, info = 0): void {
    this.statements.push({ kind: 'store', va, bytes, info, value });
  }

  /** Host address of guest memory that will be read and written at once (atomics, exclusives, DC ZVA): i32. */
  translate(va: Value, bytes: number, info = 0): Value {
    return this.value('i32', { kind: 'translate', va, bytes, info, write: true });
  }

  /** Host address of guest memory that is loaded at once, in several pieces: i32. */
  translateRead(va: Value, bytes: number, info = 0): Value {
    return this.value('i32', { kind: 'translate', va, bytes, info, write: false });
  }

  hostLoad(address: Value, bytes: number, offset = 0, signed = false): Value {
    const type = bytes === 16 ? 'v128' : bytes === 8 ? 'i64' : 'i32';
    return this.value(type, { kind: 'hostLoad', address, bytes, offset, signed });
  }

  hostStore(address: Value, bytes: number, value: Value, offset = 0): void {
    this.statements.push({ kind: 'hostStore', address, bytes, offset, value });
  }

  atomic(op: AtomicOp, address: Value, bytes: number, ...args: Value[]): Value {
    return this.value(bytes === 8 ? 'i64' : 'i32', { kind: 'atomic', op, address, bytes, args });
  }

  fence(): void {
    this.statements.push({ kind: 'fence' });
  }

  call(name: string, ...args: Value[]): Value {
    const signature = functions.get(name);
    const result = signature?.results[0];
    this.checkCall(name, args);
    if (!result) throw new Error(`${name} has no result`);
    return this.value(result, { kind: 'call', name, args });
  }

  callVoid(name: string, ...args: Value[]): void {
    this.checkCall(name, args);
    this.statements.push({ kind: 'callVoid', name, args });
  }

  private checkCall(name: string, args: Value[]): void {
    const params = functions.get(name)?.params;
    if (!params || params.length !== args.length || params.some((type, i) => type !== (args[i] as Value).type)) {
      throw new Error(`call of ${name} with (${args.map((arg) => arg.type).join()}), wanted (${params?.join()})`);
    }
  }

  if(cond: Value, then: () => void, otherwise: () => void = () => {}, unlikely = false): void {
    const outer = this.statements;
    const thenPart: Statement[] = (this.statements = []);
    then();
    const elsePart: Statement[] = (this.statements = []);
    otherwise();
    this.statements = outer;
    outer.push({ kind: 'if', cond, then: thenPart, else: elsePart, unlikely });
  }

  leave(why: Leave): void {
    this.statements.push({ kind: 'leave', why });
  }

  jump(offset: Value): void {
    this.statements.push({ kind: 'jump', offset });
  }

  jumpTo(target: Value): void {
    this.statements.push({ kind: 'jumpTo', target });
  }
}
