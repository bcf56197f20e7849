/** What stands around the code of a region: registers come from the state, and go back on every way out. */
import { CPU_LOCAL } from '../../ir/emit.ts';
import type { Variable } from '../../ir/nodes.ts';
import type { Bytes } from '../../ir/wasm-writer.ts';
import { SLOT_SP } from '../../state/layout.ts';
import { leaveReasons } from '../../state/memory-map.ts';
import { regionResult } from '../cold/handler.ts';
import type { RegionState } from './semantics.ts';
import { Writer } from './writer.ts';

/** Indexes of the functions that a region's code calls. */
export interface RegionFunctions {
  index(name: string): number;
  /** (cpu, kind, x, y): writes lazy flags to the state. */
  readonly flags: number;
  /** (cpu, record, pc, result) -> result: goes on to the next region, if there is one. */
  readonly chain: number;
}

export interface FrameLocals {
  readonly budget: number;
  readonly entryBudget: number;
  readonly result: number;
  /** Bytes from the entry to the instruction that called the runtime. */
  readonly at: number;
  /** Where control goes: PC. */
  readonly target: number;
  readonly flagKind: number;
  readonly flagX: number;
  readonly flagY: number;
  readonly stackPointer: number;
}

const RECORD_LOCAL = 1;
const PC_LOCAL = 2;

/** Puts the frame around the code; answers the whole and where in it the code begins. */
export function regionFrame(
  state: RegionState,
  frame: FrameLocals,
  code: Bytes,
  functions: RegionFunctions,
  localOf: (variable: Variable) => number,
): { body: Bytes; offset: number } {
  const b = new Writer();
  for (const [slot, variable] of state.registers) b.load('X', 'i64', slot).set(localOf(variable));
  for (const [field, variable] of state.constants) b.load(field, 'i32').set(localOf(variable));
  // The loop has not charged the straight run that led here.
  b.load('BUDGET', 'i32').get(RECORD_LOCAL).load('RUN_START', 'i32').byte(0x6b).i32(4).byte(0x76).byte(0x6b);
  b.byte(0x22).u32(frame.budget).set(frame.entryBudget);
  b.store('RUN_START', 'i32', () => b.get(RECORD_LOCAL));
  b.bytes([0x02, 0x40]);
  const offset = b.length;
  b.bytes(code.view()).bytes([0x00, 0x0b]);
  for (const slot of state.written) {
    if (slot !== SLOT_SP) b.store('X', 'i64', () => b.get(localOf(state.register(slot))), slot);
  }
  b.get(frame.result).i32(regionResult.leave).bytes([0x46, 0x04, 0x40]);
  // Stopped in an instruction, which spilled: where an exception was taken, PC, stack pointer and flags are those of the handler.
  countInstructions(b, frame, () => b.load('BUDGET', 'i32'));
  b.load('LEAVE', 'i32').byte(0x22).u32(frame.result).i32(leaveReasons.RESYNC).bytes([0x46, 0x04, 0x40]);
  b.i32(regionResult.resync).bytes([0x0f, 0x0b]);
  b.get(frame.result).i32(leaveReasons.HOST).bytes([0x47, 0x04, 0x40]);
  b.store('PC', 'i64', () => b.get(PC_LOCAL).get(frame.at).bytes([0xac, 0x7c]));
  b.byte(0x0b);
  b.get(frame.result).i32(leaveReasons.COLD).bytes([0x46, 0x04, 0x40]);
  b.store('UPC', 'i32', () => b.get(RECORD_LOCAL).get(frame.at).i32(2).bytes([0x74, 0x6a]));
  b.get(CPU_LOCAL).load('UPC', 'i32').byte(0x10).u32(functions.index('coldOnly'));
  b.i32(regionResult.dispatch).bytes([0x0f, 0x0b]);
  b.i32(regionResult.leave).bytes([0x0f, 0x0b]);
  if (state.written.has(SLOT_SP)) b.store('X', 'i64', () => b.get(frame.stackPointer), SLOT_SP);
  b.get(frame.flagKind).bytes([0x04, 0x40]);
  b.get(CPU_LOCAL).get(frame.flagKind).get(frame.flagX).get(frame.flagY).byte(0x10).u32(functions.flags);
  b.byte(0x0b);
  countInstructions(b, frame, () => b.get(frame.budget));
  b.store('BUDGET', 'i32', () => b.get(frame.budget));
  b.store('PC', 'i64', () => b.get(frame.target));
  b.get(CPU_LOCAL).get(RECORD_LOCAL).get(frame.target).get(PC_LOCAL).bytes([0x7d, 0xa7]).i32(2).bytes([0x74, 0x6a]);
  b.get(frame.target).get(frame.result).byte(0x12).u32(functions.chain); // return_call
  return { body: b, offset };
}

function countInstructions(b: Writer, frame: FrameLocals, budget: () => void): void {
  b.store('HOT_INSTRUCTIONS', 'i64', () => {
    b.load('HOT_INSTRUCTIONS', 'i64').get(frame.entryBudget);
    budget();
    b.bytes([0x6b, 0xac, 0x7c]);
  });
}
