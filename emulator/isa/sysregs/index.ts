import { debugRegisters } from './debug.ts';
import { el2Registers } from './el2.ts';
import { gicRegisters } from './gic.ts';
import { pmuRegisters } from './pmu.ts';
import type { SystemRegister } from './register.ts';
import { systemRegisters } from './system.ts';
import { timerRegisters } from './timer.ts';

export { encode, type SystemRegister } from './register.ts';

/** Every system register that is implemented. */
export const sysregs: readonly SystemRegister[] = [
  ...systemRegisters,
  ...el2Registers,
  ...timerRegisters,
  ...gicRegisters,
  ...debugRegisters,
  ...pmuRegisters,
];

/** By encoding, as bits 20:5 of MRS and MSR have it. */
export const sysregByEncoding: ReadonlyMap<number, SystemRegister> = new Map(sysregs.map((row) => [row.encoding, row]));
