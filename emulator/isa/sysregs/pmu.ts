/** Performance Monitors (PMUv3; DDI 0487 D13, D19.5). */
import { type SystemRegister, sysreg } from './register.ts';

export const pmuRegisters: readonly SystemRegister[] = [
  sysreg('PMCR_EL0', [3, 3, 9, 12, 0], { mask: 0xf9n, ones: 0x3000n }),
  sysreg('PMUSERENR_EL0', [3, 3, 9, 14, 0], { writes: 1, mask: 0xfn }),
];
