/** Guests beside each other: what a handset file says of its cells, as the hypervisor has it. */
import { boards, type Board } from '../../../emulator/machine/boards.ts';
import { planRam } from '../../../emulator/machine/cells/ram-plan.ts';
import { limits, type CellPlan, type CellsPlan, type MachineSettings } from '../machines/plan.ts';
import { maxNics } from '../network/settings.ts';
import { checkAdmission } from './admission.ts';
import { budgetsOf } from './budgets.ts';
import { imagesOf } from './cell-images.ts';
import { channelsOf } from './channels.ts';
import { panelOf } from './display.ts';
import { Grants } from './grants.ts';
import type { Report } from './report.ts';
import type { Cell, Handset } from './schema.ts';
import { checkPriorities, scheduleOf } from './schedule.ts';
import { formatSize, parseSize } from './units.ts';

/** The cells of a handset; completes the settings of the machine that they share. */
export function cellsOf(report: Report, settings: MachineSettings, handset: Handset): CellsPlan {
  const { ramBase, memory, costs }: Board = boards[settings.board];
  if (handset.el === 2) report.error('conflict', "EL2 is the hypervisor's where there are several cells", ['el'], 'take it out');
  // An option of some boards, and on others always.
  if (boards[settings.board].options.radio && Object.values(handset.cells).some(({ devices }) => devices?.includes('radio')))
    settings.radio = true;
  const panel = panelOf(report, settings, handset);
  const grants = new Grants(report, settings, panel, handset);
  const cells = Object.entries(handset.cells).map(([name, cell]) => ({
    ...cellOf(report, settings, handset, name, cell),
    devices: grants.devicesOf(name, cell),
  }));
  const channels = channelsOf(report, handset);
  const budgets = budgetsOf(report, settings, handset);
  checkPriorities(report, cells);
  checkSwitches(report, settings, cells);
  checkTotals(report, settings, cells);

  const users = { cells, channels };
  const needed = planRam(users, ramBase).size;
  settings.memory = Math.max(memory.usual, Math.ceil(needed / 2 ** 20) * 2 ** 20);
  if (needed > memory.most && !report.failed) {
    // Behind the first so many is where it does not fit any more.
    const fits = (count: number): boolean => planRam({ cells: cells.slice(0, count), channels: [] }, ramBase).size <= memory.most;
    const over = cells.findIndex((_, index) => !fits(index + 1));
    const path = over < 0 ? ['channels'] : ['cells', cells[over]!.name, 'memory'];
    const message = `cells and channels need ${formatSize(Math.ceil(needed / 2 ** 20) * 2 ** 20)} of memory`;
    report.error('too-much-memory', message, path, `the board ${settings.board} has ${formatSize(memory.most)}`);
  }
  const plan = { cells, channels, budgets, costs, ...(panel ? { panel } : {}) };
  // Of what contradicts itself there is nothing to analyse.
  if (!report.failed) checkAdmission(report, plan, settings);
  return plan;
}

function cellOf(
  report: Report,
  settings: MachineSettings,
  handset: Handset,
  name: string,
  cell: Cell,
): Omit<CellPlan, 'devices'> {
  const path = ['cells', name];
  const { ramBase }: Board = boards[cell.map ?? settings.board];
  const memory = parseSize(cell.memory);
  if (memory === undefined || memory < limits.minMemory) {
    report.error(
      'out-of-range',
      `${cell.memory} of memory is out of range`,
      [...path, 'memory'],
      `at least ${formatSize(limits.minMemory)}`,
    );
  } else if (memory % limits.memoryStep !== 0) {
    report.error('out-of-range', `${cell.memory} is not a whole number of pages`, [...path, 'memory'], 'give a multiple of 4K');
  }
  if (cell.bios !== undefined) {
    report.error(
      'conflict',
      'a cell has no flash',
      [...path, 'bios'],
      'give kernel: or image:, or leave one cell without a schedule',
    );
  }
  return {
    name,
    images: imagesOf(report, cell, path, { base: ramBase, size: memory }),
    ...(cell.map === undefined ? {} : { map: cell.map }),
    memoryBytes: memory ?? 0,
    ...cpusOf(report, handset, name, cell),
    schedule: scheduleOf(report, cell, [...path, 'schedule']),
    restart: cell.restart ?? 'never',
  };
}

function cpusOf(report: Report, handset: Handset, name: string, cell: Cell): Pick<CellPlan, 'cpus' | 'cores'> {
  const path = ['cells', name];
  const { cores } = cell;
  const cpus = cell.cpus ?? cores?.length ?? 1;
  const machine = handset.cores === 1 ? 'one core' : `${handset.cores} cores`;
  if (cpus > handset.cores) {
    const message = `${cpus} virtual CPUs, but the handset has ${machine}`;
    report.error(
      'too-many-cpus',
      message,
      [...path, cell.cpus === undefined ? 'cores' : 'cpus'],
      `at most ${handset.cores}, or more "cores" of the handset`,
    );
  }
  cores?.forEach((core, index) => {
    const at = [...path, 'cores', index];
    if (core >= handset.cores)
      report.error('out-of-range', `there is no core ${core}: the handset has ${machine}`, at, 'they count from 0');
    else if (cores.indexOf(core) < index)
      report.error('core-twice', `core ${core} is given twice`, at, 'a core runs one virtual CPU of a cell');
  });
  if (cores && cores.length !== cpus) {
    report.error('conflict', `${cores.length} cores for ${cpus} virtual CPUs`, [...path, 'cores'], 'name one for each');
  }
  return { cpus, ...(cores ? { cores } : {}) };
}

/** A switch with one card leads nowhere, which is a name that was written in two ways more often than not. */
function checkSwitches(report: Report, { nics = [] }: MachineSettings, cells: readonly CellPlan[]): void {
  const nameOf = (nic: number): string | undefined => {
    const network = nics[nic]?.network;
    return network?.kind === 'switch' ? network.name : undefined;
  };
  const names = [...nics.keys()].map(nameOf);
  for (const { name, devices } of cells) {
    for (const [index, device] of devices.entries()) {
      const at = device.kind === 'net' ? nameOf(device.nic) : undefined;
      if (at === undefined || names.filter((other) => other === at).length > 1) continue;
      const path = ['cells', name, 'devices', index, 'switch'];
      report.warn('lonely-switch', `nobody else is at the switch "${at}"`, path, 'name it in another cell');
    }
  }
}

function checkTotals(report: Report, settings: MachineSettings, cells: readonly CellPlan[]): void {
  const nics = settings.nics?.length ?? 0;
  if (nics > maxNics) report.error('out-of-range', `${nics} network cards`, ['cells'], `a machine can have ${maxNics}`);
  const drives = cells.reduce((sum, { devices }) => sum + devices.filter(({ kind }) => kind === 'block').length, 0);
  if (drives > limits.maxDrives)
    report.error('out-of-range', `${drives} block devices`, ['cells'], `a machine can have ${limits.maxDrives}`);
}
