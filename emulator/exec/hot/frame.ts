/** What stands around the code of a region: registers come from the state, and go back on every way out. */
import { CPU_LOCAL } from '../../ir/emit.ts';
import type { Variable } from '../../ir/nodes.ts';
import { Bytes } from '../../ir/wasm-writer.ts';
import { offsetOf, SLOT_SP } from '../../state/layout.ts';
import { leaveReasons } from '../../state/memory-map.ts';
import { regionResult } from '../cold/handler.ts';
import type { RegionState } from './semantics.ts';

/** Indexes of the functions that a region's code calls. */
export interface RegionFunctions {
  index(name: string): number;
  /** (cpu, kind, x, y): writes lazy flags to the state. */
  readonly flags: number;
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

class Writer extends Bytes {
  get(local: number): this {
    return this.byte(0x20).u32(local);
  }

  set(local: number): this {
    return this.byte(0x21).u32(local);
  }

  i32(value: number): this {
    return this.byte(0x41).s32(value);
  }

  load(field: string, type: 'i32' | 'i64', index = 0): this {
    return this.get(CPU_LOCAL)
      .byte(type === 'i32' ? 0x28 : 0x29)
      .bytes([0])
      .u32(offsetOf(field, index));
  }

  store(field: string, type: 'i32' | 'i64', push: () => void, index = 0): this {
    this.get(CPU_LOCAL);
    push();
    return this.byte(type === 'i32' ? 0x36 : 0x37)
      .bytes([0])
      .u32(offsetOf(field, index));
  }
}

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
  b.get(CPU_LOCAL).get(frame.flagKind).get(frame.flagX).get(frame.flagY).byte(0x10).u32(functions.flags);
  countInstructions(b, frame, () => b.get(frame.budget));
  b.store('BUDGET', 'i32', () => b.get(frame.budget));
  b.store('PC', 'i64', () => b.get(frame.target));
  b.store('UPC', 'i32', () => b.get(RECORD_LOCAL).get(frame.target).get(PC_LOCAL).bytes([0x7d, 0xa7]).i32(2).bytes([0x74, 0x6a]));
  b.get(frame.result);
  return { body: b, offset };
}

function countInstructions(b: Writer, frame: FrameLocals, budget: () => void): void {
  b.store('HOT_INSTRUCTIONS', 'i64', () => {
    b.load('HOT_INSTRUCTIONS', 'i64').get(frame.entryBudget);
    budget();
    b.bytes([0x6b, 0xac, 0x7c]);
  });
}
