import type { PciPlace } from '../../../emulator/machine/types.ts';
import { maxNics } from '../../services/network/settings.ts';
import { optionError } from '../failure.ts';
import { takeLink, takeMac, takeUserNetwork } from '../network-options.ts';
import type { QemuCommandLine } from './command-line.ts';
import { addPciDevice } from './pci.ts';
import { Properties } from './properties.ts';

/** Where QEMU listens for a forwarded port without an address: on all of them. */
const ANY_ADDRESS = '0.0.0.0';
const models = ['virtio', 'virtio-net-pci', 'virtio-net-device'];

/** `-netdev user,id=I,hostfwd=tcp::8080-:80`. */
export function addNetdev(line: QemuCommandLine, text: string): void {
  const option = '-netdev';
  const properties = new Properties(option, text, 'type');
  requireUser(option, properties.takeRequired('type'));
  const id = properties.takeRequired('id');
  const network = takeUserNetwork(option, properties, ANY_ADDRESS);
  properties.end();
  if (line.networks.has(id)) throw optionError(option, `id=${id} is given twice`);
  line.networks.set(id, network);
}

/** `-device virtio-net-device,netdev=I,mac=M`, or on PCI. */
export function addNetDevice(line: QemuCommandLine, properties: Properties, option: string, pci: PciPlace | undefined): void {
  const netdev = properties.takeRequired('netdev');
  line.nics.push({ netdev, mac: takeMac(option, properties, line.nics.length), link: {}, option, pci });
}

/** `-nic none`, `-nic user,model=virtio-net-pci,hostfwd=…`: a network and its card in one. */
export function addNic(line: QemuCommandLine, text: string): void {
  const option = '-nic';
  const properties = new Properties(option, text, 'type');
  const type = properties.takeRequired('type');
  if (type === 'none') return properties.end();
  requireUser(option, type);
  const model = properties.take('model') ?? 'virtio';
  if (!models.includes(model)) throw optionError(option, `model=${model} is not available in this version`, models.join(' or '));
  const netdev = properties.take('id') ?? `nic${line.nics.length}`;
  const mac = takeMac(option, properties, line.nics.length);
  const link = takeLink(option, properties);
  line.networks.set(netdev, takeUserNetwork(option, properties, ANY_ADDRESS));
  const pci = model === 'virtio-net-device' ? undefined : addPciDevice(line, 'board', option);
  line.nics.push({ netdev, mac, link, option, pci });
  properties.end();
}

/** Once all options are read: connects cards to the networks that they name. */
export function finishNetworks(line: QemuCommandLine): void {
  const nics = line.nics.map(({ netdev, mac, link, option, pci }) => {
    const network = line.networks.get(netdev);
    if (!network) throw optionError(option, `there is no -netdev with id=${netdev}`);
    line.networks.delete(netdev);
    return { mac, link, network, ...(pci ? { pci } : {}) };
  });
  if (nics.length > maxNics) throw optionError(line.nics.at(-1)!.option, `a machine can have ${maxNics} network cards`);
  const [unused] = line.networks.keys();
  if (unused !== undefined) {
    throw optionError('-netdev', `no device uses the network id=${unused}`, `-device virtio-net-pci,netdev=${unused}`);
  }
  if (nics.length > 0) line.plan.settings.nics = nics;
}

function requireUser(option: string, type: string): void {
  if (type !== 'user') throw optionError(option, `${type} is not supported`, 'user');
}
