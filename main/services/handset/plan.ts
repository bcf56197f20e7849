/** From a handset file that satisfies the schema to a machine, with what only its values together can tell. */
import { boards, type Board } from '../../../emulator/machine/boards.ts';
import type { Problem } from '../../contract/index.ts';
import { cpusProblem, defaultPlan, memoryProblem, type MachinePlan } from '../machines/plan.ts';
import { imagesOf } from './cell-images.ts';
import type { HandsetDocument } from './document.ts';
import { addDevices } from './machine-devices.ts';
import { cellsOf } from './cells.ts';
import { Report } from './report.ts';
import type { Cell, Handset } from './schema.ts';
import { parseDate, parseSize } from './units.ts';

export function planOf(document: HandsetDocument, handset: Handset): { plan: MachinePlan; problems: Problem[] } {
  const report = new Report(document);
  const plan = build(report, handset);
  return { plan, problems: report.problems };
}

function build(report: Report, handset: Handset): MachinePlan {
  const { board, cores, cpu, gic, el, exec, seed, rtc, cells } = handset;
  const plan = defaultPlan(board);
  plan.name = handset.handset;
  // Nothing is there that the file does not grant.
  plan.settings = { ...plan.settings, cpus: cores, cpu, el, exec, seed, rng: false };
  if (gic !== undefined) plan.settings.gic = gic;
  const few = cpusProblem(cores, board);
  if (few) report.error('out-of-range', few.message, ['cores'], few.hint);
  if (rtc !== undefined) {
    const seconds = parseDate(rtc);
    if (seconds === undefined)
      report.error('bad-value', `"rtc": ${JSON.stringify(rtc)} is not a date`, ['rtc'], '2026-01-01T12:00:00');
    else plan.settings.rtcSeconds = seconds;
  }
  const [first] = Object.entries(cells);
  if (!first) report.error('missing-key', '"cells" is empty', ['cells'], 'add a cell');
  else if (isAlone(handset)) addOnlyCell(report, plan, ...first);
  else plan.cells = cellsOf(report, plan.settings, handset);
  return plan;
}

/** Whether one guest has the machine to itself, without a hypervisor (decision 0024). */
function isAlone({ cells, display, channels, budgets }: Handset): boolean {
  const all = Object.values(cells);
  const hosted = ({ schedule, cpus, cores, restart, map }: Cell): boolean =>
    (schedule ?? cpus ?? cores ?? restart ?? map) !== undefined;
  return all.length === 1 && !all.some(hosted) && !display && channels.length === 0 && budgets.length === 0;
}

function addOnlyCell(report: Report, plan: MachinePlan, name: string, cell: Cell): void {
  const path = ['cells', name];
  const { settings } = plan;
  const { ramBase }: Board = boards[settings.board];
  plan.cell = name;
  const memory = parseSize(cell.memory);
  const range =
    memory === undefined
      ? { message: `${cell.memory} is not a size`, hint: 'such as 192M' }
      : memoryProblem(memory, settings.board);
  if (range) report.error('out-of-range', range.message, [...path, 'memory'], range.hint);
  else settings.memory = memory!;
  Object.assign(plan, imagesOf(report, cell, path, { base: ramBase, size: memory }));
  addDevices(report, plan, cell, [...path, 'devices']);
}
