import type { Overlay } from '../../devices/virtio/sectors.ts';
import type { CellDevice } from '../../hypervisor/config.ts';
import type { MachineConfig } from '../types.ts';

/** The same machine, whose drives have what was written so far, and keep to themselves what is written from now on: the images stay as they are. */
export function withOwnDrives(config: MachineConfig): MachineConfig {
  const { cells } = config;
  return {
    ...config,
    drives: config.drives.map(overlaid),
    ...(cells ? { cells: { ...cells, cells: cells.cells.map((cell) => ({ ...cell, devices: cell.devices.map(ofCell) })) } } : {}),
  };
}

function overlaid<T extends { readonly overlay?: Overlay }>(drive: T): T {
  return { ...drive, overlay: new Map(drive.overlay) };
}

function ofCell(device: CellDevice): CellDevice {
  return device.kind === 'block' ? overlaid(device) : device;
}
