import type { DisplayConfig } from '../../../emulator/machine/types.ts';
import { parseNumber } from '../../services/handset/units.ts';
import { checkDisplays, takeGpu } from '../display-options.ts';
import { optionError } from '../failure.ts';
import type { QemuCommandLine } from './command-line.ts';
import { addInputDevice } from './input.ts';
import { addNetDevice } from './network.ts';
import { Properties } from './properties.ts';

const option = '-device';

/** `-device NAME,key=value`. */
export function addDevice(line: QemuCommandLine, text: string): void {
  const properties = new Properties(option, text, 'driver');
  const driver = properties.takeRequired('driver');
  if (!Object.hasOwn(devices, driver))
    throw optionError(option, reasonAgainst(driver), `known: ${Object.keys(devices).join(', ')}`);
  // The place on the bus follows from the order.
  properties.ignore('id', 'bus');
  devices[driver]!(line, properties);
  properties.end();
}

const devices: Record<string, (line: QemuCommandLine, properties: Properties) => void> = {
  'virtio-blk-device'(line, properties) {
    line.blockDevices.push(properties.takeRequired('drive'));
  },
  'virtio-net-device': addNetDevice,
  'virtio-gpu-device': (line, properties) => addDisplay(line, takeGpu('-device virtio-gpu-device', properties)),
  ramfb: (line) => addDisplay(line, { device: 'ramfb' }),
  'virtio-rng-device'(line) {
    line.plan.settings.rng = true;
  },
  'virtio-keyboard-device': addInputDevice('keyboard'),
  'virtio-tablet-device': addInputDevice('tablet'),
  'virtio-mouse-device': addInputDevice('mouse'),
  'virtio-multitouch-device': addInputDevice('touch'),
  loader(line, properties) {
    const path = properties.takeRequired('file');
    const address = takeNumber(properties, 'addr');
    const cpu = takeNumber(properties, 'cpu-num');
    if (cpu !== undefined && cpu !== 0) throw optionError(option, `loader,cpu-num=${cpu}: only core 0 can be given`);
    if (properties.takeSwitch('force-raw') && address === undefined)
      throw optionError(option, 'loader,force-raw=on: addr= is needed');
    line.plan.loads.push({ file: { path, role: '-device loader,file=' }, ...(address === undefined ? {} : { address }) });
    // With a core number QEMU starts that core at what it loaded.
    if (cpu === 0 && address !== undefined) line.plan.entry = address;
  },
  'guest-loader'(line, properties) {
    const address = takeNumber(properties, 'addr');
    if (address === undefined) throw optionError(option, 'guest-loader: addr= is needed');
    const kernel = properties.take('kernel');
    const initrd = properties.take('initrd');
    const bootargs = properties.take('bootargs');
    const path = kernel ?? initrd;
    if (path === undefined || (kernel !== undefined && initrd !== undefined))
      throw optionError(option, 'guest-loader: either kernel= or initrd= is needed');
    if (initrd !== undefined && bootargs !== undefined) throw optionError(option, 'guest-loader,bootargs= goes with kernel=');
    const role = `-device guest-loader,${kernel === undefined ? 'initrd' : 'kernel'}=`;
    (line.plan.modules ??= []).push({
      ...{ kind: kernel === undefined ? 'ramdisk' : 'kernel', file: { path, role }, address },
      ...(bootargs === undefined ? {} : { bootargs }),
    });
  },
};

function addDisplay({ plan }: QemuCommandLine, display: DisplayConfig): void {
  checkDisplays(option, (plan.settings.displays = [...(plan.settings.displays ?? []), display]));
}

function reasonAgainst(driver: string): string {
  if (/^virtio-.*-pci/.test(driver)) return `${driver}: PCI is not available in this version`;
  if (/^virtio-.*-device$/.test(driver)) return `${driver} is not available in this version`;
  return `${driver} is not supported`;
}

function takeNumber(properties: Properties, key: string): number | undefined {
  const text = properties.take(key);
  if (text === undefined) return undefined;
  const value = parseNumber(text);
  if (value === undefined) throw optionError(option, `${key}=${text} is not a number`);
  return value;
}
