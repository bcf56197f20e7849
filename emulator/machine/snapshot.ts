import type { DeviceState } from '../devices/device.ts';
import type { Core, CoreSnapshot } from './core.ts';
import type { PhysicalMemory, RomBank } from './physical-memory.ts';

/** Everything that a guest can see at one moment: plain data (structured clone). Valid for a machine of the same configuration. */
export interface MachineSnapshot {
  readonly timeNs: number;
  readonly cores: readonly CoreSnapshot[];
  /** Pages of RAM that were touched. */
  readonly ram: readonly { readonly pa: number; readonly bytes: Uint8Array }[];
  readonly flash: readonly Uint8Array[];
  readonly devices: readonly [name: string, state: DeviceState][];
}

/** The parts of a machine that a snapshot is taken of. */
export interface SnapshotParts {
  readonly cores: readonly Core[];
  readonly ram: PhysicalMemory;
  readonly flash: readonly RomBank[];
  readonly devices: { save(): [string, DeviceState][]; restore(states: readonly [string, DeviceState][]): void };
}

export function takeSnapshot({ cores, ram, flash, devices }: SnapshotParts, timeNs: number): MachineSnapshot {
  const pages: { pa: number; bytes: Uint8Array }[] = [];
  ram.touched((pa, bytes) => pages.push({ pa, bytes: bytes.slice() }));
  return {
    timeNs,
    cores: cores.map((core) => core.save()),
    ram: pages,
    flash: flash.map(({ bytes }) => bytes.slice()),
    devices: devices.save(),
  };
}

/** Puts a snapshot in place. The machine's time is the snapshot's already, and nothing is due. */
export function restoreSnapshot({ cores, ram, flash, devices }: SnapshotParts, snapshot: MachineSnapshot): void {
  ram.clear(ram.base, ram.size);
  for (const { pa, bytes } of snapshot.ram) ram.write(pa, bytes);
  flash.forEach((bank, n) => {
    bank.bytes.set(snapshot.flash[n] as Uint8Array);
    bank.changed(0, bank.bytes.length);
  });
  // Devices first: what they do to interrupts on the way wakes nobody then.
  devices.restore(snapshot.devices);
  cores.forEach((core, n) => core.restore(snapshot.cores[n] as CoreSnapshot));
}
