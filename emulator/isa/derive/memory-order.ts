/**
 * What semantics build for accesses whose order or atomicity other cores can see (DDI 0487 B2.3, B2.9). Where cores take turns in one
 * thread nothing comes between, and plain accesses do. Where they run at the same time, exclusives and LSE become WebAssembly's atomics, acquire
 * and release sequentially consistent accesses, barriers fences.
 */
import type { AtomicOp, Value } from '../../ir/nodes.ts';
import { access, type Semantics } from './semantics.ts';

/** Faults that the tests of the memory model plant, to see that they would be found. */
export type PlantedFault = 'no-barriers' | 'no-release-acquire' | 'no-compare';

export interface MemoryOrder {
  readonly parallel: boolean;
  /**
   * Whether the host keeps loads in order, and stores (x86): then only a full barrier costs something. On other hosts every barrier
   * is a fence.
   */
  readonly strongHost: boolean;
  readonly planted?: PlantedFault | undefined;
}

let order: MemoryOrder = { parallel: false, strongHost: false };

/** Settles for this thread what is built; before its engine is made. */
export function setMemoryOrder(wanted: MemoryOrder): void {
  order = wanted;
}

export const isParallel = (): boolean => order.parallel;

/** DMB and DSB. Bits 1:0 of their CRm say what they order: 1 loads before, 2 stores before and after, 3 everything. */
export function barrier(b: Semantics): void {
  if (!order.parallel || order.planted === 'no-barriers') return;
  if (!order.strongHost) return b.fence();
  b.if(
    b.imm16((r) => (((r['imm_CRm'] as number) & 3) % 3 === 0 ? 1 : 0)),
    () => b.fence(),
  );
}

/** DSB: besides, what was broadcast before it has been done on all cores. */
export function synchronization(b: Semantics): void {
  barrier(b);
  if (order.parallel) b.if(b.getField('BROADCAST'), () => b.callVoid('synchronize', b.cpu), undefined, true);
}

/** Flags of the load of LDAR, LDAXR and LDXR, and of the store of STLR. */
export function ordered(): number {
  return access.aligned | (order.parallel && order.planted !== 'no-release-acquire' ? access.ordered : 0);
}

/** After a 128-bit load that may be an acquire. */
export function orderPair(b: Semantics): void {
  if (order.parallel && !order.strongHost) b.fence();
}

/** One value of up to 8 bytes, or two words of 4 as one of 8. */
function whole(b: Semantics, values: readonly Value[]): Value {
  const [low, high] = values as [Value, Value?];
  return high ? b.op('i64.or', b.to64(low), b.op('i64.shl', b.to64(high), b.i64(32))) : low;
}

/**
 * The store of a store-exclusive: where memory holds what the load-exclusive read (EXCL_VALUE), and then `done`. Only where cores run in
 * parallel.
 */
export function exchangeRemembered(b: Semantics, host: Value, bytes: number, values: readonly Value[], done: () => void): void {
  if (order.planted === 'no-compare') {
    values.forEach((value, n) => b.hostStore(host, bytes / values.length, value, (n * bytes) / values.length));
    return done();
  }
  const read = values.map((_, n) => b.getField('EXCL_VALUE', n));
  if (bytes === 16) return b.if(b.call('compareExchangePair', b.cpu, host, ...read, ...values), done);
  const expected = bytes === 8 ? whole(b, read) : b.to32(read[0] as Value);
  b.if(b.alu(bytes === 8 ? 1 : 0, 'eq', b.atomic('cmpxchg', host, bytes, expected, whole(b, values)), expected), done);
}

/** CASP: answers both old values. Only where cores run in parallel. */
export function compareAndSwapPair(
  b: Semantics,
  host: Value,
  each: number,
  expected: readonly Value[],
  values: readonly Value[],
): [Value, Value] {
  if (each === 8) {
    b.call('compareExchangePair', b.cpu, host, ...expected, ...values);
    return [b.getField('PAIR', 0), b.getField('PAIR', 1)];
  }
  const old = b.atomic('cmpxchg', host, 8, whole(b, expected), whole(b, values));
  return [b.to32(old), b.to32(b.op('i64.shr_u', old, b.i64(32)))];
}

const operations: Readonly<Record<number, AtomicOp>> = { 0: 'add', 1: 'and', 2: 'xor', 3: 'or' };

/** LDADD and its like, by `opc` of the encoding; answers the old value. Only where cores run in parallel. */
export function fetchAndChange(b: Semantics, opc: number, host: Value, bytes: number, operand: Value): Value {
  const op = operations[opc];
  if (op) return b.atomic(op, host, bytes, opc === 1 ? b.not(operand) : operand);
  const old = b.call('atomicLimit', host, b.i32(bytes), b.i32(opc), b.to64(operand));
  return bytes === 8 ? old : b.to32(old);
}
