/** Screens as a person may ask for them. */
import { MAX_EDID_SIDE } from '../../../emulator/machine/screens.ts';
import type { HidKind } from '../../../emulator/base/hid.ts';
import type { DisplayConfig } from '../../../emulator/machine/types.ts';
import type { MachinePlan } from './plan.ts';

export const maxDisplays = 4;
/** QEMU's. */
export const defaultDisplay = { device: 'virtio-gpu', width: 1280, height: 800, edid: true } as const satisfies DisplayConfig;

/** Why a monitor cannot have that size; undefined when it can. */
export function displaySizeProblem(width: number, height: number): { message: string; hint: string } | undefined {
  const fits = [width, height].every((side) => Number.isInteger(side) && side >= MIN_SIDE && side <= MAX_EDID_SIDE);
  if (fits) return undefined;
  return {
    message: `a screen of ${width}x${height} is out of range`,
    hint: `each side has ${MIN_SIDE} to ${MAX_EDID_SIDE} pixels`,
  };
}

const MIN_SIDE = 16;

/** Whether something of that machine can be seen. */
export function hasScreen({ settings, cells }: Pick<MachinePlan, 'settings' | 'cells'>): boolean {
  return cells ? cells.panel !== undefined : (settings.displays?.length ?? 0) > 0;
}

/** What hands can do on that machine: each kind once for each device. */
export function inputsOf({ settings, cells }: Pick<MachinePlan, 'settings' | 'cells'>): HidKind[] {
  if (!cells) return (settings.inputs ?? []).map(({ kind }) => kind);
  return cells.cells.flatMap(({ devices }) => devices.flatMap((device) => (device.kind === 'input' ? [device.input] : [])));
}

/** Why a machine cannot have all of these; undefined when it can. */
export function displaysProblem(displays: readonly DisplayConfig[]): { message: string; hint: string } | undefined {
  if (displays.length > maxDisplays) return { message: `${displays.length} screens`, hint: `a machine can have ${maxDisplays}` };
  const count = displays.filter(({ device }) => device === 'ramfb').length;
  return count > 1 ? { message: `${count} ramfb`, hint: 'the firmware configuration tells of one' } : undefined;
}
