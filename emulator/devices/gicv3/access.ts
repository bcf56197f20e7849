/** Whose registers an access to ICC_*_EL1 reaches where EL2 virtualizes interrupts (IHI 0069 6.3, ICH_HCR_EL2). */
import { GROUP0, GROUP1 } from '../gic/candidate.ts';
import { interfaceRegisters } from './icc-registers.ts';
import type { GicV3Core } from './state.ts';

/** The core's own CPU interface, or that of the virtual machine on it. */
export type Place = 'physical' | 'virtual';

const BOTH = GROUP0 | GROUP1;
const [TC, TALL0, TALL1, TDIR] = [1 << 10, 1 << 11, 1 << 12, 1 << 14];

interface Access {
  /** It is the virtual machine's where HCR_EL2 routes any of these groups to EL2. */
  readonly groups: number;
  /** Bits of ICH_HCR_EL2 that trap. */
  readonly traps: number;
}

const kinds: readonly [name: RegExp, access: Access][] = [
  [/^ICC_(IAR0|EOIR0|HPPIR0|BPR0|AP0R0|IGRPEN0)_EL1$/, { groups: GROUP0, traps: TALL0 }],
  [/^ICC_(IAR1|EOIR1|HPPIR1|BPR1|AP1R0|IGRPEN1)_EL1$/, { groups: GROUP1, traps: TALL1 }],
  [/^ICC_(PMR|RPR|CTLR)_EL1$/, { groups: BOTH, traps: TC }],
  [/^ICC_DIR_EL1$/, { groups: BOTH, traps: TC | TDIR }],
];
const sendsSgi = /^ICC_A?SGI[01]R_EL1$/;

const accessByName = new Map(
  Object.keys(interfaceRegisters).map((name) => [name, kinds.find(([pattern]) => pattern.test(name))?.[1]]),
);

/** `groupsOfEl2`: those that HCR_EL2 routes to EL2, FMO for Group 0 and IMO for Group 1. */
export function placeOf(core: GicV3Core, name: string, level: number, groupsOfEl2: number): Place | 'trapped' {
  const { virtual } = core;
  if (!virtual || level !== 1) return 'physical';
  const control = virtual.getControl();
  // There are no virtual SGI registers: the hypervisor sends them.
  if (sendsSgi.test(name)) return groupsOfEl2 !== 0 || control & TC ? 'trapped' : 'physical';
  const access = accessByName.get(name);
  if (!access) return 'physical';
  if (control & access.traps) return 'trapped';
  return access.groups & groupsOfEl2 ? 'virtual' : 'physical';
}

export function readVirtual({ virtual }: GicV3Core, name: string): bigint {
  const value = virtual ? interfaceRegisters[name]?.read?.(virtual) : 0;
  virtual?.changed();
  return BigInt((value ?? 0) >>> 0);
}

export function writeVirtual({ virtual }: GicV3Core, name: string, value: number): void {
  if (!virtual) return;
  interfaceRegisters[name]?.write?.(virtual, value, 0);
  virtual.changed();
}
