import { meets, type Figure, type Show, type Shown } from './show.ts';

/** What `--json` prints. */
export interface ShowReport {
  readonly show: string;
  readonly short: boolean;
  readonly control: boolean;
  /** Whether every figure meets its goal; of a control that would be the mistake. */
  readonly ok: boolean;
  readonly figures: readonly (Figure & { readonly ok: boolean })[];
  readonly details: readonly string[];
}

export function reportOf(show: Show, shown: Shown, options: { readonly short: boolean; readonly control: boolean }): ShowReport {
  const figures = shown.figures.map((figure) => ({ ...figure, ok: meets(figure) }));
  const { short, control } = options;
  return { show: show.name, short, control, ok: figures.every(({ ok }) => ok), figures, details: shown.details ?? [] };
}

/** The figures as a table, then the details and the verdict. */
export function reportText(report: ShowReport): string {
  const rows = report.figures.map((figure) => [
    figure.name,
    `${number(figure.value)}${figure.unit ? ` ${figure.unit}` : ''}`,
    goalText(figure),
    figure.goal ? (figure.ok ? 'ok' : 'MISSED') : '',
    figure.note ?? '',
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 1 ? cell.padStart(widths[1]!) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, ...report.details.flatMap((line, index) => (index ? [line] : ['', line])), '', verdict(report)].join('\n');
}

function verdict({ show, control, ok, figures }: ShowReport): string {
  const missed = figures.filter((figure) => !figure.ok).map(({ name }) => name);
  if (control)
    return ok ? `${show}: the control misses nothing: these figures prove nothing` : `${show}: the control misses, as it must`;
  return ok ? `${show}: ok` : `${show}: missed: ${missed.join(', ')}`;
}

function goalText({ goal }: Figure): string {
  if (!goal) return '';
  const { is, atMost, atLeast } = goal;
  return [
    is !== undefined && `= ${number(is)}`,
    atMost !== undefined && `<= ${number(atMost)}`,
    atLeast !== undefined && `>= ${number(atLeast)}`,
  ]
    .filter(Boolean)
    .join(', ');
}

function number(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en-US') : value.toPrecision(4);
}
