/** All that a stage maps, as a list: `info tlb` shows each descriptor, `info mem` what lies together. */
import { descriptorKind, outputAddress, rightsOf, type Rights } from './descriptor.ts';
import type { Stage } from './stage.ts';
import type { ReadTable } from './walk.ts';

export interface Mapping {
  readonly va: bigint;
  readonly pa: bigint;
  readonly bytes: bigint;
  readonly level: number;
  readonly rights: Rights;
}

/** Leaves below the stage's tables, by address. Ends after `limit`: tables may lie in circles, and a guest may map terabytes page by page. */
export function* mappingsOf(stage: Stage, readTable: ReadTable, sctlr: bigint, limit = 100_000): Generator<Mapping> {
  const { granuleBits, inputBits, startLevel } = stage;
  const stride = granuleBits - 3;
  const firstBits = inputBits - ((3 - startLevel) * stride + granuleBits);
  const root = stage.tableValue & 0x0000_ffff_ffff_fffen & ~((1n << BigInt(firstBits + 3)) - 1n);
  const top = stage.upper ? BigInt.asUintN(64, -1n << BigInt(inputBits)) : 0n;
  // What may be read in all: invalid entries count, too.
  let budget = limit * 16;

  function* table(base: bigint, level: number, entries: number, va: bigint, above: bigint): Generator<Mapping> {
    const shift = BigInt((3 - level) * stride + granuleBits);
    for (let index = 0; index < entries; index++) {
      if (budget-- <= 0) return;
      const descriptor = readTable(base + BigInt(index * 8));
      if (descriptor === undefined) return;
      const kind = descriptorKind(descriptor, level, granuleBits);
      const from = va + (BigInt(index) << shift);
      if (kind === 'table') {
        yield* table(outputAddress(descriptor, granuleBits), level + 1, 2 ** stride, from, above | descriptor);
      } else if (kind === 'block' || kind === 'page') {
        const rights = rightsOf(descriptor, above, stage, sctlr);
        yield { va: from, pa: outputAddress(descriptor, Number(shift)), bytes: 1n << shift, level, rights };
      }
    }
  }

  let count = 0;
  for (const mapping of table(root, startLevel, 2 ** firstBits, top, 0n)) {
    if (count++ >= limit) return;
    yield mapping;
  }
}

/**
 * Whether tables make sense as what the stage says they are: something is mapped, no descriptor is reserved, and none has address bits that must
 * be 0 (D8.3.1). Tables that are read with a granule that is not theirs hardly ever do. `leads`: whether anything answers at an address.
 */
export function makesSense(stage: Stage, readTable: ReadTable, leads: (pa: bigint) => boolean, limit = 20_000): boolean {
  const { granuleBits, inputBits, startLevel } = stage;
  const stride = granuleBits - 3;
  const rootBits = inputBits - ((3 - startLevel) * stride + granuleBits);
  let left = limit;
  let leaves = 0;

  function isSound(base: bigint, level: number, entries: number): boolean {
    const shift = (3 - level) * stride + granuleBits;
    for (let index = 0; index < entries && left-- > 0; index++) {
      const descriptor = readTable(base + BigInt(index * 8));
      if (descriptor === undefined) return false;
      const kind = descriptorKind(descriptor, level, granuleBits);
      if (kind === 'invalid') continue;
      if (kind === 'reserved') return false;
      const low = kind === 'table' ? granuleBits : shift;
      const address = outputAddress(descriptor, low);
      if ((descriptor & 0x0000_ffff_ffff_f000n) !== address) return false;
      if (kind === 'table') {
        if (!isSound(address, level + 1, 2 ** stride)) return false;
      } else if (leads(address)) leaves++;
    }
    return true;
  }

  const root = stage.tableValue & 0x0000_ffff_ffff_fffen & ~((1n << BigInt(rootBits + 3)) - 1n);
  return isSound(root, startLevel, 2 ** rootBits) && leaves > 0;
}

/** Joins neighbours with equal rights whose physical addresses go on as well. */
export function joined(mappings: Iterable<Mapping>): Mapping[] {
  const all: Mapping[] = [];
  for (const mapping of mappings) {
    const last = all.at(-1);
    const goesOn = last && last.va + last.bytes === mapping.va && last.pa + last.bytes === mapping.pa;
    if (last && goesOn && JSON.stringify(last.rights) === JSON.stringify(mapping.rights)) {
      all[all.length - 1] = { ...last, bytes: last.bytes + mapping.bytes };
    } else all.push(mapping);
  }
  return all;
}
