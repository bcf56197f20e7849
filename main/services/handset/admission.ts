/** The analysis of schedules, asked for a handset file: what it refuses is told at its line. */
import { admit, type AdmissionPlan, type AdmissionReport } from '../../../emulator/machine/admission.ts';
import type { CellsPlan } from '../machines/plan.ts';
import type { Report } from './report.ts';
import { coresOf } from './schedule.ts';

/** What the analysis says of cells on a machine with so many cores. */
export function admissionOf({ cells, budgets, costs }: CellsPlan, cores: number): AdmissionReport {
  const plan: AdmissionPlan = {
    cores,
    costs,
    cells: cells.map((cell) => ({
      name: cell.name,
      path: `cells.${cell.name}.schedule`,
      cores: coresOf(cell),
      ...cell.schedule,
    })),
    // Whatever a deadline ends with in a cell, the cell has to start for it.
    latencies: budgets.flatMap(({ from, to, maxNs }, index) => {
      const [source, cell] = [from, to].map((event) => event.split('.')[0] as string) as [string, string];
      const isInterrupt = !cells.some(({ name }) => name === source);
      return isInterrupt && cells.some(({ name }) => name === cell) ? [{ cell, path: `budgets.${index}.max`, maxNs }] : [];
    }),
  };
  return admit(plan);
}

export function checkAdmission(report: Report, plan: CellsPlan, cores: number): void {
  for (const { code, message, hint, path } of admissionOf(plan, cores).problems) {
    const keys = path.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
    report.error(code, message, keys, hint);
  }
}
