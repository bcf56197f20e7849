/** The CPU interface of GICv3 (IHI 0069 12.2), which is the interrupt controller's: reached by a call of the host. */
import { type SystemRegister, sysreg } from './register.ts';

const registers: readonly [name: string, crn: number, crm: number, op2: number, access: 'rw' | 'ro' | 'wo'][] = [
  ['ICC_PMR_EL1', 4, 6, 0, 'rw'],
  ['ICC_IAR0_EL1', 12, 8, 0, 'ro'],
  ['ICC_EOIR0_EL1', 12, 8, 1, 'wo'],
  ['ICC_HPPIR0_EL1', 12, 8, 2, 'ro'],
  ['ICC_BPR0_EL1', 12, 8, 3, 'rw'],
  ['ICC_AP0R0_EL1', 12, 8, 4, 'rw'],
  ['ICC_AP1R0_EL1', 12, 9, 0, 'rw'],
  ['ICC_DIR_EL1', 12, 11, 1, 'wo'],
  ['ICC_RPR_EL1', 12, 11, 3, 'ro'],
  ['ICC_SGI1R_EL1', 12, 11, 5, 'wo'],
  ['ICC_ASGI1R_EL1', 12, 11, 6, 'wo'],
  ['ICC_SGI0R_EL1', 12, 11, 7, 'wo'],
  ['ICC_IAR1_EL1', 12, 12, 0, 'ro'],
  ['ICC_EOIR1_EL1', 12, 12, 1, 'wo'],
  ['ICC_HPPIR1_EL1', 12, 12, 2, 'ro'],
  ['ICC_BPR1_EL1', 12, 12, 3, 'rw'],
  ['ICC_CTLR_EL1', 12, 12, 4, 'rw'],
  ['ICC_SRE_EL1', 12, 12, 5, 'rw'],
  ['ICC_IGRPEN0_EL1', 12, 12, 6, 'rw'],
  ['ICC_IGRPEN1_EL1', 12, 12, 7, 'rw'],
];

export const gicRegisters: readonly SystemRegister[] = registers.map(([name, crn, crm, op2, access]) =>
  sysreg(name, [3, 0, crn, crm, op2], { access, atHost: true }),
);
