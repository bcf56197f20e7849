import type { DisplayConfig, PciPlace } from '../../../emulator/machine/types.ts';
import { parseNumber } from '../../services/handset/units.ts';
import { checkDisplays, takeGpu } from '../display-options.ts';
import { optionError } from '../failure.ts';
import type { QemuCommandLine } from './command-line.ts';
import { addInputDevice } from './input.ts';
import { addNetDevice } from './network.ts';
import { takePciPlace } from './pci.ts';
import { Properties } from './properties.ts';
import { addPort, addSerialDevice } from './serial.ts';
import { addSoundDevice } from './sound.ts';

const option = '-device';

/** `-device NAME,key=value`. */
export function addDevice(line: QemuCommandLine, text: string): void {
  const properties = new Properties(option, text, 'driver');
  const driver = properties.takeRequired('driver');
  const virtio = /^virtio-([a-z]+)(?:-(device|pci(?:-(?:non-)?transitional)?))?$/.exec(driver);
  if (virtio && Object.hasOwn(virtioDevices, virtio[1]!)) addVirtioDevice(line, virtio[1]!, virtio[2], properties);
  else if (Object.hasOwn(devices, driver)) devices[driver]!(line, properties);
  else throw optionError(option, reasonAgainst(driver), `known: ${known().join(', ')}`);
  properties.ignore('id');
  properties.end();
}

const known = () => [...Object.keys(virtioDevices).map((name) => `virtio-${name}-pci|device`), ...Object.keys(devices)];

/** Without `-device` or `-pci`, on this machine it is the latter. */
function addVirtioDevice(line: QemuCommandLine, name: string, kind = 'pci', properties: Properties): void {
  const driver = `${option} virtio-${name}-${kind}`;
  const pci = kind === 'device' ? undefined : takePciPlace(line, driver, kind, properties);
  // The slot of virtio-mmio follows from the order.
  properties.ignore('bus');
  virtioDevices[name]!(line, properties, driver, pci);
}

/** By the name between `virtio-` and `-device` or `-pci`; `pci` is where it is in the second case. */
const virtioDevices: Record<
  string,
  (line: QemuCommandLine, properties: Properties, driver: string, pci: PciPlace | undefined) => void
> = {
  blk: (line, properties, driver, pci) =>
    void line.blockDevices.push({ drive: properties.takeRequired('drive'), option: driver, pci }),
  net: addNetDevice,
  gpu: (line, properties, driver, pci) => addDisplay(line, { ...takeGpu(driver, properties), ...(pci ? { pci } : {}) }),
  keyboard: addInputDevice('keyboard'),
  tablet: addInputDevice('tablet'),
  mouse: addInputDevice('mouse'),
  multitouch: addInputDevice('touch'),
  serial: addSerialDevice,
  sound: addSoundDevice,
  rng: ({ plan: { settings } }, _properties, _driver, pci) => void (settings.rng = pci ? { pci } : true),
};

const devices: Record<string, (line: QemuCommandLine, properties: Properties) => void> = {
  ramfb: (line) => addDisplay(line, { device: 'ramfb' }),
  virtconsole: (line, properties) => addPort(line, properties, true),
  virtserialport: (line, properties) => addPort(line, properties, false),
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
  if (/^virtio-.*-(device|pci)$/.test(driver)) return `${driver} is not available in this version`;
  return `${driver} is not supported`;
}

function takeNumber(properties: Properties, key: string): number | undefined {
  const text = properties.take(key);
  if (text === undefined) return undefined;
  const value = parseNumber(text);
  if (value === undefined) throw optionError(option, `${key}=${text} is not a number`);
  return value;
}
