/** The devices of a guest that has the machine to itself. */
import { boards, type Board } from '../../../emulator/machine/boards.ts';
import { defaultDisplay, displaySizeProblem, displaysProblem } from '../machines/displays.ts';
import { limits, type MachinePlan } from '../machines/plan.ts';
import { maxNics } from '../network/settings.ts';
import { maxPorts, numberPorts } from '../serial/backend.ts';
import { driveOf, nicOf } from './cell-devices.ts';
import type { Path } from './document.ts';
import type { Report } from './report.ts';
import type { Cell } from './schema.ts';
import { isHid, type DisplayDevice } from './schema-devices.ts';

export function addDevices(report: Report, plan: MachinePlan, { devices = ['uart'] }: Cell, path: Path): void {
  const { settings } = plan;
  let consoles = 0;
  for (const [index, device] of devices.entries()) {
    const at = [...path, index];
    if (device === 'rng') settings.rng = true;
    else if (device === 'console') consoles++;
    else if (device === 'radio') settings.radio = true;
    else if (device === 'display') addDisplay(report, plan, { display: 'virtio-gpu' }, at);
    else if (typeof device === 'string') {
      if (isHid(device)) (settings.inputs ??= []).push({ kind: device });
      // All else that has a name is on the board already.
    } else if ('display' in device) addDisplay(report, plan, device, at);
    else if ('net' in device || 'switch' in device) {
      const nics = (settings.nics ??= []);
      nics.push(nicOf(report, device, nics.length, at));
    } else if ('disk-of' in device)
      report.error('unknown-cell', 'there is no other cell', [...at, 'disk-of'], 'use { block: FILE }');
    else plan.drives.push(driveOf(report, device, at));
  }
  const most = (count: number, limit: number, what: string): void => {
    if (count > limit) report.error('out-of-range', `${count} ${what}`, path, `a machine can have ${limit}`);
  };
  most(settings.nics?.length ?? 0, maxNics, 'network cards');
  most(plan.drives.length, limits.maxDrives, 'block devices');
  most(settings.inputs?.length ?? 0, limits.maxInputs, 'input devices');
  most(consoles, maxPorts - 1, 'consoles');
  if (consoles > 0 && consoles < maxPorts) {
    const console = { isConsole: true, backend: { kind: 'stdio' } } as const;
    plan.serial = [{ maxPorts, ports: numberPorts(Array.from({ length: consoles }, () => console)) }];
  }
  if (!devices.includes('uart')) {
    report.warn('uart-is-there', 'the board has its uart also where it is not listed, in this version', path, 'add uart');
  }
}

function addDisplay(report: Report, { settings }: MachinePlan, { display, width, height }: DisplayDevice, path: Path): void {
  const { screen }: Board = boards[settings.board];
  const usual = screen ?? defaultDisplay;
  const size = { width: width ?? usual.width, height: height ?? usual.height };
  const displays = (settings.displays ??= []);
  if (display === 'virtio-gpu') displays.push({ ...defaultDisplay, ...size });
  else displays.push({ device: display });
  if (display === 'ramfb' && (width ?? height) !== undefined)
    report.error('conflict', 'the guest chooses the size of a ramfb', path, 'leave width and height out');
  const problem = displaySizeProblem(size.width, size.height) ?? displaysProblem(displays);
  if (problem) report.error('out-of-range', problem.message, path, problem.hint);
}
