/**
 * Functions of a module through which its regions call the runtime for guest accesses that the soft TLB cannot answer. They write to the
 * state what the runtime may look at (time, stack pointer, flags), and PC, so that the regions need not say that in many places.
 */
import { CPU_LOCAL } from '../../ir/emit.ts';
import type { Signature } from '../../ir/wasm-writer.ts';
import { SLOT_SP } from '../../state/layout.ts';
import { Writer } from './writer.ts';

/** (cpu, va, info and count, base, offset, budget, stack pointer, kind, x, y of the flags); the instruction stands at base + offset. */
export const slowSignature: Signature = {
  params: ['i32', 'i64', 'i32', 'i64', 'i32', 'i32', 'i64', 'i32', 'i64', 'i64'],
  results: ['i32'],
};
const [VA, INFO, BASE, OFFSET, BUDGET, STACK_POINTER, KIND, X, Y] = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

const COUNT_SHIFT = 16;

/** What is known when a region is translated: the access, and instructions that ran and are not yet taken off the budget. */
export function slowInfo(info: number, uncharged: number): number {
  return info | (uncharged << COUNT_SHIFT);
}

/** The function that calls one of the runtime, by index; `flags` writes lazy flags. It keeps the runtime's answer. */
export function slowPath(runtime: number, flags: number): Writer {
  const b = new Writer();
  b.store('BUDGET', 'i32', () => b.get(BUDGET).get(INFO).i32(COUNT_SHIFT).bytes([0x76, 0x6b])); // shr_u, sub
  b.store('X', 'i64', () => b.get(STACK_POINTER), SLOT_SP);
  b.get(CPU_LOCAL).get(KIND).get(X).get(Y).byte(0x10).u32(flags);
  b.store('PC', 'i64', () => b.get(BASE).get(OFFSET).bytes([0xac, 0x7c]));
  b.get(CPU_LOCAL)
    .get(VA)
    .get(INFO)
    .i32((1 << COUNT_SHIFT) - 1)
    .byte(0x71);
  return b.load('PC', 'i64').byte(0x12).u32(runtime); // return_call
}
