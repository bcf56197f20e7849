import { callSlowHere, type Emitter, Emitter as IrEmitter, CPU_LOCAL, Locals, type Target } from '../../ir/emit.ts';
import { functions } from '../../ir/functions.ts';
import type { Leave, SlotRef, Statement, Value } from '../../ir/nodes.ts';
import { Bytes, ModuleWriter, type Signature } from '../../ir/wasm-writer.ts';
import { offsetOf } from '../../state/layout.ts';
import { leaveReasons } from '../../state/memory-map.ts';
import type { Counters } from '../counters.ts';

/** What a handler answers: 0 to go on with the next instruction, or one of these. */
export const handlerResult = {
  next: 0,
  unretired: leaveReasons.RESYNC,
  device: leaveReasons.DEVICE,
  checkpoint: leaveReasons.CHECKPOINT,
  wait: leaveReasons.WAIT,
  host: leaveReasons.HOST,
  /** A debugger watches what the instruction would access: nothing of it was done. */
  watched: leaveReasons.STEP,
  /** Retired by a forward branch within the page: PC is set, no checkpoint. */
  jumped: leaveReasons.JUMPED,
} as const;

/** What a region of the hot tier answers, above the results of handlers. Field BUDGET has been brought up to date. */
export const regionResult = {
  /** Go on at PC, whose record is at UPC. */
  dispatch: 16,
  /** Go on at PC. */
  resync: 17,
  /** Go on at PC, after a checkpoint. */
  checked: 18,
  /** Leave for the reason in LEAVE. */
  leave: 19,
  /** From here on: leave for the reason that is left when this is taken off. */
  leaveFor: 32,
} as const;

/** Pushes base and answers offset of a slot: an operand of the micro-op holds its offset. */
export function slotBase(e: Emitter, slot: SlotRef, upcLocal: number): number {
  e.out.byte(0x20).u32(CPU_LOCAL);
  if (slot.kind === 'fixed') return slot.offset;
  e.out.byte(0x20).u32(upcLocal).byte(0x2f).u32(0).u32(slot.at).byte(0x6a);
  return 0;
}

/** Pushes an immediate of the micro-op. */
export function operand(e: Emitter, at: number, bits: 16 | 32 | 64, upcLocal: number): void {
  e.out
    .byte(0x20)
    .u32(upcLocal)
    .byte(bits === 16 ? 0x2f : bits === 32 ? 0x28 : 0x29)
    .u32(0)
    .u32(at);
}

const UPC = 1;
const PC = 2;

/** A handler as a function of its own: (cpu, micro-op, pc) -> result. Compiled when a variant is first decoded. */
class FunctionTarget implements Target {
  private readonly imports: ReadonlyMap<string, number>;

  constructor(imports: ReadonlyMap<string, number>) {
    this.imports = imports;
  }

  slotBase(e: Emitter, slot: SlotRef): number {
    return slotBase(e, slot, UPC);
  }

  operand(e: Emitter, at: number, bits: 16 | 32 | 64): void {
    operand(e, at, bits, UPC);
  }

  pc(e: Emitter): void {
    e.out.byte(0x20).u32(PC);
  }

  spill(): void {
    // The loop did before it called.
  }

  charged(): void {
    // The loop looks at the state's budget when this has returned.
  }

  callSlow(e: Emitter, name: string, va: number, info: number): void {
    callSlowHere(e, name, va, info);
  }

  leave(e: Emitter, why: Leave): void {
    if (typeof why === 'object') e.push(why.dynamic);
    else if (why === 'checkpoint') {
      e.out.byte(0x20).u32(CPU_LOCAL).byte(0x20).u32(PC).byte(0x42).s64(4n).byte(0x7c);
      e.storeOp('i64', 8, offsetOf('PC'));
      e.out.byte(0x41).s32(handlerResult.checkpoint);
    } else if (why === 'resync') {
      this.leaveUnretired(e);
      return;
    } else {
      e.out.byte(0x41).s32({ jumped: handlerResult.checkpoint, wait: handlerResult.wait, host: handlerResult.host }[why]);
    }
    e.out.byte(0x0f);
  }

  leaveUnretired(e: Emitter): void {
    e.out.byte(0x20).u32(CPU_LOCAL);
    e.loadOp('i32', 4, offsetOf('LEAVE'));
    e.out.byte(0x0f);
  }

  jump(e: Emitter, offset: Value): void {
    const local = e.locals.take('i32');
    e.push(offset);
    e.out.byte(0x21).u32(local);
    e.out.byte(0x20).u32(CPU_LOCAL).byte(0x20).u32(PC).byte(0x20).u32(local).byte(0xac).byte(0x7c);
    e.storeOp('i64', 8, offsetOf('PC'));
    e.out.byte(0x41).s32(handlerResult.checkpoint).byte(0x41).s32(handlerResult.jumped);
    e.out.byte(0x20).u32(local).byte(0x41).s32(0).byte(0x4c); // le_s
    // Beyond the page: the place in it and the distance together are more than a page.
    e.out
      .byte(0x20)
      .u32(PC)
      .byte(0xa7)
      .byte(0x41)
      .s32(0xfff)
      .byte(0x71)
      .byte(0x20)
      .u32(local)
      .byte(0x6a)
      .byte(0x41)
      .s32(0xfff)
      .byte(0x4b);
    e.out.byte(0x72).byte(0x1b).byte(0x0f); // or, select, return
  }

  jumpTo(e: Emitter, target: Value): void {
    e.out.byte(0x20).u32(CPU_LOCAL);
    e.push(target);
    e.storeOp('i64', 8, offsetOf('PC'));
    e.out.byte(0x41).s32(handlerResult.checkpoint).byte(0x0f);
  }

  functionIndex(name: string): number {
    const index = this.imports.get(name);
    if (index === undefined) throw new Error(`function ${name} was not imported`);
    return index;
  }
}

/** The callable functions that statements use, those behind loads and stores included. */
export function calledFunctions(statements: readonly Statement[], found = new Set<string>()): Set<string> {
  for (const s of statements) {
    if (s.kind === 'let') {
      const { node } = s.value;
      if (node.kind === 'call') found.add(node.name);
      if (node.kind === 'load') found.add('slowLoad');
      if (node.kind === 'translate') found.add(node.write ? 'translateRw' : 'slowLoad');
    } else if (s.kind === 'callVoid') found.add(s.name);
    else if (s.kind === 'store') found.add('slowStore');
    else if (s.kind === 'if') {
      calledFunctions(s.then, found);
      calledFunctions(s.else, found);
    }
  }
  return found;
}

/** Imports the functions by name and answers their indexes. */
export function importFunctions(module: ModuleWriter, names: Iterable<string>): Map<string, number> {
  const indexes = new Map<string, number>();
  for (const name of names) {
    const signature = functions.get(name);
    if (!signature) throw new Error(`no function ${name}`);
    indexes.set(name, module.import({ module: 'env', name, ...signature }));
  }
  return indexes;
}

export const handlerSignature: Signature = { params: ['i32', 'i32', 'i64'], results: ['i32'] };

/** Adds the function of a handler to a module that has imported what it calls; `before` writes code that runs first. */
export function addHandler(
  module: ModuleWriter,
  name: string,
  statements: readonly Statement[],
  imports: ReadonlyMap<string, number>,
  before: (body: Bytes) => void = () => {},
): number {
  const locals = new Locals(handlerSignature.params.length);
  const body = new Bytes();
  before(body);
  new IrEmitter(body, locals, new FunctionTarget(imports)).unit(statements);
  body.byte(0x41).s32(handlerResult.next);
  return module.add(name, handlerSignature, locals.types, body);
}

/** The module of one handler; it exports `handler`. With `counters` it counts its calls, as `handler NAME`. */
export function handlerModule(statements: readonly Statement[], name = '', counters?: Counters): Uint8Array {
  const module = new ModuleWriter(`handler ${name}`);
  const imports = importFunctions(module, calledFunctions(statements));
  addHandler(module, 'handler', statements, imports, (body) => counters?.write(body, `handler ${name}`));
  return module.finish();
}
