/** A lab before its files are read. */
import type { LabWire } from '../../../emulator/machine/lab/types.ts';
import type { MachinePlan } from '../machines/plan.ts';

export interface LabMachinePlan {
  name: string;
  /** With a network card for each wire. */
  plan: MachinePlan;
  wires: LabWire[];
}

export interface LabPlan {
  name: string;
  seed: number;
  machines: LabMachinePlan[];
}

/** As many as share a thread with some use. */
export const maxLabMachines = 16;
