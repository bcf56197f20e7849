import { CPU_LOCAL, Emitter, Locals, type Target } from '../../ir/emit.ts';
import type { Leave, SlotRef, Value } from '../../ir/nodes.ts';
import { Bytes } from '../../ir/wasm-writer.ts';
import { semanticFields } from '../../isa/derive/insn.ts';
import { offsetOf, SLOT_SP } from '../../state/layout.ts';
import { regionResult } from '../cold/handler.ts';
import { regionFrame, type FrameLocals, type RegionFunctions } from './frame.ts';
import { PAGE_WORDS, nameInRegion, type Block, type Region } from './region.ts';
import { RegionSemantics, RegionState } from './semantics.ts';
import { shapeOf, writeStructured } from './structure.ts';

export interface RegionCode {
  readonly locals: Locals;
  readonly body: Bytes;
  /** Offsets in the body of branches that are hardly ever taken. */
  readonly unlikely: readonly number[];
}

/** Behind the parameters: cpu, record, PC. */
const FIRST_LOCAL = 3;
const PC_LOCAL = 2;

/** Translates a region to the body of a function (cpu, record of the entry, PC of the entry) -> regionResult. */
export function emitRegion(region: Region, functions: RegionFunctions): RegionCode {
  return new RegionEmitter(region, functions).write();
}

class RegionEmitter implements Target {
  private readonly region: Region;
  private readonly functions: RegionFunctions;
  private readonly state = new RegionState();
  private readonly locals = new Locals(FIRST_LOCAL);
  private readonly frame: FrameLocals;
  private readonly out = new Bytes();
  private readonly e: Emitter;
  private readonly byFirst: ReadonlyMap<number, number>;
  private readonly entry: number;
  /** Word of the instruction that is written now, and instructions of its block that ran and are not yet charged. */
  private index = 0;
  private uncharged = 0;
  private block = 0;
  private go: (to: number) => void = () => {};
  private isCut: (from: number, to: number) => boolean = () => false;

  constructor(region: Region, functions: RegionFunctions) {
    this.region = region;
    this.functions = functions;
    this.entry = (region.blocks[0] as Block).first;
    this.byFirst = new Map(region.blocks.map(({ first }, node) => [first, node]));
    const { locals } = this;
    this.frame = {
      budget: locals.permanent('i32'),
      entryBudget: locals.permanent('i32'),
      result: locals.permanent('i32'),
      at: locals.permanent('i32'),
      target: locals.permanent('i64'),
      flagKind: locals.permanent('i32'),
      flagX: locals.permanent('i64'),
      flagY: locals.permanent('i64'),
      stackPointer: locals.permanent('i64'),
    };
    this.e = new Emitter(this.out, locals, this);
  }

  write(): RegionCode {
    const { state, frame, e, region } = this;
    e.bind(state.pc, PC_LOCAL);
    e.bind(state.flagVariables.kind, frame.flagKind);
    e.bind(state.flagVariables.x, frame.flagX);
    e.bind(state.flagVariables.y, frame.flagY);
    e.bind(state.register(SLOT_SP), frame.stackPointer);
    const shape = shapeOf(region.blocks.map((block) => this.successors(block)));
    this.isCut = (from, to) => shape.isCut(from, to);
    // The body stands in the block that leaving breaks out of.
    e.depth = 1;
    writeStructured(shape, {
      open: (kind) => {
        this.out.byte(kind === 'loop' ? 0x03 : 0x02).byte(0x40);
        return ++e.depth;
      },
      close: () => e.popBlock(),
      branch: (label) => void this.out.byte(0x0c).u32(e.depth - label),
      node: (node, merges, go) => this.node(node, merges, go),
    });
    const whole = regionFrame(state, frame, this.out, this.functions, (variable) => e.localOf(variable));
    return { locals: this.locals, body: whole.body, unlikely: e.unlikely.map((at) => at + whole.offset) };
  }

  private successors({ instructions, flow }: Block): number[] {
    const last = instructions.at(-1)?.index as number;
    const targets = [...(flow.branch === undefined ? [] : [last + flow.branch]), ...(flow.falls ? [last + 1] : [])];
    return targets.map((to) => this.byFirst.get(to)).filter((node) => node !== undefined);
  }

  /** Writes a block and, through `go`, what follows it. */
  private node(node: number, merges: boolean, go: (to: number) => void): void {
    const { state, e } = this;
    const { instructions, flow } = this.region.blocks[node] as Block;
    if (merges) state.flags = { by: 'unknown' };
    this.uncharged = 0;
    for (const instruction of instructions) {
      this.block = node;
      this.go = go;
      this.index = instruction.index;
      const isLast = instruction === instructions.at(-1);
      if (isLast && flow.branch !== undefined) this.charge(1);
      const b = new RegionSemantics(state, instruction.fields, this.delta(instruction.index));
      instruction.row.semantics(b, semanticFields(instruction.row, instruction.fields));
      for (const variable of state.fresh) e.bind(variable);
      state.fresh = [];
      if (b.needsFlags) this.writeFlags();
      this.locals.releaseAll();
      const { flags } = state;
      e.unit(b.statements);
      state.flags = flags;
      if (!(isLast && flow.branch !== undefined)) this.uncharged++;
    }
    this.block = node;
    this.go = go;
    const last = instructions.at(-1)?.index as number;
    if (flow.branch === undefined && flow.falls) this.charge(0);
    if (flow.falls) this.flow(last + 1);
    else this.out.byte(0x00);
  }

  private delta(index: number): number {
    return (index - this.entry) * 4;
  }

  /** Takes what ran off the budget, and `more`. */
  private charge(more: number): void {
    const count = this.uncharged + more;
    this.uncharged = 0;
    if (count === 0) return;
    const { budget } = this.frame;
    this.out.byte(0x20).u32(budget).byte(0x41).s32(count).byte(0x6b).byte(0x21).u32(budget);
  }

  /** Control goes to a word of the page, forward or by falling through. */
  private flow(to: number): void {
    const node = this.byFirst.get(to);
    if (node === undefined || this.isCut(this.block, node)) this.exit(regionResult.dispatch, to);
    else this.go(node);
  }

  /** Leaves with a constant result; PC becomes that of a word, which may lie outside of the page. */
  private exit(result: number, to: number): void {
    this.out.byte(0x41).s32(result);
    this.exitBy(to);
  }

  /** The same with the result on the stack. */
  private exitBy(to: number): void {
    this.out.byte(0x21).u32(this.frame.result);
    this.out
      .byte(0x20)
      .u32(PC_LOCAL)
      .byte(0x42)
      .s64(BigInt(this.delta(to)))
      .byte(0x7c)
      .byte(0x21)
      .u32(this.frame.target);
    this.breakOut();
  }

  private breakOut(): void {
    this.out.byte(0x0c).u32(this.e.depth - 1);
  }

  private writeFlags(): void {
    this.callFlags();
    this.out.byte(0x41).s32(0).byte(0x21).u32(this.frame.flagKind);
  }

  private callFlags(): void {
    const { flagKind, flagX, flagY } = this.frame;
    for (const local of [CPU_LOCAL, flagKind, flagX, flagY]) this.out.byte(0x20).u32(local);
    this.out.byte(0x10).u32(this.functions.flags);
  }

  // --- Target ------------------------------------------------------------------------------------------------------------------

  /** Vector registers stay in the state. */
  slotBase(e: Emitter, slot: SlotRef): number {
    if (slot.kind !== 'fixed') throw new Error('a region has no operands');
    e.out.byte(0x20).u32(CPU_LOCAL);
    return slot.offset;
  }

  operand(): void {
    throw new Error('a region has no operands');
  }

  pc(e: Emitter): void {
    e.out.byte(0x20).u32(PC_LOCAL);
    const delta = this.delta(this.index);
    if (delta !== 0) e.out.byte(0x42).s64(BigInt(delta)).byte(0x7c);
  }

  /** What the runtime may look at: time, the stack pointer, the flags; and where we are, for leaving. */
  spill(e: Emitter): void {
    const { out } = e;
    out.byte(0x41).s32(this.delta(this.index)).byte(0x21).u32(this.frame.at);
    out.byte(0x20).u32(CPU_LOCAL).byte(0x20).u32(this.frame.budget);
    if (this.uncharged > 0) out.byte(0x41).s32(this.uncharged).byte(0x6b);
    e.storeOp('i32', 4, offsetOf('BUDGET'));
    out.byte(0x20).u32(CPU_LOCAL).byte(0x20).u32(this.frame.stackPointer);
    e.storeOp('i64', 8, offsetOf('X', SLOT_SP));
    this.callFlags();
  }

  leave(e: Emitter, why: Leave): void {
    if (why === 'resync') return this.leaveUnretired();
    if (why !== 'checkpoint') throw new Error('such an instruction belongs to no region');
    const { uncharged } = this;
    this.charge(1);
    this.uncharged = uncharged;
    e.out.byte(0x41).s32(regionResult.checkpoint);
    this.exitBy(this.index + 1);
  }

  leaveUnretired(): void {
    this.out.byte(0x41).s32(regionResult.leave).byte(0x21).u32(this.frame.result);
    this.breakOut();
  }

  /** The block is charged already. A branch backwards is a checkpoint; within the page it goes on while there is budget. */
  jump(e: Emitter, offset: Value): void {
    if (offset.node.kind !== 'const') throw new Error('a branch has no constant offset');
    const words = Number(offset.node.value) >> 2;
    const to = this.index + words;
    const isInside = to >= 0 && to < PAGE_WORDS;
    if (words > 0) return isInside ? this.flow(to) : this.exit(regionResult.resync, to);
    if (!isInside) return this.exit(regionResult.checked, to);
    const node = this.byFirst.get(to);
    const hasBudget = (): void => void e.out.byte(0x20).u32(this.frame.budget).byte(0x41).s32(0).byte(0x4a);
    if (node === undefined || this.isCut(this.block, node)) {
      e.out.byte(0x41).s32(regionResult.dispatch).byte(0x41).s32(regionResult.checked);
      hasBudget();
      e.out.byte(0x1b);
      return this.exitBy(to);
    }
    hasBudget();
    e.out.byte(0x45);
    e.pushIf(true);
    this.exit(regionResult.checked, to);
    e.popBlock();
    this.go(node);
  }

  jumpTo(e: Emitter, target: Value): void {
    e.push(target);
    e.out.byte(0x21).u32(this.frame.target);
    this.charge(1);
    e.out.byte(0x41).s32(regionResult.checked).byte(0x21).u32(this.frame.result);
    this.breakOut();
  }

  functionIndex(name: string): number {
    return this.functions.index(nameInRegion(name));
  }
}
