/**
 * Instructions that change what regions take for fixed (the level, translation, the control of floating point), that wait or that ask the
 * host. A region ends before such an instruction, with everything in the state, in a function of the instruction's own that is made as
 * the cold tier makes its handlers, and goes on to the next region as its end says.
 */
import { concreteOperands, type RawFields } from '../../ir/builder.ts';
import type { Statement } from '../../ir/nodes.ts';
import { type Row, semanticFields } from '../../isa/derive/insn.ts';
import { Semantics } from '../../isa/derive/semantics.ts';
import { leaveReasons } from '../../state/memory-map.ts';
import { RECORD_BYTES } from '../cold/micro-op.ts';
import { handlerResult, regionResult } from '../cold/handler.ts';
import { Writer } from './writer.ts';

export function outsideStatements(row: Row, fields: RawFields): readonly Statement[] {
  const b = new Semantics(concreteOperands(fields));
  row.semantics(b, semanticFields(row, fields));
  return b.statements;
}

// Parameters.
const CPU = 0;
const RECORD = 1;
const PC = 2;
const RESULT = 3;

/**
 * (cpu, record, pc of the instruction, its handlerResult) -> regionResult: does what the loop does behind a handler. BUDGET does not have the
 * instruction yet.
 */
export function afterOutside(chain: number): Writer {
  const b = new Writer();
  const when = (result: number, then: () => void): void => {
    b.get(RESULT).i32(result).bytes([0x46, 0x04, 0x40]);
    then();
    b.byte(0x0b);
  };
  const retire = (): void => {
    b.store('BUDGET', 'i32', () => b.load('BUDGET', 'i32').i32(1).byte(0x6b));
    b.store('HOT_INSTRUCTIONS', 'i64', () => b.load('HOT_INSTRUCTIONS', 'i64').i64(1n).byte(0x7c));
  };
  const goOn = (result: number): void => {
    b.get(CPU).get(RECORD).load('PC', 'i64').i32(result).byte(0x12).u32(chain); // return_call
  };
  const leave = (): void => void b.get(RESULT).i32(regionResult.leaveFor).bytes([0x6a, 0x0f]);
  // Unlike behind a branch, nobody looks whether the page is still what it was.
  when(handlerResult.next, () => {
    retire();
    b.get(RECORD).i32(RECORD_BYTES).byte(0x6a).set(RECORD);
    b.store('PC', 'i64', () => b.get(PC).i64(4n).byte(0x7c));
    goOn(regionResult.dispatch);
  });
  when(handlerResult.checkpoint, () => {
    retire();
    goOn(regionResult.checked);
  });
  when(handlerResult.unretired, () => goOn(regionResult.checked));
  when(handlerResult.jumped, () => {
    retire();
    goOn(regionResult.resync);
  });
  const stay = (): void => {
    b.store('PC', 'i64', () => b.get(PC));
    leave();
  };
  when(handlerResult.device, stay);
  when(handlerResult.watched, stay);
  // A hopeless fault did not retire.
  b.get(RESULT).i32(handlerResult.host).byte(0x46);
  b.load('LEAVE', 'i32').i32(leaveReasons.HOST).bytes([0x46, 0x71, 0x45, 0x04, 0x40]);
  retire();
  b.byte(0x0b);
  leave();
  return b;
}
