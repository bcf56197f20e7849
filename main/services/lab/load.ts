import type { LabMachineConfig } from '../../../emulator/machine/lab/types.ts';
import type { Script } from '../../../emulator/machine/types.ts';
import { loadPlan, type LoadedMachine } from '../machines/load.ts';
import type { LabPlan } from './plan.ts';

export interface LoadedLab {
  machines: LabMachineConfig[];
  /** In the order of the machines. */
  drives: LoadedMachine['drives'][];
}

/** Reads and checks every file of all machines; throws a `UserError` for the first that is wrong. */
export function loadLab(lab: LabPlan, scriptOf: (machine: string) => Script): LoadedLab {
  const loaded: LoadedLab = { machines: [], drives: [] };
  try {
    for (const { name, plan, wires } of lab.machines) {
      const { config, drives } = loadPlan(plan);
      loaded.machines.push({ name, config, script: scriptOf(name), wires });
      loaded.drives.push(drives);
    }
  } catch (error) {
    closeDrives(loaded);
    throw error;
  }
  return loaded;
}

export function closeDrives({ drives }: LoadedLab): void {
  for (const drive of drives.flat()) drive.close();
}
