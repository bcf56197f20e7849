/**
 * Functions of a module through which its regions call the runtime for guest accesses that the soft TLB cannot answer. They write to the
 * state what the runtime may look at (time, stack pointer, flags), and PC, so that the regions need not say that in many places.
 */
import { CPU_LOCAL } from '../../ir/emit.ts';
import type { Signature } from '../../ir/wasm-writer.ts';
import { offsetOf, SLOT_SP } from '../../state/layout.ts';
import { Writer } from './writer.ts';

/** (cpu, va, info and count, base, offset, budget, stack pointer, kind, x, y of the flags); the instruction stands at base + offset. */
export const slowSignature: Signature = {
  params: ['i32', 'i64', 'i32', 'i64', 'i32', 'i32', 'i64', 'i32', 'i64', 'i64'],
  results: ['i32'],
};
const [VA, INFO, BASE, OFFSET, BUDGET, STACK_POINTER, KIND, X, Y] = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** A local beside the parameters. */
export const slowLocals = ['i64'] as const;
const HOST = 10;

const COUNT_SHIFT = 16;

/** What is known when a region is translated: the access, and instructions that ran and are not yet taken off the budget. */
export function slowInfo(info: number, uncharged: number): number {
  return info | (uncharged << COUNT_SHIFT);
}

const BYTES = 0xff;
/** What more than an ordinary access is asked for: see `access` in isa/derive/semantics.ts. */
const SPECIAL = 0xf00;

/**
 * The function that calls one of the runtime, by name and index; `flags` writes lazy flags. It keeps the runtime's answer. What only is
 * not aligned, where nobody asks for that, is done here.
 */
export function slowPath(name: string, runtime: number, flags: number): Writer {
  const b = new Writer();
  if (name === 'slowLoad') unaligned(b, 'TLB_READ_LOOSE', () => b.get(HOST).bytes([0xa7, 0x0f]));
  if (name === 'regionStore') unaligned(b, 'TLB_WRITE_LOOSE', () => storeBounce(b));
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

/** Looks an access up in a table of those that need no alignment; `found` ends the function with the host address in HOST. */
function unaligned(b: Writer, table: string, found: () => void): void {
  const low = (): Writer => b.get(VA).byte(0xa7);
  low().i32(4095).byte(0x71).get(INFO).i32(BYTES).bytes([0x71, 0x6a]).i32(4096).byte(0x4d); // le_u
  b.get(INFO).i32(SPECIAL).bytes([0x71, 0x45, 0x71, 0x04, 0x40]); // and, eqz, and, if
  b.get(VA).i64(9n).bytes([0x88, 0xa7]).i32(0x7ffff8).byte(0x71).load(table, 'i32').bytes([0x6a, 0x29, 0, 0]);
  b.get(VA).bytes([0x85, 0x22]).u32(HOST).i64(31n).bytes([0x88, 0x50, 0x04, 0x40]); // xor, tee, shr_u, eqz, if
  found();
  b.bytes([0x0b, 0x0b]);
}

/** Moves the value of a store of at most 8 bytes from BOUNCE to HOST, and answers that it is done. */
function storeBounce(b: Writer): void {
  for (const [bytes, load, store] of [
    [8, 0x29, 0x37],
    [4, 0x28, 0x36],
    [2, 0x2f, 0x3b],
  ] as const) {
    b.get(INFO).i32(BYTES).byte(0x71).i32(bytes).bytes([0x46, 0x04, 0x40]);
    b.get(HOST)
      .byte(0xa7)
      .get(CPU_LOCAL)
      .bytes([load, 0])
      .u32(offsetOf('BOUNCE'))
      .bytes([store, 0, 0])
      .i32(0)
      .bytes([0x0f, 0x0b]);
  }
}
