/** The analysis of schedules, asked for a handset file: what it refuses is told at its line. */
import { admit, interruptDistancesNs, type AdmissionPlan, type AdmissionReport } from '../../../emulator/machine/admission.ts';
import { boardOf } from '../../../emulator/machine/boards.ts';
import type { CellPlan, CellsPlan, MachineSettings } from '../machines/plan.ts';
import { mayRing } from './channels.ts';
import type { Report } from './report.ts';
import { coresOf } from './schedule.ts';

type Interrupts = NonNullable<AdmissionPlan['interrupts']>;
type Machine = Pick<MachineSettings, 'board' | 'cpus' | 'radio'>;

/** What the analysis says of cells on a machine. */
export function admissionOf(plan: CellsPlan, machine: Machine): AdmissionReport {
  const { cells, budgets, costs } = plan;
  return admit({
    cores: machine.cpus,
    costs,
    cells: cells.map((cell) => ({
      name: cell.name,
      path: `cells.${cell.name}.schedule`,
      cores: coresOf(cell),
      ...cell.schedule,
    })),
    interrupts: [...cells.flatMap((cell) => interruptsOf(machine, cell)), ...doorbellsOf(plan)],
    // Whatever a deadline ends with in a cell, the cell has to start for it.
    latencies: budgets.flatMap(({ from, to, maxNs }, index) => {
      const [source, cell] = [from, to].map((event) => event.split('.')[0] as string) as [string, string];
      const isInterrupt = !cells.some(({ name }) => name === source);
      return isInterrupt && cells.some(({ name }) => name === cell) ? [{ cell, path: `budgets.${index}.max`, maxNs }] : [];
    }),
  });
}

/** What devices of the board interrupt for that a cell was granted: on the core of its first virtual CPU. */
function interruptsOf(machine: Machine, cell: CellPlan): Interrupts {
  const { devices } = boardOf(machine);
  return cell.devices.flatMap((granted) => {
    const device = granted.kind === 'board' ? devices.find(({ name }) => name === granted.name) : undefined;
    const distances = Object.entries((device && interruptDistancesNs[device.kind]) ?? {});
    return distances.map(([name, distanceNs]) => ({
      ...{ name: `${device!.name} (${name})`, cell: cell.name, core: coresOf(cell)[0] as number, distanceNs },
    }));
  });
}

/**
 * Doorbells that ring from another core: what rings on the core of the cell itself is paid for by who rings, or who hears. Without a
 * distance, one who does nothing else rings as fast as hypercalls are.
 */
function doorbellsOf({ cells, channels, costs }: CellsPlan): Interrupts {
  const fastestNs = costs.enterNs + costs.hypercallNs + costs.returnNs;
  return channels.flatMap(({ name, cells: sides, doorbell, distanceNs }) =>
    cells.flatMap((cell) => {
      const core = coresOf(cell)[0] as number;
      const isRung = cells.some(
        (other) =>
          other !== cell && sides[other.name] && mayRing(doorbell, other.name) && coresOf(other).some((its) => its !== core),
      );
      if (!sides[cell.name] || !isRung) return [];
      const shortestNs = Math.max(distanceNs ?? 0, fastestNs);
      const remedy = `give the channel ${name} a distance, such as distance: 1ms`;
      return [{ name: `the doorbell of ${name}`, cell: cell.name, core, distanceNs: shortestNs, waitsForCell: true, remedy }];
    }),
  );
}

export function checkAdmission(report: Report, plan: CellsPlan, settings: Machine): void {
  for (const { code, message, hint, path } of admissionOf(plan, settings).problems) {
    const keys = path.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
    report.error(code, message, keys, hint);
  }
}
