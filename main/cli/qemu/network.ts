import type { PciPlace } from '../../../emulator/machine/types.ts';
import type { WireAddress } from '../../services/network/index.ts';
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
  const type = properties.takeRequired('type');
  const id = properties.takeRequired('id');
  if (line.networks.has(id)) throw optionError(option, `id=${id} is given twice`);
  addNetwork(line, option, type, id, properties);
  properties.end();
}

function addNetwork(line: QemuCommandLine, option: string, type: string, id: string, properties: Properties): void {
  if (type === 'user') return void line.networks.set(id, takeUserNetwork(option, properties, ANY_ADDRESS));
  if (type !== 'socket') throw optionError(option, `${type} is not supported`, 'user or socket');
  line.networks.set(id, { kind: 'wire', isLive: true });
  line.wires.set(id, takeWire(option, properties));
}

/** `listen=[HOST]:PORT` or `connect=HOST:PORT`: a stream. */
function takeWire(option: string, properties: Properties): WireAddress {
  for (const key of ['mcast', 'udp', 'fd', 'localaddr']) {
    if (properties.take(key) !== undefined) throw optionError(option, `socket,${key}= is not supported`, 'listen= or connect=');
  }
  const [listen, call] = [properties.take('listen'), properties.take('connect')];
  if ((listen === undefined) === (call === undefined)) throw optionError(option, 'socket: either listen= or connect= is needed');
  const text = (listen ?? call)!;
  const [, host = '', digits] = /^(?:(.*):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const kind = listen === undefined ? 'connect' : 'listen';
  const isWhole = port >= 1 && port <= 0xffff && (kind === 'listen' || host !== '');
  if (!isWhole) throw optionError(option, `${kind}=${text} is not an address`, 'listen=:1234 or connect=127.0.0.1:1234');
  return { kind, host: host === '' ? ANY_ADDRESS : host, port };
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
  const model = properties.take('model') ?? 'virtio';
  if (!models.includes(model)) throw optionError(option, `model=${model} is not available in this version`, models.join(' or '));
  const netdev = properties.take('id') ?? `nic${line.nics.length}`;
  const mac = takeMac(option, properties, line.nics.length);
  const link = takeLink(option, properties);
  addNetwork(line, option, type, netdev, properties);
  const pci = model === 'virtio-net-device' ? undefined : addPciDevice(line, 'board', option);
  line.nics.push({ netdev, mac, link, option, pci });
  properties.end();
}

/** Once all options are read: connects cards to the networks that they name. Answers where their wires lead. */
export function finishNetworks(line: QemuCommandLine): Map<number, WireAddress> {
  const wires = new Map<number, WireAddress>();
  const nics = line.nics.map(({ netdev, mac, link, option, pci }, nic) => {
    const network = line.networks.get(netdev);
    if (!network) throw optionError(option, `there is no -netdev with id=${netdev}`);
    line.networks.delete(netdev);
    const wire = line.wires.get(netdev);
    if (wire) wires.set(nic, wire);
    return { mac, link, network, ...(pci ? { pci } : {}) };
  });
  if (nics.length > maxNics) throw optionError(line.nics.at(-1)!.option, `a machine can have ${maxNics} network cards`);
  const [unused] = line.networks.keys();
  if (unused !== undefined) {
    throw optionError('-netdev', `no device uses the network id=${unused}`, `-device virtio-net-pci,netdev=${unused}`);
  }
  if (nics.length > 0) line.plan.settings.nics = nics;
  return wires;
}
