/** System operations by SYS: cache and TLB maintenance, address translation (DDI 0487 C5.3 to C5.5). */
import type { Value } from '../../ir/nodes.ts';
import { isParallel } from '../derive/memory-order.ts';
import { access, type Semantics } from '../derive/semantics.ts';
import { atUser } from './system.ts';
import { encode, type SystemRegister } from './register.ts';
import { TDZ, TPC, TPU, TSW, TTLB, type Trap } from './traps.ts';

export interface SystemOperation {
  readonly name: string;
  readonly encoding: number;
  /** The lowest level. */
  readonly level: number;
  readonly check: SystemRegister['check'];
  /** What EL2 traps. */
  readonly traps: readonly Trap[];
  readonly run: (b: Semantics, operand: Value) => void;
}

type Code = readonly [number, number, number, number];
const operation = (
  name: string,
  code: Code,
  run: SystemOperation['run'],
  { level = 1, check, trap }: { level?: number; check?: SystemRegister['check']; trap?: Trap } = {},
): SystemOperation => ({
  name,
  encoding: encode(1, ...code),
  level,
  check,
  traps: trap ? [trap] : [],
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

/** What a TLBI is about, as the runtime's `tlb.ts` has it: EL1&0 with the current VMID, EL1&0 with any, EL2. */
const [VMID, EL10, EL2] = [1, 2, 3];
/** A form for this core, and one for all. */
type Broadcast = 0 | 1;
type Invalidate = (broadcast: Broadcast) => SystemOperation['run'];
const kindOf = (scope: number, broadcast: Broadcast, allAsids: 0 | 1 = 0): number => (scope << 2) | (allAsids << 1) | broadcast;
const all =
  (scope: number): Invalidate =>
  (broadcast) =>
  (b) =>
    b.callVoid('tlbiAll', b.cpu, b.i32(kindOf(scope, broadcast)));
const asid: Invalidate = (broadcast) => (b, operand) => b.callVoid('tlbiAsid', b.cpu, operand, b.i32(kindOf(VMID, broadcast)));
const page =
  (scope: number, allAsids: 0 | 1): Invalidate =>
  (broadcast) =>
  (b, operand) =>
    b.callVoid('tlbiVa', b.cpu, operand, b.i32(kindOf(scope, broadcast, allAsids)));

/** The next instruction is fetched without what was taken away, though only an ISB would have to see to that. */
const fetchAgain =
  (run: SystemOperation['run']): SystemOperation['run'] =>
  (b, operand) => {
    run(b, operand);
    b.leave('checkpoint');
  };

type Invalidation = readonly [name: string, op2: number, run: Invalidate];
const tlbi: readonly Invalidation[] = [
  ['VMALLE1', 0, all(VMID)],
  ['VAE1', 1, page(VMID, 0)],
  ['ASIDE1', 2, asid],
  ['VAAE1', 3, page(VMID, 1)],
  ['VALE1', 5, page(VMID, 0)],
  ['VAALE1', 7, page(VMID, 1)],
];
const tlbiOfEl2: readonly Invalidation[] = [
  ['ALLE2', 0, all(EL2)],
  ['VAE2', 1, page(EL2, 1)],
  ['ALLE1', 4, all(EL10)],
  ['VALE2', 5, page(EL2, 1)],
  ['VMALLS12E1', 6, all(VMID)],
];
/** By intermediate address: soft TLBs have both stages together, so all of the VMID goes. */
const tlbiOfStage2: readonly Invalidation[] = [
  ['IPAS2E1', 1, all(VMID)],
  ['IPAS2LE1', 5, all(VMID)],
];
const invalidations = (
  list: readonly Invalidation[],
  op1: number,
  [shared, own]: readonly [number, number],
  options: { level?: number; trap?: Trap },
): SystemOperation[] =>
  list.flatMap(([name, op2, run]) => [
    operation(`TLBI ${name}IS`, [op1, 8, shared, op2], fetchAgain(run(1)), options),
    operation(`TLBI ${name}`, [op1, 8, own, op2], fetchAgain(run(0)), options),
  ]);

/** AT: as a write, with EL0's rights, through both stages; for EL1&0 or EL2 (see the runtime's `address-translation.ts`). */
const translation = (regime: number, { write = 0, user = 0, both = 0 }: { write?: number; user?: number; both?: number }) => {
  const kind = (regime << 3) | (both << 2) | (user << 1) | write;
  return (b: Semantics, va: Value) => b.leaveBy(b.call('addressTranslate', b.cpu, va, b.i32(kind), b.pc));
};
const [OF_EL1, OF_EL2] = [1, 2];
const atEl2 = { level: 2 };

export const operations: readonly SystemOperation[] = [
  operation('IC IALLUIS', [0, 7, 1, 0], invalidateAll(1), { trap: TPU }),
  operation('IC IALLU', [0, 7, 5, 0], invalidateAll(0), { trap: TPU }),
  operation('IC IVAU', [3, 7, 5, 1], invalidate, { level: 0, check: UCI, trap: TPU }),
  operation('DC IVAC', [0, 7, 6, 1], byAddress, { trap: TPC }),
  operation('DC ISW', [0, 7, 6, 2], nothing, { trap: TSW }),
  operation('DC CSW', [0, 7, 10, 2], nothing, { trap: TSW }),
  operation('DC CISW', [0, 7, 14, 2], nothing, { trap: TSW }),
  operation('DC CVAC', [3, 7, 10, 1], byAddress, { level: 0, check: UCI, trap: TPC }),
  operation('DC CVAU', [3, 7, 11, 1], byAddress, { level: 0, check: UCI, trap: TPU }),
  operation('DC CIVAC', [3, 7, 14, 1], byAddress, { level: 0, check: UCI, trap: TPC }),
  operation('DC ZVA', [3, 7, 4, 1], zero, { level: 0, check: atUser(14), trap: TDZ }),
  operation('AT S1E1R', [0, 7, 8, 0], translation(OF_EL1, {})),
  operation('AT S1E1W', [0, 7, 8, 1], translation(OF_EL1, { write: 1 })),
  operation('AT S1E0R', [0, 7, 8, 2], translation(OF_EL1, { user: 1 })),
  operation('AT S1E0W', [0, 7, 8, 3], translation(OF_EL1, { user: 1, write: 1 })),
  operation('AT S1E2R', [4, 7, 8, 0], translation(OF_EL2, {}), atEl2),
  operation('AT S1E2W', [4, 7, 8, 1], translation(OF_EL2, { write: 1 }), atEl2),
  operation('AT S12E1R', [4, 7, 8, 4], translation(OF_EL1, { both: 1 }), atEl2),
  operation('AT S12E1W', [4, 7, 8, 5], translation(OF_EL1, { both: 1, write: 1 }), atEl2),
  operation('AT S12E0R', [4, 7, 8, 6], translation(OF_EL1, { both: 1, user: 1 }), atEl2),
  operation('AT S12E0W', [4, 7, 8, 7], translation(OF_EL1, { both: 1, user: 1, write: 1 }), atEl2),
  ...invalidations(tlbi, 0, [3, 7], { trap: TTLB }),
  ...invalidations(tlbiOfEl2, 4, [3, 7], atEl2),
  ...invalidations(tlbiOfStage2, 4, [0, 4], atEl2),
];

/** By encoding, as bits 20:5 of SYS have it. */
export const operationByEncoding: ReadonlyMap<number, SystemOperation> = new Map(operations.map((row) => [row.encoding, row]));
