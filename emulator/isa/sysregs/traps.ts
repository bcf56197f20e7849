/** What EL2 traps of the levels below, by the bits of its control registers (DDI 0487 D1.3.5, D19.2). */
import type { Trap } from './register.ts';

const hcr = (bit: number, on?: Trap['on']): Trap => ({ ...(on ? { on } : {}), holds: (b) => b.el2Controls('HCR_EL2', bit) });

export const TID1 = hcr(16);
export const TID2 = hcr(17);
export const TID3 = hcr(18);
/** IMPLEMENTATION DEFINED registers and instructions, from EL1. */
export const TIDCP = hcr(20);
export const TACR = hcr(21);
export const TSW = hcr(22);
/** Cache maintenance by address to the point of coherency, and to that of unification. */
export const TPC = hcr(23);
export const TPU = hcr(24);
export const TTLB = hcr(25);
export const TDZ = hcr(28);
/** Writes and reads of the registers that control virtual memory: TVM, TRVM. */
export const VIRTUAL_MEMORY: readonly Trap[] = [hcr(26, 'write'), hcr(30, 'read')];

export const TCPAC: Trap = { holds: (b) => b.el2Controls('CPTR_EL2', 31) };

/** CNTHCTL_EL2: what is 0 traps. */
export const EL1PCTEN: Trap = { holds: (b) => b.el2Controls('CNTHCTL_EL2', 0, 0) };
export const EL1PCEN: Trap = { holds: (b) => b.el2Controls('CNTHCTL_EL2', 1, 0) };

const mdcr = (bit: number): Trap => ({ holds: (b) => b.el2Controls('MDCR_EL2', bit) });
export const TPMCR = mdcr(5);
export const TPM = mdcr(6);

/** Registers of debug: a bit of its own, or TDE or HCR_EL2.TGE, by which all debug is EL2's. */
const debug = (bit: number): Trap => ({
  holds: (b) =>
    b.op('i32.or', b.op('i32.or', b.el2Controls('MDCR_EL2', bit), b.el2Controls('MDCR_EL2', 8)), b.el2Controls('HCR_EL2', 27)),
});
export const TDA = debug(9);
export const TDOSA = debug(10);
export const TDRA = debug(11);
