/** One plot of ratios over runs, as SVG. */

export interface Series {
  readonly label: string;
  /** One for each run; undefined where it was not measured. */
  readonly values: readonly (number | undefined)[];
  /** Class of the style sheet. */
  readonly style: 'wall' | 'cpu' | 'gain';
}

export interface PlotOptions {
  readonly width: number;
  readonly height: number;
  /** Named lines across. */
  readonly marks?: readonly { readonly label: string; readonly value: number }[];
  /** What a point says when the pointer rests on it: one for each run. */
  readonly runs: readonly string[];
}

const margin = { left: 40, right: 56, top: 8, bottom: 16 };

/** The axis is logarithmic: twice as fast is as far from 1 as half as fast. */
export function plot(series: readonly Series[], { width, height, marks = [], runs }: PlotOptions): string {
  const values = [...series.flatMap(({ values: all }) => all), ...marks.map(({ value }) => value), 1];
  const logs = values.filter((value) => value !== undefined && value > 0).map((value) => Math.log2(value!));
  const [low, high] = [Math.floor(Math.min(...logs) - 0.2), Math.ceil(Math.max(...logs) + 0.2)];
  const x = (run: number): number =>
    margin.left + (runs.length > 1 ? run / (runs.length - 1) : 0.5) * (width - margin.left - margin.right);
  const y = (value: number): number =>
    margin.top + ((high - Math.log2(value)) / (high - low)) * (height - margin.top - margin.bottom);

  const grid = Array.from({ length: high - low + 1 }, (_, at) => 2 ** (low + at)).map((value) => {
    const at = y(value).toFixed(1);
    const line = `<line class="${value === 1 ? 'one' : 'grid'}" x1="${margin.left}" x2="${width - margin.right}" y1="${at}" y2="${at}"/>`;
    return `${line}<text x="${margin.left - 6}" y="${at}" class="scale">${value >= 1 ? value : `1/${1 / value}`}</text>`;
  });
  const lines = marks.map(({ label, value }) => {
    const at = y(value).toFixed(1);
    const line = `<line class="mark" x1="${margin.left}" x2="${width - margin.right}" y1="${at}" y2="${at}"/>`;
    return `${line}<text class="name" x="${width - margin.right + 4}" y="${at}">${escape(label)} ${value}</text>`;
  });
  const curves = series.map(({ label, values: all, style }) => {
    const points = all.flatMap((value, run) => (value === undefined || value <= 0 ? [] : [{ run, value }]));
    const path = points.map(({ run, value }) => `${x(run).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
    const dots = points.map(({ run, value }) => {
      const title = `<title>${escape(`${label} ${value.toFixed(2)}, ${runs[run] ?? ''}`)}</title>`;
      return `<circle cx="${x(run).toFixed(1)}" cy="${y(value).toFixed(1)}" r="2.5">${title}</circle>`;
    });
    return `<g class="${style}"><polyline points="${path}"/>${dots.join('')}</g>`;
  });
  const content = [...grid, ...lines, ...curves].join('');
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">${content}</svg>`;
}

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
