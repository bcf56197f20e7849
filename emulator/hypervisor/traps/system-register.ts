import { skip, type Entry, type Verdict } from '../entry.ts';

const READ = 1;

/** Op0, Op1, CRn, CRm, Op2 as ISS of class 0x18 has them. */
const code = (op0: number, op1: number, crn: number, crm: number, op2: number): number =>
  (op0 << 20) | (op2 << 17) | (op1 << 14) | (crn << 10) | (crm << 1);
const CODE = code(3, 7, 15, 15, 7);
const IDS = code(3, 7, 15, 0, 0);

/** Registers that send SGIs: there are no virtual ones (IHI 0069 6.3). */
const sgiRegisters = new Map([
  [code(3, 0, 12, 11, 5), 'ICC_SGI1R_EL1'],
  [code(3, 0, 12, 11, 6), 'ICC_ASGI1R_EL1'],
  [code(3, 0, 12, 11, 7), 'ICC_SGI0R_EL1'],
]);

/** A system register that the hypervisor keeps to itself. */
export function systemRegister(entry: Entry): Verdict {
  const { iss, cell, cpu, processor, services } = entry;
  const register = (iss >> 5) & 31;
  processor.charge(services.costs.emulateNs);
  const sgi = sgiRegisters.get(iss & CODE);
  if (sgi !== undefined && (iss & READ) === 0) {
    cpu.interrupts.pull();
    cell.parts.gic.writeRegister?.(cpu.index, sgi, register === 31 ? 0n : processor.x(register));
    return skip(entry);
  }
  // ID_*_EL1 (HCR_EL2.TID3): what a core without EL2 says.
  if ((iss & IDS) === code(3, 0, 0, 0, 0) && iss & READ) {
    const index = ((iss >> 1) & 15) * 8 + ((iss >> 17) & 7);
    if (register !== 31) processor.setX(register, cell.parts.ids[index] ?? 0n);
    return skip(entry);
  }
  return 'inject';
}
