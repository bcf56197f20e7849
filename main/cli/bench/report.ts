/** A page that plots the history: one file of HTML that needs no network. */
import { goals } from './goals.ts';
import type { HistoryRecord } from './history.ts';
import { escape, plot, type Series } from './plot.ts';
import { groups, type Group } from './workload.ts';

const style = `
:root { color-scheme: light dark; --wall: #0969da; --cpu: #bc4c00; --gain: #8250df; --line: #8884; --mark: #1a7f37; }
body { font: 14px/1.4 system-ui, sans-serif; max-width: 1080px; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.5em; } h2 { font-size: 1.15em; margin-top: 2em; } h3 { font-size: 1em; margin: 0; font-weight: 600; }
.plots { display: flex; flex-wrap: wrap; gap: 1em; } figure { margin: 0; } svg text { font-size: 10px; fill: currentColor; }
.scale { text-anchor: end; dominant-baseline: middle; opacity: .7; } .name { dominant-baseline: middle; fill: var(--mark) !important; }
.grid { stroke: var(--line); } .one { stroke: currentColor; opacity: .6; } .mark { stroke: var(--mark); stroke-dasharray: 2 3; }
polyline { fill: none; stroke-width: 1.6; } .wall { stroke: var(--wall); fill: var(--wall); }
.cpu { stroke: var(--cpu); fill: var(--cpu); } .cpu polyline { stroke-dasharray: 4 3; }
.gain { stroke: var(--gain); fill: var(--gain); }
table { border-collapse: collapse; } td, th { padding: .15em .8em; text-align: right; border-bottom: 1px solid var(--line); }
td:first-child, th:first-child { text-align: left; } .key { font-weight: 600; }`;

/** Runs on different machines, or with different options, are told apart. */
export function reportPage(history: readonly HistoryRecord[]): string {
  const sections = [...Map.groupBy(history, setting)].map(([title, records]) => section(title, records));
  const key =
    'QEMU’s time over ours, by the fastest run of each: above 1 we are faster. ' +
    '<span class="key" style="color:var(--wall)">Wall clock</span>, <span class="key" style="color:var(--cpu)">CPU time</span>. ' +
    '<span class="key" style="color:var(--gain)">Gain</span> of a parallel load: our time with one thread over that with a thread for each core; of a second stage of translation (kept), our time without it over that with it. ' +
    '<span class="key" style="color:var(--mark)">Goals</span>. Runs follow each other from left to right.';
  const body = sections.length > 0 ? sections.join('') : '<p>Nothing was measured yet.</p>';
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Pocketvisor: speed</title><style>${style}</style>
<h1>Pocketvisor: speed beside QEMU</h1><p>${key}</p>${body}</html>\n`;
}

function setting({ machine, options }: HistoryRecord): string {
  return [`${machine.processor}, ${machine.cores} cores`, ...options].join(' ');
}

function section(title: string, records: readonly HistoryRecord[]): string {
  const runs = records.map(({ date, commit, version }) => `${date.slice(0, 16).replace('T', ' ')} ${commit ?? version}`);
  const means = groups.map((group) =>
    figure(
      group,
      records.map((record) => record.means[group]),
      { width: 520, height: 200, runs, marks: marksOf(group) },
    ),
  );
  const names = [...new Set(records.flatMap((record) => Object.keys(record.workloads)))];
  const each = names.map((name) =>
    figure(
      name,
      records.map((record) => record.workloads[name]),
      { width: 250, height: 110, runs },
    ),
  );
  return `<h2>${escape(title)}</h2>
<div class="plots">${means.join('')}</div><h2>Each workload</h2><div class="plots">${each.join('')}</div>${lastRun(records, runs)}`;
}

type Ratios = HistoryRecord['means'][string];

function figure(name: string, values: readonly (Ratios | undefined)[], options: Parameters<typeof plot>[1]): string {
  const series: Series[] = [
    { label: 'wall', style: 'wall', values: values.map((value) => value?.wall) },
    { label: 'CPU', style: 'cpu', values: values.map((value) => value?.cpu) },
    // A group has one of the two.
    { label: 'gain', style: 'gain', values: values.map((value) => value?.gain) },
    { label: 'kept', style: 'gain', values: values.map((value) => value?.kept) },
  ];
  const measured = series.filter(({ values: all }) => all.some((value) => value !== undefined));
  if (measured.length === 0) return '';
  return `<figure><h3>${escape(name)}</h3>${plot(measured, options)}</figure>`;
}

/** Of the group's means; that of the parallel loads is of the gain. */
function marksOf(group: Group): { label: string; value: number }[] {
  const goal = goals.find((goal) => goal.group === group);
  return goal
    ? [
        { label: 'must', value: goal.must },
        { label: 'aim', value: goal.aim },
      ]
    : [];
}

function lastRun(records: readonly HistoryRecord[], runs: readonly string[]): string {
  const last = records.at(-1);
  if (!last) return '';
  const number = (value: number | undefined, digits: number) => `<td>${value === undefined ? '' : value.toFixed(digits)}</td>`;
  const rows = Object.entries(last.workloads).map(
    ([name, { wall, cpu, gain, oursMs, qemuMs }]) =>
      `<tr><td>${escape(name)}${number(oursMs, 0)}${number(qemuMs, 0)}${number(wall, 2)}${number(cpu, 2)}${number(gain, 2)}</tr>`,
  );
  return `<h2>The last run: ${escape(runs.at(-1) ?? '')}</h2>
<table><tr><th>workload<th>ours, ms<th>QEMU, ms<th>wall<th>CPU<th>gain</tr>${rows.join('')}</table>`;
}
