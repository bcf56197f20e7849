/** What stands around the code of a region: registers come from the state, and go back on every way out. */
import { CPU_LOCAL } from '../../ir/emit.ts';
import type { Variable } from '../../ir/nodes.ts';
import { hostRounding } from '../../isa/derive/semantics.ts';
import { SLOT_SP } from '../../state/layout.ts';
import { leaveReasons } from '../../state/memory-map.ts';
import { regionResult } from '../cold/handler.ts';
import type { ExitSets } from './exits.ts';
import type { Instruction } from './region.ts';
import { FIRST_VECTOR, type RegionState } from './semantics.ts';
import { Writer } from './writer.ts';

/** Indexes of the functions that a region's code calls. */
export interface RegionFunctions {
  index(name: string): number;
  /** The function of slow-paths.ts for one of the runtime. */
  slow(name: string): number;
  /** (cpu, kind, x, y): writes lazy flags to the state. */
  readonly flags: number;
  /** (cpu, record, pc, result) -> result: goes on to the next region, if there is one. */
  readonly chain: number;
  /** The function of an instruction that runs outside of its region, and what comes behind all of them: see outside.ts. */
  outside(instruction: Instruction): number;
  readonly afterOutside: number;
}

/**
 * Parameters of a region's function, which answers a regionResult: the core, the record of the entry, the address of the first word of the
 * region's first page, the number of the entry, and bits of the pages that are known to be mapped.
 */
export const body = {
  cpu: CPU_LOCAL,
  record: 1,
  base: 2,
  selector: 3,
  known: 4,
  firstLocal: 5,
  signature: { params: ['i32', 'i32', 'i64', 'i32', 'i32'], results: ['i32'] },
} as const;

export interface FrameLocals {
  readonly budget: number;
  readonly entryBudget: number;
  readonly result: number;
  /** Where control goes: the record, on the same page, and the address. */
  readonly record: number;
  readonly target: number;
  readonly flagKind: number;
  readonly flagX: number;
  readonly flagY: number;
  readonly stackPointer: number;
}

/** Puts the frame around the code; answers the whole and where in it the code begins. */
export function regionFrame(
  state: RegionState,
  frame: FrameLocals,
  code: Writer,
  exits: ExitSets,
  functions: RegionFunctions,
  outside: readonly Instruction[],
  localOf: (variable: Variable) => number,
): { body: Writer; offset: number } {
  const b = new Writer();
  for (const [slot, variable] of state.registers) b.load('X', 'i64', slot).set(localOf(variable));
  for (const [n, variable] of state.vectors) b.vector('load', n).set(localOf(variable));
  for (const [field, variable] of state.constants) b.load(field, 'i32').set(localOf(variable));
  if (state.roundsAsHost) {
    b.load('FPSR', 'i32').i32(hostRounding.fpsr).byte(0x71).load('FPCR', 'i32').i32(hostRounding.fpcr).bytes([0x71, 0x4b]); // and, and, gt_u
    b.set(localOf(state.roundsAsHost));
  }
  b.load('FLAG_KIND', 'i32').set(frame.flagKind);
  b.load('FLAG_X', 'i64').set(frame.flagX);
  b.load('FLAG_Y', 'i64').set(frame.flagY);
  // The loop has not charged the straight run that led here.
  b.load('BUDGET', 'i32').get(body.record).load('RUN_START', 'i32').byte(0x6b).i32(4).byte(0x76).byte(0x6b);
  b.byte(0x22).u32(frame.budget).set(frame.entryBudget);
  b.store('RUN_START', 'i32', () => b.get(body.record));
  for (let i = exits.sets.length; i >= 0; i--) b.bytes([0x02, 0x40]);
  const offset = b.length;
  b.bytes(code.view()).byte(0x00);
  exits.sets.forEach((slots, label) => {
    b.byte(0x0b);
    for (const slot of slots) {
      if (slot >= FIRST_VECTOR) {
        const n = slot - FIRST_VECTOR;
        b.vector('store', n, () => b.get(localOf(state.vector(n))));
      } else if (slot !== SLOT_SP) b.store('X', 'i64', () => b.get(localOf(state.register(slot))), slot);
    }
    if (label < exits.sets.length - 1) b.byte(0x0c).u32(exits.sets.length - 1 - label);
  });
  b.byte(0x0b);
  b.get(frame.result).i32(regionResult.leave).bytes([0x46, 0x04, 0x40]);
  leave(b, frame, functions);
  b.byte(0x0b);
  outside.forEach((instruction, n) => {
    b.get(frame.result)
      .i32(FIRST_OUTSIDE + n)
      .bytes([0x46, 0x04, 0x40]);
    runOutside(b, state, frame, functions, functions.outside(instruction));
    b.byte(0x0b);
  });
  if (state.registersWritten.has(SLOT_SP)) b.store('X', 'i64', () => b.get(frame.stackPointer), SLOT_SP);
  b.store('FLAG_KIND', 'i32', () => b.get(frame.flagKind));
  b.store('FLAG_X', 'i64', () => b.get(frame.flagX));
  b.store('FLAG_Y', 'i64', () => b.get(frame.flagY));
  countInstructions(b, frame, () => b.get(frame.budget));
  b.store('BUDGET', 'i32', () => b.get(frame.budget));
  b.store('PC', 'i64', () => b.get(frame.target));
  b.get(CPU_LOCAL).get(frame.record).get(frame.target).get(frame.result).byte(0x12).u32(functions.chain); // return_call
  return { body: b, offset };
}

/** What stands for a result where the n-th instruction that runs outside comes next. */
export const FIRST_OUTSIDE = 64;

function runOutside(b: Writer, state: RegionState, frame: FrameLocals, functions: RegionFunctions, run: number): void {
  if (state.registersWritten.has(SLOT_SP)) b.store('X', 'i64', () => b.get(frame.stackPointer), SLOT_SP);
  for (const local of [CPU_LOCAL, frame.flagKind, frame.flagX, frame.flagY]) b.get(local);
  b.byte(0x10).u32(functions.flags);
  b.store('FLAG_KIND', 'i32', () => b.i32(0));
  countInstructions(b, frame, () => b.get(frame.budget));
  b.store('BUDGET', 'i32', () => b.get(frame.budget));
  b.store('PC', 'i64', () => b.get(frame.target));
  for (const field of ['UPC', 'RUN_START']) b.store(field, 'i32', () => b.get(frame.record));
  for (let i = 0; i < 2; i++) b.get(CPU_LOCAL).get(frame.record).get(frame.target);
  b.byte(0x10).u32(run).byte(0x12).u32(functions.afterOutside); // return_call
}

/**
 * Stopped in an instruction whose slow path put time, stack pointer, flags and PC into the state; or an exception was taken, and they are
 * those of the handler.
 */
function leave(b: Writer, frame: FrameLocals, functions: RegionFunctions): void {
  countInstructions(b, frame, () => b.load('BUDGET', 'i32'));
  b.store('FLAG_KIND', 'i32', () => b.i32(0));
  b.load('LEAVE', 'i32').byte(0x22).u32(frame.result).i32(leaveReasons.RESYNC).bytes([0x46, 0x04, 0x40]);
  b.get(CPU_LOCAL).get(body.record).load('PC', 'i64').i32(regionResult.checked).byte(0x12).u32(functions.chain).byte(0x0b); // return_call
  b.get(frame.result).i32(leaveReasons.COLD).bytes([0x46, 0x04, 0x40]);
  b.get(CPU_LOCAL).byte(0x10).u32(functions.index('coldOnly'));
  b.i32(regionResult.resync).bytes([0x0f, 0x0b]);
  b.i32(regionResult.leave).byte(0x0f);
}

function countInstructions(b: Writer, frame: FrameLocals, budget: () => void): void {
  b.store('HOT_INSTRUCTIONS', 'i64', () => {
    b.load('HOT_INSTRUCTIONS', 'i64').get(frame.entryBudget);
    budget();
    b.bytes([0x6b, 0xac, 0x7c]);
  });
}
