/**
 * From region to region without the loop: the function that regions end in. What it looks at before it goes on is what the loop looks
 * at, so that no guest can tell.
 */
import { CPU_LOCAL } from '../../ir/emit.ts';
import type { Type } from '../../ir/ops.ts';
import { memoryMap } from '../../state/memory-map.ts';
import { regionResult } from '../cold/handler.ts';
import { Writer } from './writer.ts';

// Parameters, and the local.
const RECORD = 1;
const PC = 2;
const RESULT = 3;
const ENTRY = 4;

export interface Handlers {
  /** Handler number of the table's first function, and of the first region. */
  readonly firstFunction: number;
  readonly firstRegion: number;
}

/** (cpu, record, pc, result) -> regionResult. `record` is that of `pc` where the result is `dispatch`. The state has PC and BUDGET. */
export function chainCode(
  { firstFunction, firstRegion }: Handlers,
  regionType: number,
  flags: number,
): { locals: readonly Type[]; body: Writer } {
  const b = new Writer();
  const open = (): void => void b.bytes([0x04, 0x40]);
  const close = (): void => void b.byte(0x0b);
  // Only regions know lazy flags.
  const giveUp = (): void => {
    open();
    b.load('FLAG_KIND', 'i32');
    open();
    b.get(CPU_LOCAL).load('FLAG_KIND', 'i32').load('FLAG_X', 'i64').load('FLAG_Y', 'i64').byte(0x10).u32(flags);
    b.store('FLAG_KIND', 'i32', () => b.i32(0));
    close();
    b.get(RESULT).byte(0x0f);
    close();
  };
  b.get(RESULT).i32(regionResult.dispatch).byte(0x47);
  open();
  // A checkpoint stops a core without budget, and one with an interrupt that may have to be taken.
  b.get(RESULT).i32(regionResult.resync).byte(0x47);
  b.load('BUDGET', 'i32').i32(0).byte(0x4c);
  b.load('IRQ_LINES', 'i32').load('DAIF', 'i32').load('MASKABLE', 'i32').byte(0x71).i32(-1).bytes([0x73, 0x71]);
  b.i32(0).bytes([0x47, 0x72, 0x71]);
  giveUp();
  b.load('TLB_FETCH', 'i32').get(PC).byte(0x42).s64(8n).bytes([0x88, 0xa7]).i32(memoryMap.SLOT_FETCH_MASK).bytes([0x71, 0x6a]);
  b.byte(0x22).u32(ENTRY).bytes([0x29, 0, 0]);
  b.get(PC).byte(0x42).s64(12n).byte(0x88).byte(0x42).s64(-0x8000_0000_0000_0000n).bytes([0x84, 0x52]);
  b.get(PC).byte(0xa7).i32(3).bytes([0x71, 0x72]);
  giveUp();
  b.get(ENTRY).bytes([0x28, 0, 8]).i32(16).byte(0x6a);
  b.get(PC).byte(0xa7).i32(0xffc).byte(0x71).i32(2).bytes([0x74, 0x6a]).set(RECORD);
  close();
  b.store('UPC', 'i32', () => b.get(RECORD));
  b.get(RECORD).bytes([0x2f, 0, 0, 0x22]).u32(ENTRY).i32(firstRegion).byte(0x49);
  open();
  b.store('HOT_MISS', 'i32', () => b.get(RECORD));
  b.store('HOT_MISS_PC', 'i64', () => b.get(PC));
  b.i32(regionResult.dispatch).set(RESULT).i32(1);
  giveUp();
  close();
  b.store('RUN_START', 'i32', () => b.get(RECORD));
  b.get(CPU_LOCAL).get(RECORD).get(PC).get(ENTRY).i32(firstFunction).byte(0x6b);
  b.byte(0x13).u32(regionType).u32(0); // return_call_indirect
  return { locals: ['i32'], body: b };
}
