/** The access matrix: everything that a guest can touch, and who may. */
import { basename } from 'node:path';
import { boardOf, passable } from '../../../../emulator/machine/boards.ts';
import type { CellDevicePlan, CellsPlan, MachinePlan } from '../../machines/plan.ts';
import { mayRing } from '../channels.ts';
import type { AccessRow, Rights } from './types.ts';

export function accessOf(plan: MachinePlan): AccessRow[] {
  return plan.cells ? hosted(plan, plan.cells) : alone(plan);
}

function alone({ cell, drives, settings }: MachinePlan): AccessRow[] {
  const own = (kind: AccessRow['kind'], what: string, rights: Rights): AccessRow => ({ what, kind, rights: { [cell]: rights } });
  return [
    own('memory', 'RAM', 'rwx'),
    own('device', 'every device', 'rw'),
    own('console', `console of ${cell}`, 'rw'),
    ...drives.map(({ file, readOnly }) => own('disk', `disk ${basename(file.path)}`, readOnly ? 'r' : 'rw')),
    ...(settings.nics ?? []).map((_, nic) => own('network', `network card ${nic}`, 'rw')),
  ];
}

function hosted({ settings }: MachinePlan, { cells, channels, panel }: CellsPlan): AccessRow[] {
  const rows: AccessRow[] = cells.map(({ name }) => ({ what: `RAM of ${name}`, kind: 'memory', rights: { [name]: 'rwx' } }));
  for (const { name, cells: sides, doorbell } of channels) {
    const rights = Object.entries(sides).map(([side, right]) => [side, right === 'ro' ? 'r' : 'rw'] as const);
    rows.push({ what: `channel ${name}`, kind: 'channel', rights: Object.fromEntries(rights) });
    const ringers = Object.keys(sides).filter((side) => mayRing(doorbell, side));
    rows.push({ what: `doorbell of ${name}`, kind: 'doorbell', rights: Object.fromEntries(ringers.map((side) => [side, 'w'])) });
  }
  for (const [what, device] of passable(boardOf(settings))) {
    const owner = cells.find(({ devices }) => devices.some((one) => one.kind === 'board' && one.name === device.name));
    rows.push({ what, kind: 'device', rights: owner ? { [owner.name]: 'rw' } : {} });
  }
  for (const { name, devices } of cells) {
    if (devices.some(({ kind }) => kind === 'uart'))
      rows.push({ what: `console of ${name}`, kind: 'console', rights: { [name]: 'rw' } });
  }
  if (panel?.overlay) {
    const { cell } = panel.overlay;
    rows.push({ what: 'strip of the screen', kind: 'screen', rights: { [cell]: 'w' } });
    rows.push({ what: 'taking the screen', kind: 'screen', rights: { [cell]: 'rw' } });
  }
  const screens = cells.filter(({ name, devices }) => name !== panel?.overlay?.cell && devices.some(isScreen));
  if (screens.length > 0)
    rows.push({ what: 'rest of the screen', kind: 'screen', rights: Object.fromEntries(screens.map(({ name }) => [name, 'w'])) });
  for (const { name, devices } of cells) {
    for (const device of devices)
      if (device.kind === 'input') rows.push({ what: `${device.input} of ${name}`, kind: 'device', rights: { [name]: 'rw' } });
  }
  const disks = new Map<string, Record<string, Rights>>();
  for (const { name, devices } of cells) {
    for (const device of devices) {
      if (device.kind !== 'block') continue;
      const { path } = device.drive.file;
      disks.set(path, { ...disks.get(path), [name]: device.drive.readOnly ? 'r' : 'rw' });
    }
  }
  for (const { name, devices } of cells) {
    for (const device of devices) {
      if (device.kind !== 'served-disk') continue;
      rows.push({ what: `disk of ${device.by}, by requests`, kind: 'disk', rights: { [name]: 'rw' } });
    }
  }
  for (const [path, rights] of disks) rows.push({ what: `disk ${basename(path)}`, kind: 'disk', rights });
  const switches = new Map<string, Record<string, Rights>>();
  for (const [nic, { network }] of (settings.nics ?? []).entries()) {
    const owner = cells.find(({ devices }) => devices.some((device) => device.kind === 'net' && device.nic === nic))!.name;
    rows.push({ what: `network card ${nic}`, kind: 'network', rights: { [owner]: 'rw' } });
    if (network.kind === 'switch') switches.set(network.name, { ...switches.get(network.name), [owner]: 'rw' });
  }
  for (const [name, rights] of switches) rows.push({ what: `switch ${name}`, kind: 'network', rights });
  return rows;
}

const isScreen = ({ kind }: CellDevicePlan): boolean => kind === 'gpu' || kind === 'ramfb';
