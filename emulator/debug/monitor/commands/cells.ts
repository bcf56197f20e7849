/** Guests beside each other: how they do, and what may be done to one. */
import { actProblem, cellActNames, cellActs, type CellAct } from '../../../base/cell-acts.ts';
import { UserError } from '../../../base/user-error.ts';
import { action, type MonitorCommand } from '../command.ts';
import type { CellFiles, CellRow, MonitorTarget } from '../target.ts';

/** `12.3 %`, or nothing where there is no whole. */
function percent(part: number, whole: number): string {
  return whole > 0 ? `${((part / whole) * 100).toFixed(1)} %` : '';
}

/** `700us of 4615us`. */
const us = (ns: number): string => `${Number((ns / 1000).toFixed(3))}us`;

/** State, share of the CPU since the start, budget, and how often what happened, a line for each. */
export function cellLines({ cells, deadlines, status }: Pick<MonitorTarget, 'cells' | 'deadlines' | 'status'>): string[] {
  const { virtualNs } = status();
  const head = ['cell', 'state', 'CPU', 'budget used', 'overruns', 'missed', 'restarts', 'exits'];
  const rows = cells.map((cell) => [
    ...[cell.name, cell.state, percent(cell.runNs + cell.overheadNs, virtualNs), budgetText(cell, virtualNs)],
    ...[cell.overruns, cell.missed, cell.restarts, cell.exits].map(String),
  ]);
  const widths = head.map((name, n) => Math.max(name.length, ...rows.map((row) => (row[n] as string).length)));
  const kept = deadlines.flatMap(({ from, to, maxNs, met, missed, worstNs, last }) => [
    `${from} to ${to}: ${met} in time, ${missed} missed, worst ${us(worstNs)} of ${us(maxNs)}`,
    ...(last === undefined ? [] : [`  last: ${last}`]),
  ]);
  const line = (row: readonly string[]): string =>
    row
      .map((text, n) => (n < 2 ? text.padEnd(widths[n] as number) : text.padStart(widths[n] as number)))
      .join('  ')
      .trimEnd();
  const failures = cells.flatMap(({ name, failure }) => (failure === undefined ? [] : [`${name} failed: ${failure}`]));
  return [line(head), ...rows.map(line), ...failures, ...kept];
}

/** Of what the budget allows since the start. */
function budgetText({ budget, runNs, overheadNs }: CellRow, virtualNs: number): string {
  if (!budget) return '';
  const used = percent(runNs + overheadNs, (virtualNs / budget.periodNs) * budget.budgetNs);
  return `${used} of ${us(budget.budgetNs)}/${us(budget.periodNs)}`;
}

export const cell: MonitorCommand = {
  names: ['cell'],
  usage: `cell NAME ${cellActNames.join('|')} | cell NAME replace KERNEL [INITRD [APPEND]]`,
  summary: 'does that to a cell while the others run on',
  run({ target }, [name = '', act = '', ...files]) {
    const found = target.cells.find((each) => each.name === name);
    if (!found)
      throw unknownCell(
        name,
        target.cells.map((each) => each.name),
      );
    if (act === 'replace') return action({ cell: name, act, images: filesOf(files) });
    if (!isAct(act)) {
      const known = [...cellActNames, 'replace'].join(', ');
      if (act === '') throw new UserError('no-act', `what to do to ${name} is not said`, { hint: known });
      throw new UserError('unknown-act', `${JSON.stringify(act)} is nothing that can be done to a cell`, { hint: known });
    }
    const problem = actProblem(name, found.state, act);
    if (problem) throw new UserError('wrong-state', `${problem}: there is nothing to ${act}`);
    return action({ cell: name, act });
  },
};

function unknownCell(name: string, names: readonly string[]): UserError {
  const hint = names.length === 0 ? 'one guest has the machine to itself' : names.join(', ');
  if (name === '') return new UserError('no-cell', 'a cell is needed', { hint });
  return new UserError('unknown-cell', `there is no cell ${JSON.stringify(name)}`, { hint });
}

/** Fails for a line about a cell that is not one of these: a script's is wrong before its turn comes. */
export function checkCellName({ command, args: [name = ''] }: ParsedLine, names: readonly string[]): void {
  if (command === cell && !names.includes(name)) throw unknownCell(name, names);
}

interface ParsedLine {
  command: MonitorCommand;
  args: readonly string[];
}

function filesOf([kernel, initrd, append, ...rest]: readonly string[]): CellFiles {
  if (kernel === undefined || rest.length > 0)
    throw new UserError('no-image', 'a file is needed', { hint: 'cell NAME replace KERNEL [INITRD [APPEND]]' });
  return { kernel, ...(initrd === undefined ? {} : { initrd }), ...(append === undefined ? {} : { append }) };
}

/** The files that a line names which replaces a cell; undefined for any other. */
export function replacedFiles(line: ParsedLine): CellFiles | undefined {
  const [, act, ...files] = line.args;
  return line.command === cell && act === 'replace' ? filesOf(files) : undefined;
}

const isAct = (text: string): text is CellAct => Object.hasOwn(cellActs, text);
