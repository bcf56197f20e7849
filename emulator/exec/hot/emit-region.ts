import { CPU_LOCAL, Emitter, Locals, type Target } from '../../ir/emit.ts';
import type { Leave, SlotRef, Value } from '../../ir/nodes.ts';
import type { Bytes } from '../../ir/wasm-writer.ts';
import { semanticFields } from '../../isa/derive/insn.ts';
import { offsetOf, SLOT_SP } from '../../state/layout.ts';
import { memoryMap } from '../../state/memory-map.ts';
import { regionResult } from '../cold/handler.ts';
import { ExitSets } from './exits.ts';
import { body, FIRST_OUTSIDE, regionFrame, type FrameLocals, type RegionFunctions } from './frame.ts';
import {
  isExactFloat,
  nameInRegion,
  PAGE_WORDS,
  pageOf,
  type Block,
  type Instruction,
  type Place,
  type Region,
} from './region.ts';
import { returnSites } from './returns.ts';
import { slowInfo } from './slow-paths.ts';
import { RegionSemantics, RegionState } from './semantics.ts';
import { shapeOf, writeStructured, type Shape } from './structure.ts';
import { Writer } from './writer.ts';

export interface RegionCode {
  readonly locals: Locals;
  readonly body: Bytes;
  /** Offsets in the body of branches that are hardly ever taken. */
  readonly unlikely: readonly number[];
}

/** Where micro-ops lie: addresses of their pages, by number of the page. Index of the global with the handler of the first entry. */
export interface Placement {
  recordOf(place: Place): number;
  readonly firstHandler: number;
}

/** Translates a region to the function that {@link body} describes. */
export function emitRegion(region: Region, placement: Placement, functions: RegionFunctions): RegionCode {
  return new RegionEmitter(region, placement, functions).write();
}

/** More places that a return may come back to than this are left to the chain. */
const MAX_RETURN_SITES = 6;

class RegionEmitter implements Target {
  private readonly region: Region;
  private readonly placement: Placement;
  private readonly functions: RegionFunctions;
  private readonly state = new RegionState();
  private readonly locals = new Locals(body.firstLocal);
  private readonly frame: FrameLocals;
  private readonly out = new Writer();
  private readonly e: Emitter;
  /** Nodes of the graph by first place; node 0 is the dispatcher. */
  private readonly byFirst: ReadonlyMap<Place, number>;
  private readonly returns: ReadonlyMap<Place, readonly Place[]>;
  private readonly pages: readonly number[];
  private readonly exits: ExitSets;
  private readonly outside: Instruction[] = [];
  private shape!: Shape;
  /** The instruction that is written now, and instructions of its block that ran and are not yet charged. */
  private place: Place = 0;
  private uncharged = 0;
  private isCheckpoint = false;
  private block = 0;
  private go: (to: number) => void = () => {};

  constructor(region: Region, placement: Placement, functions: RegionFunctions) {
    this.region = region;
    this.placement = placement;
    this.functions = functions;
    this.byFirst = new Map(region.blocks.map(({ first }, index) => [first, index + 1]));
    this.returns = returnSites(region);
    this.pages = [...new Set(region.blocks.map(({ first }) => pageOf(first)))];
    this.exits = new ExitSets(region.blocks.length + 1);
    const { locals } = this;
    this.frame = {
      budget: locals.permanent('i32'),
      entryBudget: locals.permanent('i32'),
      result: locals.permanent('i32'),
      record: locals.permanent('i32'),
      target: locals.permanent('i64'),
      flagKind: locals.permanent('i32'),
      flagX: locals.permanent('i64'),
      flagY: locals.permanent('i64'),
      stackPointer: locals.permanent('i64'),
    };
    this.e = new Emitter(this.out, locals, this);
  }

  /** The bit of a page among those that are known to be mapped as they were when the region was made. */
  private pageBit(place: Place): number {
    return 1 << this.pages.indexOf(pageOf(place));
  }

  /** What is known to be mapped when the region is entered there. */
  static knownAt(region: Region, entry: Place): number {
    const pages = [...new Set(region.blocks.map(({ first }) => pageOf(first)))];
    return 1 << pages.indexOf(pageOf(entry));
  }

  write(): RegionCode {
    const { state, frame, e, region, out } = this;
    e.bind(state.pc, body.base);
    e.bind(state.flagVariables.kind, frame.flagKind);
    e.bind(state.flagVariables.x, frame.flagX);
    e.bind(state.flagVariables.y, frame.flagY);
    e.bind(state.register(SLOT_SP), frame.stackPointer);
    const entries = region.entries.map((place) => this.byFirst.get(place) as number);
    this.shape = shapeOf([entries, ...region.blocks.map((block) => this.successors(block))]);
    writeStructured(this.shape, {
      open: (kind) => {
        out.byte(kind === 'loop' ? 0x03 : 0x02).byte(0x40);
        return ++e.depth;
      },
      close: () => e.popBlock(),
      branch: (label) => void out.byte(0x0c).u32(e.depth - label),
      node: (node, merges, go) => this.node(node, merges, go),
      dispatch: (labels) => {
        out
          .get(body.selector)
          .byte(0x0e)
          .u32(labels.length - 1);
        for (const label of labels) out.u32(e.depth - label);
      },
    });
    this.exits.flow([[], ...region.blocks.map((block) => this.successors(block).flatMap((to) => (to === 0 ? entries : [to])))]);
    this.exits.resolve(out);
    const whole = regionFrame(state, frame, out, this.exits, this.functions, this.outside, (variable) => e.localOf(variable));
    return { locals: this.locals, body: whole.body, unlikely: e.unlikely.map((at) => at + whole.offset) };
  }

  private successors({ instructions, flow }: Block): number[] {
    const last = instructions.at(-1)?.place as Place;
    const targets: Place[] = flow.branch === undefined ? [] : [last + flow.branch];
    if (flow.falls) targets.push(last + 1);
    if (flow.by === 'return') targets.push(...(this.returns.get(last) ?? []));
    const nodes = targets.map((to) => this.byFirst.get(to)).filter((node) => node !== undefined);
    return this.dispatches(flow) ? [...nodes, 0] : nodes;
  }

  /** Whether an indirect branch looks for its target among the entries. */
  private dispatches(flow: Block['flow']): boolean {
    return flow.by === 'register' && !flow.links && this.region.entries.length > 1;
  }

  /** Writes a block and, through `go`, what follows it. */
  private node(node: number, merges: boolean, go: (to: number) => void): void {
    const { state, e } = this;
    const { instructions, flow } = this.region.blocks[node - 1] as Block;
    if (merges || node === 1) {
      state.flags = { by: 'unknown' };
      state.isFpChecked = false;
    }
    state.defined = this.exits.definedBy(node);
    this.uncharged = 0;
    for (const instruction of instructions) {
      this.block = node;
      this.go = go;
      this.place = instruction.place;
      this.isCheckpoint = instruction.isCheckpoint ?? false;
      if (instruction.isOutside) {
        this.runOutside(instruction);
        continue;
      }
      const isLast = instruction === instructions.at(-1);
      if (isLast && flow.branch !== undefined) this.charge(1);
      const b = new RegionSemantics(state, instruction.fields, instruction.place * 4);
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
    const last = instructions.at(-1)?.place as Place;
    if (flow.branch === undefined && flow.falls) this.charge(0);
    if (flow.falls) this.goOn(last + 1);
    else this.out.byte(0x00);
  }

  private runOutside(instruction: Instruction): void {
    this.charge(0);
    this.out.i32(FIRST_OUTSIDE + this.outside.push(instruction) - 1);
    this.exitBy(instruction.place);
  }

  /** Takes what ran off the budget, and `more`. */
  private charge(more: number): void {
    const count = this.uncharged + more;
    this.uncharged = 0;
    if (count === 0) return;
    const { budget } = this.frame;
    this.out.get(budget).i32(count).byte(0x6b).set(budget);
  }

  /** Control goes on forward. Another page is a checkpoint, as a branch backwards is. */
  private goOn(to: Place): void {
    if (pageOf(to) === pageOf(this.place)) this.flow(to, regionResult.dispatch);
    else this.check(to);
  }

  /** A checkpoint on the way to a place: goes on while there is budget. */
  private check(to: Place): void {
    const node = this.byFirst.get(to);
    if (node === undefined && pageOf(to) !== pageOf(this.place)) return this.exit(regionResult.checked, to);
    this.hasBudget();
    if (node === undefined) {
      const has = this.locals.take('i32');
      this.out.set(has).i32(regionResult.dispatch).i32(regionResult.checked).get(has).byte(0x1b);
      return this.exitBy(to);
    }
    this.out.byte(0x45);
    this.e.pushIf(true);
    this.exit(regionResult.checked, to);
    this.e.popBlock();
    this.flow(to, regionResult.checked);
  }

  /** Control goes to a place, in the region or out of it with that result. */
  private flow(to: Place, result: number): void {
    const node = this.byFirst.get(to);
    if (node === undefined) return this.exit(result, to);
    if (pageOf(to) !== pageOf(this.place)) this.checkPage(to, result);
    if (this.shape.isCut(this.block, node)) {
      this.out.i32(this.shape.dispatched.indexOf(node)).set(body.selector);
      this.go(0);
    } else this.follow(node);
  }

  /** Goes to a node, which may be written here: then where we are is restored for what else this block leads to. */
  private follow(node: number): void {
    const { place, block, go, uncharged, state } = this;
    const { flags, defined, isFpChecked } = state;
    go(node);
    Object.assign(this, { place, block, go, uncharged });
    Object.assign(state, { flags, defined, isFpChecked });
  }

  /** Another page: what the fetch table says of it must be what the region was made from. It is asked once, until the region is left. */
  private checkPage(to: Place, result: number): void {
    const { out, e } = this;
    const page = pageOf(to) * PAGE_WORDS;
    const bit = this.pageBit(to);
    out.get(body.known).i32(bit).byte(0x71).byte(0x45);
    e.pushIf(true);
    const entry = this.locals.take('i32');
    const va = (): Writer =>
      out
        .get(body.base)
        .i64(BigInt(page * 4))
        .byte(0x7c);
    out.load('TLB_FETCH', 'i32');
    va().i64(8n).bytes([0x88, 0xa7]).i32(memoryMap.SLOT_FETCH_MASK).bytes([0x71, 0x6a]).byte(0x22).u32(entry).bytes([0x29, 0, 0]);
    va().i64(12n).byte(0x88).i64(-0x8000_0000_0000_0000n).bytes([0x84, 0x52]);
    out
      .get(entry)
      .bytes([0x28, 0, 8])
      .i32(this.placement.recordOf(page) - PAGE_HEADER)
      .bytes([0x47, 0x72]);
    e.pushIf(true);
    this.exit(result, to);
    e.popBlock();
    out.get(body.known).i32(bit).byte(0x72).set(body.known);
    e.popBlock();
  }

  /** Leaves with a constant result; PC becomes that of a place. */
  private exit(result: number, to: Place): void {
    this.out.i32(result);
    this.exitBy(to);
  }

  /** The same with the result on the stack. */
  private exitBy(to: Place): void {
    const { out, frame } = this;
    out.set(frame.result);
    if (pageOf(to) === pageOf(this.place)) out.i32(this.placement.recordOf(to)).set(frame.record);
    out
      .get(body.base)
      .i64(BigInt(to * 4))
      .byte(0x7c)
      .set(frame.target);
    this.breakOut();
  }

  private breakOut(): void {
    this.exits.branch(this.out, this.block, this.e.depth);
  }

  private writeFlags(): void {
    this.callFlags();
    this.out.i32(0).set(this.frame.flagKind);
  }

  private callFlags(): void {
    const { flagKind, flagX, flagY } = this.frame;
    for (const local of [CPU_LOCAL, flagKind, flagX, flagY]) this.out.get(local);
    this.out.byte(0x10).u32(this.functions.flags);
  }

  // --- Target ------------------------------------------------------------------------------------------------------------------

  slotBase(e: Emitter, slot: SlotRef): number {
    if (slot.kind !== 'fixed') throw new Error('a region has no operands');
    e.out.byte(0x20).u32(CPU_LOCAL);
    return slot.offset;
  }

  operand(): void {
    throw new Error('a region has no operands');
  }

  pc(): void {
    this.out.get(body.base);
    if (this.place !== 0) this.out.i64(BigInt(this.place * 4)).byte(0x7c);
  }

  /** What the runtime may look at: time, the stack pointer, the flags. Arithmetic looks at nothing. */
  spill(e: Emitter, name: string): void {
    if (isExactFloat(name)) return;
    const { out, frame } = this;
    out.get(CPU_LOCAL).get(frame.budget);
    if (this.uncharged > 0) out.i32(this.uncharged).byte(0x6b);
    e.storeOp('i32', 4, offsetOf('BUDGET'));
    out.get(CPU_LOCAL).get(frame.stackPointer);
    e.storeOp('i64', 8, offsetOf('X', SLOT_SP));
    this.callFlags();
  }

  /** Time that was charged counts neither as instructions nor a second time. */
  charged(): void {
    const { out, frame, uncharged } = this;
    const push = (): void => {
      out.load('BUDGET', 'i32');
      if (uncharged > 0) out.i32(uncharged).byte(0x6a);
    };
    out.get(frame.entryBudget).get(frame.budget).byte(0x6b);
    push();
    out.byte(0x6a).set(frame.entryBudget);
    push();
    out.set(frame.budget);
  }

  callSlow(_e: Emitter, name: string, va: number, info: number): void {
    const { out, frame } = this;
    out
      .get(CPU_LOCAL)
      .get(va)
      .i32(slowInfo(info, this.uncharged))
      .get(body.base)
      .i32(this.place * 4);
    for (const local of [frame.budget, frame.stackPointer, frame.flagKind, frame.flagX, frame.flagY]) out.get(local);
    out.byte(0x10).u32(this.functions.slow(nameInRegion(name)));
  }

  leave(e: Emitter, why: Leave): void {
    if (why === 'resync') return this.leaveUnretired();
    if (why !== 'checkpoint') throw new Error('such an instruction belongs to no region');
    const { uncharged, out } = this;
    this.charge(1);
    if (!this.isCheckpoint) {
      this.uncharged = uncharged;
      out.i32(regionResult.checked);
      return this.exitBy(this.place + 1);
    }
    out.load('IRQ_LINES', 'i32');
    this.hasBudget();
    out.bytes([0x45, 0x72]);
    this.e.pushIf(true);
    out.i32(regionResult.checked);
    this.exitBy(this.place + 1);
    this.e.popBlock();
    // It is charged already.
    this.uncharged = -1;
  }

  leaveUnretired(): void {
    this.out.i32(regionResult.leave).set(this.frame.result);
    this.breakOut();
  }

  /** The block is charged already. */
  jump(_e: Emitter, offset: Value): void {
    if (offset.node.kind !== 'const') throw new Error('a branch has no constant offset');
    const words = Number(offset.node.value) >> 2;
    if (words > 0) this.goOn(this.place + words);
    else this.check(this.place + words);
  }

  private hasBudget(): void {
    this.out.get(this.frame.budget).i32(0).byte(0x4a);
  }

  jumpTo(e: Emitter, target: Value): void {
    const { out, frame } = this;
    const { flow } = this.region.blocks[this.block - 1] as Block;
    e.push(target);
    out.set(frame.target);
    this.charge(1);
    const sites = flow.by === 'return' ? (this.returns.get(this.place) ?? []) : [];
    if (sites.length > 0 && sites.length <= MAX_RETURN_SITES) this.returnTo(e, sites);
    if (this.dispatches(flow)) this.dispatchTo(e);
    out.i32(regionResult.checked).set(frame.result);
    this.breakOut();
  }

  /** To whoever called, if that was one of the region's own calls. */
  private returnTo(e: Emitter, sites: readonly Place[]): void {
    const { out, frame } = this;
    this.hasBudget();
    e.pushIf();
    for (const site of sites) {
      out.get(frame.target);
      out
        .get(body.base)
        .i64(BigInt(site * 4))
        .bytes([0x7c, 0x51]);
      e.pushIf();
      this.flow(site, regionResult.checked);
      e.popBlock();
    }
    e.popBlock();
  }

  /** To the entry on this page whose handler the record of the target has. */
  private dispatchTo(e: Emitter): void {
    const { out, frame } = this;
    const page = pageOf(this.place) * PAGE_WORDS;
    const offset = this.locals.take('i64');
    const number = this.locals.take('i32');
    out
      .get(frame.target)
      .get(body.base)
      .i64(BigInt(page * 4))
      .bytes([0x7c, 0x7d, 0x22])
      .u32(offset)
      .i64(-0xffdn) // above 4095, or not aligned
      .byte(0x83)
      .byte(0x50);
    this.hasBudget();
    out.byte(0x71);
    e.pushIf();
    out.get(offset).byte(0xa7).i32(2).byte(0x74).bytes([0x2f, 0]).u32(this.placement.recordOf(page));
    out.byte(0x23).u32(this.placement.firstHandler).byte(0x6b).byte(0x22).u32(number);
    out.i32(this.region.entries.length).byte(0x49);
    e.pushIf();
    out.get(number).set(body.selector);
    this.go(0);
    e.popBlock();
    e.popBlock();
  }

  functionIndex(name: string): number {
    return this.functions.index(nameInRegion(name));
  }
}

export const knownAt = (region: Region, entry: Place): number => RegionEmitter.knownAt(region, entry);

const PAGE_HEADER = 16;
