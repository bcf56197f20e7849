/** A translation table descriptor for a person (DDI 0487 D8.3). */
import { bit, bits, hex } from '../views.ts';
import type { Stage } from './stage.ts';

export type DescriptorKind = 'table' | 'block' | 'page' | 'invalid' | 'reserved';

/** What bits 1:0 say at a level of a granule. */
export function descriptorKind(descriptor: bigint, level: number, granuleBits: number): DescriptorKind {
  if (!bit(descriptor, 0)) return 'invalid';
  if (bit(descriptor, 1)) return level === 3 ? 'page' : 'table';
  const hasBlocks = level === 2 || (level === 1 && granuleBits === 12);
  return hasBlocks ? 'block' : 'reserved';
}

/** Permissions and attributes that a walk has gathered. */
export interface Rights {
  readonly privileged: Access;
  readonly user: Access;
  /** The memory type in words: `Normal WB`, `Device-nGnRE`. */
  readonly memory: string;
  readonly shareability: string;
  readonly accessFlag: boolean;
  readonly global: boolean;
}

export interface Access {
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
}

/** `rwx`, `r--`. */
export const accessText = ({ read, write, execute }: Access): string =>
  (read ? 'r' : '-') + (write ? 'w' : '-') + (execute ? 'x' : '-');

/**
 * Rights of a leaf with those attributes of all tables on the way to it (D8.4.1). `sctlr` is that of the level, for WXN. Without tables'
 * attributes of EL2 and EL3, which have one privilege, `user` has none.
 */
export function rightsOf(leaf: bigint, tables: bigint, stage: Stage, sctlr: bigint): Rights {
  const common = { accessFlag: bit(leaf, 10), global: !bit(leaf, 11), shareability: shareabilities[bits(leaf, 8, 2)] as string };
  if (stage.number === 2) {
    const access = { read: bit(leaf, 6), write: bit(leaf, 7), execute: !bit(leaf, 54) };
    return { ...common, privileged: access, user: access, memory: stage2Memory(bits(leaf, 2, 4)) };
  }
  const readOnly = bit(leaf, 7) || bit(tables, 62);
  const writable = !readOnly;
  const forUser = stage.hasUser && bit(leaf, 6) && !bit(tables, 61);
  const neverWritable = bit(sctlr, 19) && writable;
  const userNever = bit(leaf, 54) || bit(tables, 60);
  const privilegedNever = stage.hasUser ? bit(leaf, 53) || bit(tables, 59) || (forUser && writable) : userNever;
  return {
    ...common,
    privileged: { read: true, write: writable, execute: !privilegedNever && !neverWritable },
    user: { read: forUser, write: forUser && writable, execute: stage.hasUser && !userNever && !(neverWritable && forUser) },
    memory: memoryType(bits(stage.mair, bits(leaf, 2, 3) * 8, 8)),
  };
}

const shareabilities = ['non-shareable', 'reserved', 'outer shareable', 'inner shareable'];
const devices = ['Device-nGnRnE', 'Device-nGnRE', 'Device-nGRE', 'Device-GRE'];

/** A byte of MAIR_ELx (D19.2.97). */
export function memoryType(attribute: number): string {
  const [outer, inner] = [attribute >> 4, attribute & 15];
  if (outer === 0) return (inner & 3) === 0 ? (devices[inner >> 2] as string) : 'reserved';
  return outer === inner ? `Normal ${cacheability(outer)}` : `Normal ${cacheability(inner)}, outer ${cacheability(outer)}`;
}

function cacheability(nibble: number): string {
  if (nibble === 4) return 'NC';
  const policy = (nibble & 4) === 0 ? 'WT' : 'WB';
  return nibble < 8 && nibble >= 4 ? `${policy} transient` : nibble < 4 ? 'WT transient' : policy;
}

/** MemAttr of a stage 2 descriptor (D8.5.5). */
function stage2Memory(attribute: number): string {
  if (attribute >> 2 === 0) return devices[attribute & 3] as string;
  const names = ['', 'NC', 'WT', 'WB'];
  return `Normal ${names[attribute & 3]}`;
}

/** The parts of a leaf or table descriptor by the manual's names. */
export function describeDescriptor(descriptor: bigint, kind: DescriptorKind, stage: Stage): string {
  switch (kind) {
    case 'invalid':
      return 'invalid: bit 0 is 0';
    case 'reserved':
      return 'reserved: 0b01 is no block at this level';
    case 'table': {
      const parts = [
        bits(descriptor, 61, 2) !== 0 ? `APTable ${bits(descriptor, 61, 2)}` : '',
        bit(descriptor, 60) ? 'UXNTable' : '',
        bit(descriptor, 59) ? 'PXNTable' : '',
      ];
      return ['table', ...parts.filter(Boolean)].join(', ');
    }
    default: {
      const rights = rightsOf(descriptor, 0n, stage, 0n);
      const own = stage.hasUser
        ? `EL1 ${accessText(rights.privileged)}, EL0 ${accessText(rights.user)}`
        : accessText(rights.privileged);
      const memory = stage.number === 1 ? `AttrIndx ${bits(descriptor, 2, 3)} ${rights.memory}` : rights.memory;
      return `${kind}, ${memory}, ${own}, AF ${bit(descriptor, 10) ? 1 : 0}`;
    }
  }
}

/** The output address of a descriptor, without the bits below what it maps. */
export function outputAddress(descriptor: bigint, lowBits: number): bigint {
  return descriptor & 0x0000_ffff_ffff_f000n & ~((1n << BigInt(lowBits)) - 1n);
}

export const describeOutput = (address: bigint): string => hex(address);
