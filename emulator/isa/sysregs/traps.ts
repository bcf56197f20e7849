/** What EL2 traps of the levels below, by the bits of its control registers (DDI 0487 D1.3.5, D19.2). */
import type { Value } from '../../ir/nodes.ts';
import type { Semantics } from '../derive/semantics.ts';

/** A bit of a control register, and the value of it that traps. */
export interface Control {
  /** `HCR_EL2.TID1`. */
  readonly name: string;
  readonly register: string;
  readonly bit: number;
  readonly wanted: 0 | 1;
}

/** A trap to EL2 (EC 0x18) of accesses from below: one of some controls is enough. */
export interface Trap {
  /** The direction that it takes; both where it is absent. */
  readonly on?: 'read' | 'write';
  readonly controls: readonly Control[];
}

/** Whether a trap takes an access of the present level. */
export function holds(b: Semantics, { controls }: Trap): Value {
  return controls
    .map(({ register, bit, wanted }) => b.el2Controls(register, bit, wanted))
    .reduce((either, other) => b.op('i32.or', either, other));
}

const control = (register: string, name: string, bit: number, wanted: 0 | 1 = 1): Control => ({
  name: `${register}.${name}`,
  ...{ register, bit, wanted },
});
const hcr = (name: string, bit: number, on?: Trap['on']): Trap => ({
  controls: [control('HCR_EL2', name, bit)],
  ...(on ? { on } : {}),
});

export const TID1 = hcr('TID1', 16);
export const TID2 = hcr('TID2', 17);
export const TID3 = hcr('TID3', 18);
/** IMPLEMENTATION DEFINED registers and instructions, from EL1. */
export const TIDCP = hcr('TIDCP', 20);
export const TACR = hcr('TACR', 21);
export const TSW = hcr('TSW', 22);
/** Cache maintenance by address to the point of coherency, and to that of unification. */
export const TPC = hcr('TPC', 23);
export const TPU = hcr('TPU', 24);
export const TTLB = hcr('TTLB', 25);
export const TDZ = hcr('TDZ', 28);
/** Writes and reads of the registers that control virtual memory. */
export const VIRTUAL_MEMORY: readonly Trap[] = [hcr('TVM', 26, 'write'), hcr('TRVM', 30, 'read')];

export const TCPAC: Trap = { controls: [control('CPTR_EL2', 'TCPAC', 31)] };

/** CNTHCTL_EL2: what is 0 traps. */
export const EL1PCTEN: Trap = { controls: [control('CNTHCTL_EL2', 'EL1PCTEN', 0, 0)] };
export const EL1PCEN: Trap = { controls: [control('CNTHCTL_EL2', 'EL1PCEN', 1, 0)] };

const mdcr = (name: string, bit: number): Control => control('MDCR_EL2', name, bit);
export const TPMCR: Trap = { controls: [mdcr('TPMCR', 5)] };
export const TPM: Trap = { controls: [mdcr('TPM', 6)] };

/** Registers of debug: a bit of its own, or TDE or HCR_EL2.TGE, by which all debug is EL2's. */
const debug = (name: string, bit: number): Trap => ({
  controls: [mdcr(name, bit), mdcr('TDE', 8), control('HCR_EL2', 'TGE', 27)],
});
export const TDA = debug('TDA', 9);
export const TDOSA = debug('TDOSA', 10);
export const TDRA = debug('TDRA', 11);
