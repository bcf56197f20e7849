/** Devices that are files and cards: what a handset file says of them, as a machine has it. */
import { defaultUserNetwork } from '../../../emulator/machine/network-settings.ts';
import type { NetworkCard, PciPlace } from '../../../emulator/machine/types.ts';
import type { DrivePlan } from '../machines/plan.ts';
import { defaultMac, loopback, parseBandwidth, parseDelay, parseForward, parseLoss, parseNicMac } from '../network/settings.ts';
import { fileAt } from './cell-images.ts';
import type { Path } from './document.ts';
import type { Report } from './report.ts';
import type { BlockDevice, NetDevice } from './schema-devices.ts';

export function driveOf(report: Report, device: BlockDevice, path: Path): DrivePlan {
  const file = fileAt(report, device.block, 'block', [...path, 'block']);
  return { file, readOnly: device.readOnly ?? false, ...onBus(device) };
}

/** The card with that number of the machine. */
export function nicOf(report: Report, device: NetDevice, number: number, path: Path): NetworkCard {
  const { mac, forward = [], restricted = false, delay, bandwidth, loss } = device;
  const read = <T>(key: keyof NetDevice, text: string | undefined, parse: (text: string) => T | undefined, hint: string) => {
    const value = text === undefined ? undefined : parse(text);
    if (text !== undefined && value === undefined) {
      report.error('bad-value', `"${key}": ${JSON.stringify(text)} will not do`, [...path, key], hint);
    }
    return value;
  };
  const config = { ...defaultUserNetwork(), restricted };
  config.forwards = forward.flatMap((text) => {
    return read('forward', text, (each) => parseForward(each, config, loopback), 'such as tcp::8080-:80') ?? [];
  });
  const link = {
    ...defined('delayNs', read('delay', delay, parseDelay, 'such as 10ms')),
    ...defined('bitsPerSecond', read('bandwidth', bandwidth, parseBandwidth, 'such as 10M')),
    ...defined('loss', read('loss', loss, parseLoss, 'such as 1%')),
  };
  const address = read('mac', mac, parseNicMac, 'such as 52:54:00:12:34:56');
  return { mac: address ?? defaultMac(number), link, network: { kind: 'user', ...config }, ...onBus(device) };
}

/** Where a virtio device is, if that is not behind mmio. */
function onBus({ bus }: { bus?: 'mmio' | 'pci' | undefined }): { pci?: PciPlace } {
  return bus === 'pci' ? { pci: {} } : {};
}

/** A property, where it has a value. */
function defined<K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: T };
}
