/** System operations by SYS: cache and TLB maintenance, address translation (DDI 0487 C5.3 to C5.5). */
import type { Value } from '../../ir/nodes.ts';
import { isParallel } from '../derive/memory-order.ts';
import { access, type Semantics } from '../derive/semantics.ts';
import { atUser } from './system.ts';
import { encode, type SystemRegister } from './register.ts';

export interface SystemOperation {
  readonly name: string;
  readonly encoding: number;
  /** The lowest level. */
  readonly level: number;
  readonly check: SystemRegister['check'];
  readonly run: (b: Semantics, operand: Value) => void;
}

type Code = readonly [number, number, number, number];
const operation = (
  name: string,
  code: Code,
  run: SystemOperation['run'],
  level = 1,
  check?: SystemRegister['check'],
): SystemOperation => ({
  name,
  encoding: encode(1, ...code),
  level,
  check,
  run,
});

const nothing = (): void => {};
const UCI = atUser(26);
/** Maintenance by address has no data to move, but it translates, and so may fault. */
const byAddress = (b: Semantics, va: Value): void => void b.touch(va);
/** Where cores take turns, stores to predecoded code are seen at once; otherwise other cores are told here. */
function invalidate(b: Semantics, va: Value): void {
  if (!isParallel()) return byAddress(b, va);
  b.leaveBy(b.call('invalidateCode', b.cpu, va, b.pc));
}
const invalidateAll = (broadcast: number) => (b: Semantics) => {
  if (isParallel()) b.callVoid('invalidateAllCode', b.cpu, b.i32(broadcast));
};
/** Zeroes a block of 64 bytes. */
function zero(b: Semantics, va: Value): void {
  const host = b.translate(b.op('i64.and', va, b.i64(-64)), 64, access.aligned);
  for (let i = 0; i < 4; i++) b.hostStore(host, 16, b.v128(0n, 0n), i * 16);
}

const all = (broadcast: number) => (b: Semantics) => b.callVoid('tlbiAll', b.cpu, b.i32(broadcast));
const asid = (broadcast: number) => (b: Semantics, operand: Value) => b.callVoid('tlbiAsid', b.cpu, operand, b.i32(broadcast));
const byPage = (b: Semantics, operand: Value, allAsids: number, broadcast: number): void =>
  b.callVoid('tlbiVa', b.cpu, operand, b.i32(allAsids), b.i32(broadcast));
const page = (broadcast: number) => (b: Semantics, operand: Value) => byPage(b, operand, 0, broadcast);
const pageOfAll = (broadcast: number) => (b: Semantics, operand: Value) => byPage(b, operand, 1, broadcast);
const translation = (write: number, user: number) => (b: Semantics, va: Value) =>
  b.leaveBy(b.call('addressTranslate', b.cpu, va, b.i32(write), b.i32(user), b.pc));

/** The next instruction is fetched without what was taken away, though only an ISB would have to see to that. */
const fetchAgain =
  (run: SystemOperation['run']): SystemOperation['run'] =>
  (b, operand) => {
    run(b, operand);
    b.leave('checkpoint');
  };

const tlbi: readonly [string, number, (broadcast: number) => SystemOperation['run']][] = [
  ['VMALLE1', 0, all],
  ['VAE1', 1, page],
  ['ASIDE1', 2, asid],
  ['VAAE1', 3, pageOfAll],
  ['VALE1', 5, page],
  ['VAALE1', 7, pageOfAll],
];

export const operations: readonly SystemOperation[] = [
  operation('IC IALLUIS', [0, 7, 1, 0], invalidateAll(1)),
  operation('IC IALLU', [0, 7, 5, 0], invalidateAll(0)),
  operation('IC IVAU', [3, 7, 5, 1], invalidate, 0, UCI),
  operation('DC IVAC', [0, 7, 6, 1], byAddress),
  operation('DC ISW', [0, 7, 6, 2], nothing),
  operation('DC CSW', [0, 7, 10, 2], nothing),
  operation('DC CISW', [0, 7, 14, 2], nothing),
  operation('DC CVAC', [3, 7, 10, 1], byAddress, 0, UCI),
  operation('DC CVAU', [3, 7, 11, 1], byAddress, 0, UCI),
  operation('DC CIVAC', [3, 7, 14, 1], byAddress, 0, UCI),
  operation('DC ZVA', [3, 7, 4, 1], zero, 0, atUser(14)),
  operation('AT S1E1R', [0, 7, 8, 0], translation(0, 0)),
  operation('AT S1E1W', [0, 7, 8, 1], translation(1, 0)),
  operation('AT S1E0R', [0, 7, 8, 2], translation(0, 1)),
  operation('AT S1E0W', [0, 7, 8, 3], translation(1, 1)),
  ...tlbi.flatMap(([name, op2, run]) => [
    operation(`TLBI ${name}IS`, [0, 8, 3, op2], fetchAgain(run(1))),
    operation(`TLBI ${name}`, [0, 8, 7, op2], fetchAgain(run(0))),
  ]),
];

/** By encoding, as bits 20:5 of SYS have it. */
export const operationByEncoding: ReadonlyMap<number, SystemOperation> = new Map(operations.map((row) => [row.encoding, row]));
