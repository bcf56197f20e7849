import type { AdmissionReport } from './admission.ts';
import { microseconds } from './response-text.ts';

/** What was promised, as a table, and what is left; problems are for the caller, who knows their lines. */
export function admissionText(report: AdmissionReport): string {
  const rows = report.promises.map((promise) => [
    ...[promise.cell, `${promise.core}`, `${promise.priority}`, microseconds(promise.periodNs), microseconds(promise.budgetNs)],
    ...[
      microseconds(promise.guestNs),
      microseconds(promise.deadlineNs),
      microseconds(promise.response.ns),
      microseconds(promise.start.ns),
    ],
  ]);
  const table = [['cell', 'core', 'priority', 'period', 'budget', 'guest', 'deadline', 'worst', 'start'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    row.map((cell, column) => (column ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join('  '),
  );
  const percent = (part: number) => `${(part * 100).toFixed(1)} %`;
  const cores = report.cores.map(({ core, promised, interrupts }) => {
    const devices = interrupts ? `, interrupts take up to ${percent(interrupts)}` : '';
    return `core ${core}: ${percent(promised)} promised${devices}, ${percent(Math.max(0, 1 - promised - interrupts))} left for the others`;
  });
  return [...(rows.length ? lines : ['no cell has a budget: nothing is promised']), ...cores].join('\n');
}
