/** Devices that are files and cards: what a handset file says of them, as a machine has it. */
import { defaultUserNetwork } from '../../../emulator/machine/network-settings.ts';
import type { NetworkCard, PciPlace } from '../../../emulator/machine/types.ts';
import type { DrivePlan } from '../machines/plan.ts';
import { defaultMac, loopback, parseForward } from '../network/settings.ts';
import { fileAt } from './cell-images.ts';
import type { Path } from './document.ts';
import type { Report } from './report.ts';
import type { BlockDevice, NetDevice, SwitchDevice } from './schema-devices.ts';
import { WireReader } from './wire.ts';

export function driveOf(report: Report, device: BlockDevice, path: Path): DrivePlan {
  const file = fileAt(report, device.block, 'block', [...path, 'block']);
  return { file, readOnly: device.readOnly ?? false, ...onBus(device) };
}

/** The card with that number of the machine. */
export function nicOf(report: Report, device: NetDevice | SwitchDevice, number: number, path: Path): NetworkCard {
  const reader = new WireReader(report.document, path, report.problems);
  const { mac = defaultMac(number), link } = reader.wire(device);
  if ('switch' in device) return { mac, link, network: { kind: 'switch', name: device.switch }, ...onBus(device) };
  const { forward = [], restricted = false } = device;
  const config = { ...defaultUserNetwork(), restricted };
  config.forwards = forward.flatMap((text) => {
    return reader.read('forward', text, (each) => parseForward(each, config, loopback), 'such as tcp::8080-:80') ?? [];
  });
  return { mac, link, network: { kind: 'user', ...config }, ...onBus(device) };
}

/** Where a virtio device is, if that is not behind mmio. */
export function onBus({ bus }: { bus?: 'mmio' | 'pci' | undefined }): { pci?: PciPlace } {
  return bus === 'pci' ? { pci: {} } : {};
}
