import { assert } from '../base/assert.ts';
import type { PcieWindows } from '../boards/board.ts';
import type { Clock, Device, Dma, Line, MessageInterrupts } from '../devices/device.ts';
import { HostBridge, PCIE_SLOTS } from '../devices/pcie/host-bridge.ts';
import type { VirtioDevice } from '../devices/virtio/device.ts';
import { createVirtioPci } from '../devices/virtio/pci/pci.ts';
import type { PciPlace } from './types.ts';

/** A virtio device, and how it is on the bus. */
export interface PciDevice {
  readonly device: VirtioDevice;
  readonly place: PciPlace;
}

/** What the host bridge needs of the machine around it. */
export interface PcieSurroundings {
  readonly clock: Clock;
  readonly dma: Dma;
  readonly messages: MessageInterrupts;
  spi(n: number): Line;
  place(name: string, range: { base: number; size: number }, device: Device): void;
}

/** Builds the host bridge with devices in its slots, and puts its windows on the bus of the cores. */
export function buildPcie(
  { ecam, io, low, high, spi }: PcieWindows,
  devices: readonly PciDevice[],
  around: PcieSurroundings,
): void {
  const { clock, dma, messages } = around;
  const bridge = new HostBridge({
    windows: { io: 0, low: low.base, high: high.base },
    interrupts: [0, 1, 2, 3].map((pin) => around.spi(spi + pin)),
    messages,
  });
  const slots = slotsOf(devices);
  for (const [index, { device, place }] of devices.entries()) {
    const transitional = place.transitional ?? false;
    bridge.plug(slots[index] as number, (upstream) => createVirtioPci({ upstream, clock, dma, device, transitional }));
  }
  around.place('pcie', ecam, bridge.ecam);
  around.place('pcie-io', io, bridge.io);
  around.place('pcie-low', low, bridge.low);
  around.place('pcie-high', high, bridge.high);
}

/** A slot for each: the one that it has to be in, or the first that is left. */
function slotsOf(devices: readonly PciDevice[]): number[] {
  const given = devices.flatMap(({ place }) => place.slot ?? []);
  const free = Array.from({ length: PCIE_SLOTS - 1 }, (_, n) => n + 1).filter((slot) => !given.includes(slot));
  const slots = devices.map(({ place }) => place.slot ?? free.shift());
  assert(new Set(slots).size === devices.length && slots.every((slot) => slot !== undefined), 'PCI devices have no slots');
  return slots as number[];
}
