/** The CPU interface of GICv3 and its virtualization (IHI 0069 12.2, 12.4), which is the interrupt controller's: reached by a call of the host. */
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

/** List registers that there are. */
const LIST_REGISTERS = 4;
const registersOfEl2: readonly (readonly [name: string, crm: number, op2: number, access: 'rw' | 'ro'])[] = [
  ['ICH_AP0R0_EL2', 8, 0, 'rw'],
  ['ICH_AP1R0_EL2', 9, 0, 'rw'],
  ['ICC_SRE_EL2', 9, 5, 'rw'],
  ['ICH_HCR_EL2', 11, 0, 'rw'],
  ['ICH_VTR_EL2', 11, 1, 'ro'],
  ['ICH_MISR_EL2', 11, 2, 'ro'],
  ['ICH_EISR_EL2', 11, 3, 'ro'],
  ['ICH_ELRSR_EL2', 11, 5, 'ro'],
  ['ICH_VMCR_EL2', 11, 7, 'rw'],
  ...Array.from({ length: LIST_REGISTERS }, (_, n) => [`ICH_LR${n}_EL2`, 12, n, 'rw'] as const),
];

/** Which of them EL2 traps or makes its virtual machine's is the interrupt controller's affair, too. */
export const gicRegisters: readonly SystemRegister[] = [
  ...registers.map(([name, crn, crm, op2, access]) => sysreg(name, [3, 0, crn, crm, op2], { access, atHost: true })),
  ...registersOfEl2.map(([name, crm, op2, access]) => sysreg(name, [3, 4, 12, crm, op2], { access, atHost: true })),
];
