import { offsetOf, stateField } from '../state/layout.ts';
import { chargesTime } from './functions.ts';
import {
  type AtomicOp,
  argumentsOf,
  isPure,
  isRead,
  type Leave,
  operandsOf,
  type SlotRef,
  type Statement,
  type Value,
  type Variable,
} from './nodes.ts';
import { ops, type Type } from './ops.ts';
import type { Bytes } from './wasm-writer.ts';

/** What differs between places that IR is emitted to: a case of the cold tier's loop, a handler of its own, a hot region. */
export interface Target {
  /** Pushes the i32 base of a slot; answers the constant to add to it. */
  slotBase(emitter: Emitter, slot: SlotRef): number;
  operand(emitter: Emitter, at: number, bits: 16 | 32 | 64): void;
  pc(emitter: Emitter): void;
  /** Makes what a function must see visible in the state, before its arguments are pushed. */
  spill(emitter: Emitter, name: string): void;
  /** Behind a call that charged time (`chargesTime`): the state's budget is the right one. */
  charged(emitter: Emitter): void;
  /**
   * Calls the runtime for a guest access that the soft TLB could not answer: the address is in the i64 local `va`. Its answer is left on
   * the stack.
   */
  callSlow(emitter: Emitter, name: string, va: number, info: number): void;
  leave(emitter: Emitter, why: Leave): void;
  /** Leaves without having retired, for the reason in field LEAVE. */
  leaveUnretired(emitter: Emitter): void;
  jump(emitter: Emitter, offset: Value): void;
  jumpTo(emitter: Emitter, target: Value): void;
  /** Index of a callable function in the module. */
  functionIndex(name: string): number;
}

export const CPU_LOCAL = 0;

/** {@link Target.callSlow} where the runtime is called from the place itself. */
export function callSlowHere(e: Emitter, name: string, va: number, info: number): void {
  e.target.spill(e, name);
  e.out.byte(0x20).u32(CPU_LOCAL).byte(0x20).u32(va).byte(0x41).s32(info);
  e.target.pc(e);
  e.out.byte(0x10).u32(e.target.functionIndex(name));
}

const loadCodes: Record<string, [code: readonly number[], align: number]> = {
  'i32.1': [[0x2d], 0],
  'i32.1s': [[0x2c], 0],
  'i32.2': [[0x2f], 1],
  'i32.2s': [[0x2e], 1],
  'i32.4': [[0x28], 2],
  'i32.4s': [[0x28], 2],
  'i64.8': [[0x29], 3],
  'i64.8s': [[0x29], 3],
  'v128.16': [[0xfd, 0], 4],
  'f32.4': [[0x2a], 2],
  'f64.8': [[0x2b], 3],
};
const storeCodes: Record<string, [code: readonly number[], align: number]> = {
  'i32.1': [[0x3a], 0],
  'i32.2': [[0x3b], 1],
  'i32.4': [[0x36], 2],
  'i64.8': [[0x37], 3],
  'v128.16': [[0xfd, 11], 4],
  'f32.4': [[0x38], 2],
  'f64.8': [[0x39], 3],
};
/** Opcodes behind the prefix 0xfe, by bytes: those of i64 for 8, of i32 for the others. */
const FENCE = 0x03;
const atomicLoads: Record<number, number> = { 1: 0x12, 2: 0x13, 4: 0x10, 8: 0x11 };
const atomicStores: Record<number, number> = { 1: 0x19, 2: 0x1a, 4: 0x17, 8: 0x18 };
const atomicOps: Record<AtomicOp, number> = { add: 0x1e, and: 0x2c, or: 0x33, xor: 0x3a, xchg: 0x41, cmpxchg: 0x48 };
const atomicWidths: Record<number, number> = { 1: 2, 2: 3, 4: 0, 8: 1 };
/** Bit of `info`: the access is ordered against all others of its kind, as LDAR and STLR are. */
export const ORDERED = 1 << 11;

const typeBytes: Record<Type, number> = { i32: 4, i64: 8, f32: 4, f64: 8, v128: 16 };

/** Bits of `info`: see `access` in isa/derive/semantics.ts. */
const UNPRIVILEGED = 1 << 8;
const ALIGNED = 1 << 9;
const ELEMENT = 7 << 12;

/** The field with the soft TLB that an access probes; LDTR and STTR have their own. */
function tableOf(write: boolean, info: number, loose: boolean): string {
  return `TLB_${write ? 'WRITE' : 'READ'}${info & UNPRIVILEGED ? '_UNPRIV' : loose ? '_LOOSE' : ''}`;
}

/** Whether an access is often less aligned than its size: a vector, or several elements. */
function isLoose(bytes: number, info: number): boolean {
  return (bytes === 16 || (info & ELEMENT) !== 0) && (info & (UNPRIVILEGED | ALIGNED | ORDERED)) === 0;
}

/** Hands out locals by type; several units of one function share them. */
export class Locals {
  readonly types: Type[] = [];
  private readonly used: Record<Type, number> = { i32: 0, i64: 0, f32: 0, f64: 0, v128: 0 };
  private readonly pool: Record<Type, number[]> = { i32: [], i64: [], f32: [], f64: [], v128: [] };
  private readonly first: number;

  constructor(first: number) {
    this.first = first;
  }

  /** A local that keeps its meaning for the whole function. */
  permanent(type: Type): number {
    return this.first + this.types.push(type) - 1;
  }

  take(type: Type): number {
    const pool = this.pool[type];
    const index = this.used[type]++;
    return (pool[index] ??= this.permanent(type));
  }

  releaseAll(): void {
    for (const type of Object.keys(this.used) as Type[]) this.used[type] = 0;
  }
}

/**
 * Writes a unit's statements as WebAssembly. A pure value with one use is computed where it is used; a read of state with one use
 * moves down to its use unless an effect lies between; everything else gets a local.
 */
export class Emitter {
  readonly out: Bytes;
  readonly locals: Locals;
  readonly target: Target;
  /** Blocks that are open inside of the unit: what a target adds to its branch labels. */
  depth = 0;
  /** Where in `out` branches stand that are hardly ever taken, for the engine's branch hints. */
  readonly unlikely: number[] = [];
  /** By the values' ids, which count from 0 in a unit: how often each is used, and its local. */
  private uses: number[] = [];
  private local: (number | undefined)[] = [];
  private readonly variables = new Map<number, number>();
  private pending = new Set<Value>();

  constructor(out: Bytes, locals: Locals, target: Target) {
    this.out = out;
    this.locals = locals;
    this.target = target;
  }

  /** Writes a unit; a target may write others in the middle of it, where it jumps. */
  unit(statements: readonly Statement[]): void {
    const { uses, local } = this;
    this.uses = [];
    this.local = [];
    this.countIn(statements);
    this.list(statements);
    this.uses = uses;
    this.local = local;
  }

  private countIn(statements: readonly Statement[]): void {
    for (const statement of statements) {
      operandsOf(statement).forEach((value) => this.count(value));
      if (statement.kind === 'if') {
        this.countIn(statement.then);
        this.countIn(statement.else);
      }
    }
  }

  private count(value: Value): void {
    const seen = this.uses[value.id] ?? 0;
    this.uses[value.id] = seen + 1;
    if (seen === 0 && isPure(value.node)) argumentsOf(value.node).forEach((arg) => this.count(arg));
  }

  private list(statements: readonly Statement[]): void {
    for (const statement of statements) this.statement(statement);
  }

  /** Gives the reads that are still to come, and are not part of what is emitted now, a local: an effect follows. */
  private settle(except: readonly Value[]): void {
    if (this.pending.size === 0) return;
    const kept = new Set<Value>();
    const seen = new Set<Value>();
    const visit = (value: Value): void => {
      if (seen.has(value)) return;
      seen.add(value);
      if (this.pending.has(value)) kept.add(value);
      else if (isPure(value.node) && this.local[value.id] === undefined) argumentsOf(value.node).forEach(visit);
    };
    except.forEach(visit);
    for (const value of [...this.pending]) {
      if (kept.has(value)) continue;
      this.pending.delete(value);
      this.compute(value);
      this.setLocal(value);
    }
  }

  private setLocal(value: Value): void {
    const local = this.locals.take(value.type);
    this.local[value.id] = local;
    this.out.byte(0x21).u32(local);
  }

  private statement(statement: Statement): void {
    const { out } = this;
    if (statement.kind === 'let') {
      const { value } = statement;
      const uses = this.uses[value.id] ?? 0;
      if (isRead(value.node)) {
        if (uses === 1) this.pending.add(value);
        else if (uses > 1) {
          this.compute(value);
          this.setLocal(value);
        }
        return;
      }
      this.settle(argumentsOf(value.node));
      this.compute(value);
      if (uses > 0) this.setLocal(value);
      else out.byte(0x1a);
      return;
    }
    this.settle(operandsOf(statement));
    switch (statement.kind) {
      case 'setSlot': {
        const offset = this.target.slotBase(this, statement.slot);
        this.push(statement.value);
        this.storeOp(statement.value.type, typeBytes[statement.value.type], offset);
        break;
      }
      case 'setField': {
        out.byte(0x20).u32(CPU_LOCAL);
        this.push(statement.value);
        this.storeOp(statement.value.type, typeBytes[statement.value.type], offsetOf(statement.field, statement.index));
        break;
      }
      case 'setVar': {
        this.push(statement.value);
        out.byte(0x21).u32(this.variable(statement.variable.id, statement.variable.type));
        break;
      }
      case 'store':
        this.guestStore(statement.va, statement.bytes, statement.info, statement.value);
        break;
      case 'hostStore':
        this.push(statement.address);
        this.push(statement.value);
        this.storeOp(statement.value.type, statement.bytes, statement.offset);
        break;
      case 'fence':
        this.fence();
        break;
      case 'callVoid':
        this.target.spill(this, statement.name);
        statement.args.forEach((arg) => this.push(arg));
        out.byte(0x10).u32(this.target.functionIndex(statement.name));
        break;
      case 'if': {
        this.push(statement.cond);
        this.pushIf(statement.unlikely);
        const outside = this.local.slice();
        this.list(statement.then);
        this.local = outside.slice();
        if (statement.else.length > 0) {
          this.out.byte(0x05);
          this.list(statement.else);
          this.local = outside;
        }
        this.popBlock();
        break;
      }
      case 'leave':
        this.target.leave(this, statement.why);
        break;
      case 'jump':
        this.target.jump(this, statement.offset);
        break;
      case 'jumpTo':
        this.target.jumpTo(this, statement.target);
        break;
    }
  }

  /** Opens an `if` without result; its condition is on the stack. */
  pushIf(unlikely = false): void {
    if (unlikely) this.unlikely.push(this.out.length);
    this.out.byte(0x04).byte(0x40);
    this.depth++;
  }

  popBlock(): void {
    this.out.byte(0x0b);
    this.depth--;
  }

  /** Gives a variable a local that it keeps beyond this unit: `local`, or one of its own. */
  bind({ id, type }: Variable, local?: number): void {
    if (!this.variables.has(id)) this.variables.set(id, local ?? this.locals.permanent(type));
  }

  /** The local of a bound variable. */
  localOf({ id }: Variable): number {
    return this.variables.get(id) as number;
  }

  private variable(id: number, type: Type): number {
    let local = this.variables.get(id);
    if (local === undefined) this.variables.set(id, (local = this.locals.take(type)));
    return local;
  }

  /** Pushes a value, from its local or computed here. */
  push(value: Value): void {
    const local = this.local[value.id];
    if (local !== undefined) {
      this.out.byte(0x20).u32(local);
      return;
    }
    if (!isPure(value.node)) {
      if (!this.pending.delete(value)) throw new Error(`value ${value.node.kind} is used before it is computed`);
      this.compute(value);
      return;
    }
    this.compute(value);
    if ((this.uses[value.id] ?? 0) > 1 && value.node.kind !== 'const' && value.node.kind !== 'cpu') {
      const shared = this.locals.take(value.type);
      this.local[value.id] = shared;
      this.out.byte(0x22).u32(shared);
    }
  }

  storeOp(type: Type, bytes: number, offset: number): void {
    const entry = storeCodes[`${type}.${bytes}`];
    if (!entry) throw new Error(`no store of ${bytes} bytes from ${type}`);
    this.out.bytes(entry[0]).u32(0).u32(offset);
  }

  loadOp(type: Type, bytes: number, offset: number, signed = false): void {
    const entry = loadCodes[`${type}.${bytes}${signed ? 's' : ''}`];
    if (!entry) throw new Error(`no load of ${bytes} bytes to ${type}`);
    this.out.bytes(entry[0]).u32(0).u32(offset);
  }

  private compute(value: Value): void {
    const { out } = this;
    const { node } = value;
    switch (node.kind) {
      case 'const':
        this.constant(value.type, node.value);
        break;
      case 'v128': {
        out.bytes([0xfd, 12]);
        const bytes = new DataView(new ArrayBuffer(16));
        bytes.setBigUint64(0, BigInt.asUintN(64, node.lo), true);
        bytes.setBigUint64(8, BigInt.asUintN(64, node.hi), true);
        out.bytes(new Uint8Array(bytes.buffer));
        break;
      }
      case 'op': {
        node.args.forEach((arg) => this.push(arg));
        out.bytes((ops.get(node.op) as { code: readonly number[] }).code);
        if (node.lane !== undefined) out.byte(node.lane);
        break;
      }
      case 'shuffle':
        this.push(node.a);
        this.push(node.b);
        out.bytes([0xfd, 13]).bytes(node.lanes);
        break;
      case 'select':
        this.push(node.a);
        this.push(node.b);
        this.push(node.cond);
        if (value.type === 'v128') out.bytes([0x1c, 1, 0x7b]);
        else out.byte(0x1b);
        break;
      case 'operand':
        this.target.operand(this, node.at, node.bits);
        break;
      case 'pc':
        this.target.pc(this);
        break;
      case 'cpu':
        out.byte(0x20).u32(CPU_LOCAL);
        break;
      case 'getSlot': {
        const offset = this.target.slotBase(this, node.slot);
        this.loadOp(node.type, typeBytes[node.type], offset);
        break;
      }
      case 'getField':
        out.byte(0x20).u32(CPU_LOCAL);
        this.loadOp(value.type, typeBytes[value.type], offsetOf(node.field, node.index));
        break;
      case 'getVar':
        out.byte(0x20).u32(this.variable(node.variable.id, node.variable.type));
        break;
      case 'load':
        this.guestLoad(value.type, node.va, node.bytes, node.info, node.signed);
        break;
      case 'translate':
        this.hostAddress(node.va, node.bytes, node.info, node.write, node.write ? 'translateRw' : 'slowLoad');
        break;
      case 'hostLoad':
        this.push(node.address);
        this.loadOp(value.type, node.bytes, node.offset, node.signed);
        break;
      case 'atomic':
        this.push(node.address);
        node.args.forEach((arg) => this.push(arg));
        this.atomicOp((atomicOps[node.op] as number) + (atomicWidths[node.bytes] as number), node.bytes);
        break;
      case 'call':
        this.target.spill(this, node.name);
        node.args.forEach((arg) => this.push(arg));
        out.byte(0x10).u32(this.target.functionIndex(node.name));
        if (chargesTime.has(node.name)) this.target.charged(this);
        break;
    }
  }

  private constant(type: Type, value: number | bigint): void {
    const { out } = this;
    if (type === 'i32') out.byte(0x41).s32(Number(value));
    else if (type === 'i64') out.byte(0x42).s64(BigInt(value));
    else {
      const bytes = new DataView(new ArrayBuffer(8));
      if (type === 'f32') bytes.setFloat32(0, Number(value), true);
      else bytes.setFloat64(0, Number(value), true);
      out.byte(type === 'f32' ? 0x43 : 0x44).bytes(new Uint8Array(bytes.buffer, 0, type === 'f32' ? 4 : 8));
    }
  }

  /**
   * The soft TLB: index VA[31:12]; entry = VA page XOR host page; a hit when VA XOR entry has no bit of 63:31 and none of the natural
   * alignment; a loose access must lie in one page instead. Leaves the host address in `host`; on a miss the condition is on the stack. Answers the locals.
   */
  private probe(va: Value, bytes: number, info: number, write: boolean): { va: number; host: number } {
    const { out } = this;
    const loose = isLoose(bytes, info);
    const vaLocal = this.locals.take('i64');
    const host = this.locals.take('i64');
    this.push(va);
    out.byte(0x22).u32(vaLocal);
    out.byte(0x42).s64(9n).byte(0x88).byte(0xa7); // i64.shr_u, wrap
    out.byte(0x41).s32(0x7ffff8).byte(0x71);
    out.byte(0x20).u32(CPU_LOCAL);
    this.loadOp('i32', 4, offsetOf(tableOf(write, info, loose)));
    out.byte(0x6a);
    this.loadOp('i64', 8, 0);
    out.byte(0x20).u32(vaLocal).byte(0x85); // xor
    out.byte(0x22).u32(host);
    // and
    out
      .byte(0x42)
      .s64(-0x8000_0000n | BigInt(loose ? 0 : bytes - 1))
      .byte(0x83);
    if (loose) {
      // Whether it reaches into the next page: (va & 4095) + bytes - 1 has bit 12.
      out.byte(0x20).u32(vaLocal).byte(0x42).s64(4095n).byte(0x83);
      out
        .byte(0x42)
        .s64(BigInt(bytes - 1))
        .byte(0x7c)
        .byte(0x42)
        .s64(4096n)
        .byte(0x83)
        .byte(0x84); // add, and, or
    }
    out.byte(0x50).byte(0x45); // eqz, eqz
    return { va: vaLocal, host };
  }

  /** Pushes the host address of a guest access, found by the soft TLB or by the runtime, which may end the instruction. */
  private hostAddress(va: Value, bytes: number, info: number, write: boolean, slow: string): void {
    const { out } = this;
    const { va: vaLocal, host } = this.probe(va, bytes, info, write);
    this.pushIf(true);
    this.target.callSlow(this, slow, vaLocal, info | bytes);
    out.byte(0xad).byte(0x22).u32(host).byte(0x50); // extend, tee, eqz
    this.pushIf(true);
    this.target.leaveUnretired(this);
    this.popBlock();
    this.popBlock();
    out.byte(0x20).u32(host).byte(0xa7);
  }

  private guestLoad(type: Type, va: Value, bytes: number, info: number, signed: boolean): void {
    this.hostAddress(va, bytes, info, false, 'slowLoad');
    if (info & ORDERED) this.atomicOp(atomicLoads[bytes] as number, bytes);
    else this.loadOp(type, bytes, 0, signed);
  }

  private guestStore(va: Value, bytes: number, info: number, value: Value): void {
    const { out } = this;
    // The value first: it may hold reads that were not emitted yet.
    let kept: number;
    this.push(value);
    out.byte(0x21).u32((kept = this.locals.take(value.type)));
    const { va: vaLocal, host } = this.probe(va, bytes, info, true);
    this.pushIf(true);
    out.byte(0x20).u32(CPU_LOCAL).byte(0x20).u32(kept);
    this.storeOp(value.type, bytes, stateField('BOUNCE').offset);
    this.target.callSlow(this, 'slowStore', vaLocal, info | bytes);
    this.pushIf(true);
    this.target.leaveUnretired(this);
    this.popBlock();
    if (info & ORDERED) this.fence();
    out.byte(0x05);
    out.byte(0x20).u32(host).byte(0xa7).byte(0x20).u32(kept);
    if (info & ORDERED) this.atomicOp(atomicStores[bytes] as number, bytes);
    else this.storeOp(value.type, bytes, 0);
    this.popBlock();
  }

  private fence(): void {
    this.out.bytes([0xfe, FENCE, 0]);
  }

  /** Alignment is that of the access: what is not aligned never comes here. */
  private atomicOp(code: number, bytes: number): void {
    this.out.bytes([0xfe, code, Math.log2(bytes), 0]);
  }
}
