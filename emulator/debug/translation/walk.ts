/**
 * A walk through translation tables that keeps every descriptor it met (DDI 0487 D8.2). The runtime's walk (emulator/runtime/walk.ts) decides
 * what a guest's access does and keeps nothing; a test holds the two against each other.
 */
import { bit, type CoreView, type PhysicalView } from '../views.ts';
import { descriptorKind, outputAddress, rightsOf, type DescriptorKind, type Rights } from './descriptor.ts';
import { hasStage2, mmuIsOn, stage1, stage2, type NoStage, type Stage } from './stage.ts';

/** One descriptor on the way. */
export interface Step {
  readonly level: number;
  /** Where the descriptor lies: an IPA where stage 2 is on, else a PA. */
  readonly address: bigint;
  /** `undefined`: no memory is there. */
  readonly descriptor: bigint | undefined;
  readonly kind: DescriptorKind | 'unreadable';
}

export type WalkFault =
  'translation' | 'address-size' | 'access-flag' | 'permission' | 'external-on-walk' | 'alignment' | 'no-stage';

/** The way of an address through one stage. */
export interface Walk {
  readonly input: bigint;
  /** Absent where the stage is off, or no half of the address space has the address, or it cannot be walked. */
  readonly stage?: Stage;
  /** Of a stage 2 that is absent so. */
  readonly number?: 2;
  readonly steps: readonly Step[];
  /** Where it ends; absent after a fault. */
  readonly output?: bigint;
  readonly rights?: Rights;
  /** log2 of the bytes that the last descriptor maps. */
  readonly sizeBits?: number;
  readonly fault?: { readonly kind: WalkFault; readonly level: number; readonly reason: string };
}

export type ReadTable = (address: bigint) => bigint | undefined;

/** Walks one stage. `sctlr` is for WXN. */
export function walkStage(stage: Stage, input: bigint, readTable: ReadTable, sctlr = 0n): Walk {
  const steps: Step[] = [];
  const faulty = (kind: WalkFault, level: number, reason: string): Walk => ({
    ...{ input, stage, steps },
    fault: { kind, level, reason },
  });
  const { granuleBits, inputBits, outputBits, comparedBits, upper } = stage;
  const high = BigInt.asUintN(comparedBits, input) >> BigInt(inputBits);
  const wanted = upper ? (1n << BigInt(comparedBits - inputBits)) - 1n : 0n;
  if (high !== wanted) return faulty('translation', 0, `the address lies outside of the ${inputBits} bits of ${stage.control}`);
  const stride = granuleBits - 3;
  let level = stage.startLevel;
  const firstBits = inputBits - ((3 - level) * stride + granuleBits) + 3;
  let base = stage.tableValue & 0x0000_ffff_ffff_fffen & ~((1n << BigInt(firstBits)) - 1n);
  const tooHigh = (address: bigint): boolean => address >> BigInt(outputBits) !== 0n;
  if (tooHigh(base)) return faulty('address-size', 0, `${stage.table} has more than ${outputBits} bits of address`);
  const offset = input & ((1n << BigInt(inputBits)) - 1n);
  let tables = 0n;
  let indexBits = firstBits - 3;
  for (;;) {
    const shift = (3 - level) * stride + granuleBits;
    const address = base + (((offset >> BigInt(shift)) & ((1n << BigInt(indexBits)) - 1n)) << 3n);
    const descriptor = readTable(address);
    if (descriptor === undefined) {
      steps.push({ level, address, descriptor, kind: 'unreadable' });
      return faulty('external-on-walk', level, 'there is no memory where the table should be');
    }
    const kind = descriptorKind(descriptor, level, granuleBits);
    steps.push({ level, address, descriptor, kind });
    if (kind === 'invalid') return faulty('translation', level, `the level ${level} descriptor is invalid`);
    if (kind === 'reserved') return faulty('translation', level, `the level ${level} descriptor is reserved with this granule`);
    const output = outputAddress(descriptor, kind === 'table' ? granuleBits : shift);
    if (tooHigh(output)) {
      return faulty('address-size', level, `the level ${level} descriptor has more than ${outputBits} bits of address`);
    }
    if (kind === 'table') {
      base = output;
      tables |= descriptor;
      level++;
      indexBits = stride;
      continue;
    }
    const rights = rightsOf(descriptor, tables, stage, sctlr);
    if (!bit(descriptor, 10)) return { ...faulty('access-flag', level, 'AF is 0'), rights, sizeBits: shift };
    const low = (1n << BigInt(shift)) - 1n;
    return { input, stage, steps, output: output | (offset & low), rights, sizeBits: shift };
  }
}

export interface Wanted {
  readonly access: 'read' | 'write' | 'execute';
  /** With the rights of EL0. */
  readonly user: boolean;
}

/** The whole way of a virtual address: one walk for each stage that is on. */
export interface Translation {
  readonly stages: readonly Walk[];
  /** The physical address; absent after a fault, which is that of the last walk. */
  readonly pa?: bigint;
}

/** Translates as an access at a level would be, without any TLB. `paBits`: physical address bits that are implemented. */
export function translate(
  core: CoreView,
  memory: PhysicalView,
  paBits: number,
  va: bigint,
  el: number,
  wanted?: Wanted,
): Translation {
  const second = el < 2 && hasStage2(core) ? stage2(core, paBits) : undefined;
  const readPhysical = (pa: bigint): bigint | undefined => doubleword(memory.read(pa, 8));
  /** Where stage 2 ended a walk of stage 1. */
  let ended: Walk | undefined;
  const readTable = (address: bigint): bigint | undefined => {
    const walk = second && walkSecond(second, address, readPhysical, 'read');
    ended = walk?.fault ? walk : undefined;
    const pa = walk ? walk.output : address;
    return pa === undefined || ended ? undefined : readPhysical(pa);
  };
  const first = walkFirst(core, paBits, va, el, readTable, wanted);
  if (ended)
    return { stages: [{ ...first, fault: { ...first.fault!, reason: 'stage 2 does not let the table be read' } }, ended] };
  if (first.output === undefined || first.fault) return { stages: [first] };
  if (!second) return { stages: [first], pa: first.output };
  const next = walkSecond(second, first.output, readPhysical, wanted?.access);
  return { stages: [first, next], ...(next.output === undefined || next.fault ? {} : { pa: next.output }) };
}

/** Stage 2, with what it allows. */
export function walkSecond(stage: Stage | NoStage, ipa: bigint, readTable: ReadTable, access?: Wanted['access']): Walk {
  if ('reason' in stage)
    return { input: ipa, steps: [], number: 2, fault: { kind: 'translation', level: 0, reason: stage.reason } };
  const walk = walkStage(stage, ipa, readTable);
  if (walk.fault || !walk.rights || !access || walk.rights.privileged[access]) return walk;
  const level = walk.steps.at(-1)?.level ?? 0;
  return { ...walk, fault: { kind: 'permission', level, reason: `stage 2 does not allow to ${access} there` } };
}

function walkFirst(core: CoreView, paBits: number, va: bigint, el: number, readTable: ReadTable, wanted?: Wanted): Walk {
  if (!mmuIsOn(core, el)) {
    // DDI 0487 D8.2.9: flat. TBI of the half holds.
    const tcr = core.get64(`TCR_EL${Math.max(el, 1)}`);
    const ignoresTop = bit(tcr, el < 2 ? (bit(va, 55) ? 38 : 37) : 20);
    const output = ignoresTop ? BigInt.asUintN(56, va) : va;
    if (output >> BigInt(paBits) === 0n) return { input: va, steps: [], output };
    const reason = `the address has more than the ${paBits} bits of physical addresses`;
    return { input: va, steps: [], fault: { kind: 'address-size', level: 0, reason } };
  }
  const stage: Stage | NoStage = stage1(core, el, va, paBits);
  if ('reason' in stage) return { input: va, steps: [], fault: { kind: 'translation', level: 0, reason: stage.reason } };
  const walk = walkStage(stage, va, readTable, core.get64(`SCTLR_EL${Math.max(el, 1)}`));
  if (walk.fault || !walk.rights || !wanted) return walk;
  const rights = wanted.user ? walk.rights.user : walk.rights.privileged;
  if (rights[wanted.access]) return walk;
  const level = walk.steps.at(-1)?.level ?? 0;
  const who = el >= 2 ? `EL${el}` : wanted.user ? 'EL0' : 'EL1';
  return { ...walk, fault: { kind: 'permission', level, reason: `${who} may not ${wanted.access} there` } };
}

function doubleword(bytes: Uint8Array | undefined): bigint | undefined {
  return bytes && new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
}
