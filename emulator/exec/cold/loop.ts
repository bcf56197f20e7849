import { callSlowHere, CPU_LOCAL, type Emitter, Emitter as IrEmitter, Locals, type Target } from '../../ir/emit.ts';
import type { Leave, SlotRef, Statement, Value } from '../../ir/nodes.ts';
import { Bytes, ModuleWriter } from '../../ir/wasm-writer.ts';
import { offsetOf } from '../../state/layout.ts';
import { leaveReasons, memoryMap } from '../../state/memory-map.ts';
import type { Counters } from '../counters.ts';
import { calledFunctions, handlerResult, importFunctions, operand, regionResult, slotBase } from './handler.ts';

/** Handler numbers below this are built in; then come the cases of the loop, then the functions of the table. */
export const HANDLER_UNDECODED = 0;
export const HANDLER_PAGE_END = 1;
/** A debugger has a breakpoint here: leaves before the instruction, to the outer loop. */
export const HANDLER_BREAK = 2;
export const FIRST_CASE = 3;

// Locals of the loop after its parameter (the core's address).
const UPC = 1;
const PAGE = 2;
const RUN = 3;
const BUDGET = 4;
const RESULT = 5;
const TEMP = 6;
const PC_DELTA = 7;
const NEXT_PC = 8;
const LOCALS = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i64', 'i64'] as const;

// Labels, as distances from the dispatch loop outwards.
const TO_DISPATCH = 0;
const TO_JUMPED = 1;
const TO_CHECKPOINT = 2;
const TO_UNRETIRED = 3;
const TO_RESYNC = 4;
const TO_CHECKED = 5;

/** The commonest instructions. */
const op = {
  get: (b: Bytes, local: number) => b.byte(0x20).u32(local),
  set: (b: Bytes, local: number) => b.byte(0x21).u32(local),
  tee: (b: Bytes, local: number) => b.byte(0x22).u32(local),
  i32: (b: Bytes, value: number) => b.byte(0x41).s32(value),
};

function loadField(b: Bytes, field: string, type: 'i32' | 'i64'): Bytes {
  return op
    .get(b, CPU_LOCAL)
    .byte(type === 'i32' ? 0x28 : 0x29)
    .u32(0)
    .u32(offsetOf(field));
}

function storeField(b: Bytes, field: string, type: 'i32' | 'i64', push: () => void): void {
  op.get(b, CPU_LOCAL);
  push();
  b.byte(type === 'i32' ? 0x36 : 0x37)
    .u32(0)
    .u32(offsetOf(field));
}

/** budget -= instructions from the start of the run to here (+ extra). */
function charge(b: Bytes, extra: number): void {
  op.get(b, BUDGET);
  op.get(b, UPC);
  op.get(b, RUN).byte(0x6b).byte(0x41).s32(4).byte(0x76).byte(0x6b); // sub, shr_u, sub
  if (extra) op.i32(b, extra).byte(0x6b);
  op.set(b, BUDGET);
}

function pushPc(b: Bytes): void {
  op.get(b, PC_DELTA);
  op.get(b, UPC);
  op.i32(b, 2).byte(0x76).byte(0xad).byte(0x7c);
}

function spill(b: Bytes): void {
  storeField(b, 'UPC', 'i32', () => op.get(b, UPC));
  storeField(b, 'RUN_START', 'i32', () => op.get(b, RUN));
  storeField(b, 'BUDGET', 'i32', () => op.get(b, BUDGET));
}

/** A case of the loop's br_table. */
class CaseTarget implements Target {
  private readonly imports: ReadonlyMap<string, number>;
  /** Blocks between this case and the dispatch loop. */
  enclosing = 0;

  constructor(imports: ReadonlyMap<string, number>) {
    this.imports = imports;
  }

  branch(e: Emitter, label: number): void {
    e.out.byte(0x0c).u32(e.depth + this.enclosing + label);
  }

  slotBase(e: Emitter, slot: SlotRef): number {
    return slotBase(e, slot, UPC);
  }

  operand(e: Emitter, at: number, bits: 16 | 32 | 64): void {
    operand(e, at, bits, UPC);
  }

  pc(e: Emitter): void {
    pushPc(e.out);
  }

  spill(e: Emitter): void {
    spill(e.out);
  }

  charged(e: Emitter): void {
    loadField(e.out, 'BUDGET', 'i32');
    op.set(e.out, BUDGET);
  }

  callSlow(e: Emitter, name: string, va: number, info: number): void {
    callSlowHere(e, name, va, info);
  }

  leave(e: Emitter, why: Leave): void {
    if (why === 'resync') this.leaveUnretired(e);
    else if (why === 'checkpoint') {
      pushPc(e.out);
      e.out.byte(0x42).s64(4n).byte(0x7c);
      op.set(e.out, NEXT_PC);
      this.branch(e, TO_CHECKPOINT);
    } else throw new Error('such an instruction needs a handler of its own');
  }

  leaveUnretired(e: Emitter): void {
    loadField(e.out, 'LEAVE', 'i32');
    op.set(e.out, RESULT);
    this.branch(e, TO_UNRETIRED);
  }

  /** Within the page a branch is an addition; backward ones are checkpoints, and so are all to another page. */
  jump(e: Emitter, offset: Value): void {
    const b = e.out;
    e.push(offset);
    op.set(b, TEMP);
    charge(b, 1);
    // Where the target's record would lie, relative to the page's first.
    op.get(b, UPC);
    op.get(b, TEMP).byte(0x41).s32(2).byte(0x74).byte(0x6a);
    op.get(b, PAGE)
      .byte(0x6b)
      .byte(0x41)
      .s32(1024 * 16)
      .byte(0x49); // lt_u
    e.pushIf();
    op.get(b, UPC);
    op.get(b, TEMP).byte(0x41).s32(2).byte(0x74).byte(0x6a);
    op.tee(b, UPC);
    op.set(b, RUN);
    op.get(b, TEMP).byte(0x41).s32(0).byte(0x4a); // forward
    op.get(b, BUDGET).byte(0x41).s32(0).byte(0x4a).byte(0x72);
    b.byte(0x0d).u32(e.depth + this.enclosing + TO_DISPATCH);
    pushPc(b);
    op.set(b, NEXT_PC);
    this.branch(e, TO_CHECKED);
    e.popBlock();
    pushPc(b);
    op.get(b, TEMP).byte(0xac).byte(0x7c);
    op.set(b, NEXT_PC);
    this.branch(e, TO_CHECKED);
  }

  jumpTo(e: Emitter, target: Value): void {
    e.push(target);
    op.set(e.out, NEXT_PC);
    this.branch(e, TO_CHECKPOINT);
  }

  functionIndex(name: string): number {
    return this.imports.get(name) as number;
  }
}

/**
 * The loop of the cold tier: `run(cpu) -> reason` executes from PC until the budget is used up at a checkpoint, or something must be
 * done outside (see leaveReasons). `cases[k]` are the statements of handler FIRST_CASE + k; all others are called through the table.
 * `counters`: what is counted then begins with `loop `.
 */
export function loopModule(cases: readonly (readonly Statement[])[], counters?: Counters): Uint8Array {
  const module = new ModuleWriter('cold-loop');
  module.importsTable = true;
  const names = new Set(['fetchPage', 'takeInterrupt', 'decode']);
  for (const statements of cases) calledFunctions(statements, names);
  const imports = importFunctions(module, names);
  const call = (b: Bytes, name: string): void => void b.byte(0x10).u32(imports.get(name) as number);
  const locals = new Locals(1);
  LOCALS.forEach((type) => locals.permanent(type));
  const b = new Bytes();

  const count = (name: string): void => counters?.write(b, `loop ${name}`);
  count('entries');
  loadField(b, 'PC', 'i64');
  op.set(b, NEXT_PC);
  loadField(b, 'BUDGET', 'i32');
  op.set(b, BUDGET);
  b.byte(0x03).byte(0x40); // loop $checked
  count('checkpoints');
  loadField(b, 'IRQ_LINES', 'i32');
  loadField(b, 'DAIF', 'i32');
  loadField(b, 'MASKABLE', 'i32').byte(0x71);
  op.i32(b, -1).byte(0x73).byte(0x71).byte(0x04).byte(0x40); // and, not, and, if
  op.get(b, UPC);
  op.set(b, RUN);
  spill(b);
  // SError, FIQ, IRQ: the first that is taken masks the others.
  for (const kind of [2, 1, 0]) {
    op.get(b, CPU_LOCAL);
    op.i32(b, kind);
    op.get(b, NEXT_PC);
    call(b, 'takeInterrupt');
    b.byte(0x04).byte(0x40);
    loadField(b, 'PC', 'i64');
    op.set(b, NEXT_PC).byte(0x0b);
  }
  b.byte(0x0b);
  const leave = (reason: () => void, pc: () => void): void => {
    storeField(b, 'PC', 'i64', pc);
    storeField(b, 'BUDGET', 'i32', () => op.get(b, BUDGET));
    reason();
    b.byte(0x0f);
  };
  const stopWhenSpent = (): void => {
    op.get(b, BUDGET).byte(0x41).s32(0).byte(0x4c).byte(0x04).byte(0x40);
    leave(
      () => op.i32(b, leaveReasons.BUDGET),
      () => op.get(b, NEXT_PC),
    );
    b.byte(0x0b);
  };
  stopWhenSpent();
  b.byte(0x03).byte(0x40); // loop $resync
  count('page look-ups');
  // The fetch table: entries {tag, page}.
  loadField(b, 'TLB_FETCH', 'i32');
  op.get(b, NEXT_PC).byte(0x42).s64(8n).byte(0x88).byte(0xa7).byte(0x41).s32(memoryMap.SLOT_FETCH_MASK).byte(0x71).byte(0x6a);
  op.tee(b, TEMP).byte(0x29).u32(0).u32(0);
  op.get(b, NEXT_PC).byte(0x42).s64(12n).byte(0x88).byte(0x42).s64(-0x8000_0000_0000_0000n).byte(0x84).byte(0x51); // eq
  op.get(b, NEXT_PC).byte(0xa7).byte(0x41).s32(3).byte(0x71).byte(0x45).byte(0x71);
  b.byte(0x04).byte(0x40);
  op.get(b, TEMP).byte(0x28).u32(0).u32(8);
  op.set(b, TEMP).byte(0x05);
  storeField(b, 'PC', 'i64', () => op.get(b, NEXT_PC));
  op.get(b, UPC);
  op.set(b, RUN);
  spill(b);
  op.get(b, CPU_LOCAL);
  op.get(b, NEXT_PC);
  call(b, 'fetchPage');
  op.tee(b, TEMP).byte(0x45).byte(0x04).byte(0x40);
  loadField(b, 'PC', 'i64');
  op.set(b, NEXT_PC);
  loadField(b, 'LEAVE', 'i32');
  op.tee(b, RESULT).byte(0x41).s32(leaveReasons.RESYNC).byte(0x47).byte(0x04).byte(0x40); // ne
  leave(
    () => op.get(b, RESULT),
    () => op.get(b, NEXT_PC),
  );
  b.byte(0x0b);
  b.byte(0x0c).u32(3); // to $checked: out of both ifs and $resync
  b.byte(0x0b).byte(0x0b);
  op.get(b, TEMP).byte(0x41).s32(16).byte(0x6a);
  op.tee(b, PAGE);
  op.get(b, NEXT_PC).byte(0xa7).byte(0x41).s32(0xffc).byte(0x71).byte(0x41).s32(2).byte(0x74).byte(0x6a);
  op.tee(b, UPC);
  op.set(b, RUN);
  op.get(b, NEXT_PC).byte(0x42).s64(-4096n).byte(0x83);
  op.get(b, PAGE).byte(0x41).s32(2).byte(0x76).byte(0xad).byte(0x7d);
  op.set(b, PC_DELTA);
  b.bytes([0x02, 0x40, 0x02, 0x40, 0x02, 0x40, 0x03, 0x40]); // $unretired, $checkpoint, $jumped, loop $dispatch
  const cased = FIRST_CASE + cases.length;
  for (let i = 0; i <= cased; i++) b.byte(0x02).byte(0x40);
  op.get(b, UPC).byte(0x2f).u32(0).u32(0);
  b.byte(0x0e).u32(cased);
  for (let i = 0; i <= cased; i++) b.u32(i);
  b.byte(0x0b);
  // Case 0: not decoded yet.
  spill(b);
  op.get(b, CPU_LOCAL);
  op.get(b, UPC);
  pushPc(b);
  call(b, 'decode');
  b.byte(0x0c)
    .u32(cased + TO_DISPATCH)
    .byte(0x0b);
  // Case 1: ran off the page, which is a checkpoint.
  charge(b, 0);
  pushPc(b);
  op.set(b, NEXT_PC);
  b.byte(0x0c)
    .u32(cased - 1 + TO_CHECKED)
    .byte(0x0b);
  // Case 2: a breakpoint.
  charge(b, 0);
  leave(
    () => op.i32(b, leaveReasons.STEP),
    () => pushPc(b),
  );
  b.byte(0x0b);
  const target = new CaseTarget(imports);
  cases.forEach((statements, k) => {
    target.enclosing = cased - FIRST_CASE - k;
    new IrEmitter(b, locals, target).unit(statements);
    locals.releaseAll();
    op.get(b, UPC).byte(0x41).s32(16).byte(0x6a);
    op.set(b, UPC);
    b.byte(0x0c)
      .u32(target.enclosing + TO_DISPATCH)
      .byte(0x0b);
  });
  // All others: through the table.
  count('calls of handlers and regions');
  spill(b);
  op.get(b, CPU_LOCAL);
  op.get(b, UPC);
  pushPc(b);
  op.get(b, UPC).byte(0x2f).u32(0).u32(0).byte(0x41).s32(cased).byte(0x6b);
  b.byte(0x11)
    .u32(module.type({ params: ['i32', 'i32', 'i64'], results: ['i32'] }))
    .u32(0);
  // Some charge time.
  loadField(b, 'BUDGET', 'i32');
  op.set(b, BUDGET);
  op.tee(b, RESULT).byte(0x45).byte(0x04).byte(0x40);
  op.get(b, UPC).byte(0x41).s32(16).byte(0x6a);
  op.set(b, UPC);
  b.byte(0x0c)
    .u32(1 + TO_DISPATCH)
    .byte(0x0b);
  loadField(b, 'PC', 'i64');
  op.set(b, NEXT_PC);
  const when = (result: number, label: number): void => {
    op.get(b, RESULT).byte(0x41).s32(result).byte(0x46).byte(0x0d).u32(label);
  };
  // A region of the hot tier.
  op.get(b, RESULT).byte(0x41).s32(regionResult.dispatch).byte(0x4e).byte(0x04).byte(0x40); // ge_s
  if (counters) {
    for (const [name, result] of Object.entries(regionResult)) {
      op.get(b, RESULT).byte(0x41).s32(result).byte(0x46).byte(0x04).byte(0x40);
      count(`regions left: ${name}`);
      b.byte(0x0b);
    }
  }
  loadField(b, 'UPC', 'i32');
  op.tee(b, UPC);
  op.set(b, RUN);
  when(regionResult.checked, 1 + TO_CHECKED);
  // The record may be that of another page. At the end of a page PAGE becomes wrong, but nothing there looks at it.
  op.get(b, UPC);
  op.get(b, NEXT_PC).byte(0xa7).byte(0x41).s32(0xffc).byte(0x71).byte(0x41).s32(2).byte(0x74).byte(0x6b);
  op.set(b, PAGE);
  op.get(b, NEXT_PC);
  op.get(b, UPC).byte(0x41).s32(2).byte(0x76).byte(0xad).byte(0x7d);
  op.set(b, PC_DELTA);
  when(regionResult.dispatch, 1 + TO_DISPATCH);
  when(regionResult.resync, 1 + TO_RESYNC);
  op.get(b, RESULT).byte(0x41).s32(regionResult.leaveFor).byte(0x4e).byte(0x04).byte(0x40); // ge_s
  leave(
    () => op.i32(op.get(b, RESULT), regionResult.leaveFor).byte(0x6b),
    () => op.get(b, NEXT_PC),
  );
  b.byte(0x0b);
  leave(
    () => loadField(b, 'LEAVE', 'i32'),
    () => op.get(b, NEXT_PC),
  );
  b.byte(0x0b);
  when(handlerResult.checkpoint, TO_CHECKPOINT);
  when(handlerResult.jumped, TO_JUMPED);
  when(handlerResult.unretired, TO_UNRETIRED);
  when(handlerResult.device, TO_UNRETIRED);
  when(handlerResult.watched, TO_UNRETIRED);
  // A hopeless fault leaves for the same reason as instructions that ask the host, but did not retire.
  op.get(b, RESULT).byte(0x41).s32(handlerResult.host).byte(0x46);
  loadField(b, 'LEAVE', 'i32').byte(0x41).s32(leaveReasons.HOST).byte(0x46).byte(0x71).byte(0x0d).u32(TO_UNRETIRED);
  charge(b, 1);
  leave(
    () => op.get(b, RESULT),
    () => op.get(b, NEXT_PC),
  );
  b.byte(0x0b); // end of $dispatch
  b.byte(0x0b); // end of $jumped
  charge(b, 1);
  b.byte(0x0c).u32(2); // $resync
  b.byte(0x0b); // end of $checkpoint
  charge(b, 1);
  b.byte(0x0c).u32(2); // $checked: inside of $unretired, $resync
  b.byte(0x0b); // end of $unretired
  charge(b, 0);
  op.get(b, RESULT).byte(0x41).s32(handlerResult.unretired).byte(0x46).byte(0x04).byte(0x40);
  loadField(b, 'PC', 'i64');
  op.set(b, NEXT_PC);
  b.byte(0x0c).u32(2).byte(0x0b);
  // A guest that only faults has its PC at the vector; every other reason belongs to the instruction that did not retire.
  op.get(b, RESULT).byte(0x41).s32(leaveReasons.HOST).byte(0x46).byte(0x04).byte(0x40);
  leave(
    () => op.get(b, RESULT),
    () => loadField(b, 'PC', 'i64'),
  );
  b.byte(0x0b);
  leave(
    () => op.get(b, RESULT),
    () => pushPc(b),
  );
  b.byte(0x0b); // end of $resync
  b.byte(0x00); // unreachable
  b.byte(0x0b); // end of $checked
  b.byte(0x00);
  module.add('run', { params: ['i32'], results: ['i32'] }, locals.types, b);
  return module.finish();
}
