import type { MachineConfig, NetworkCard } from '../../../emulator/machine/types.ts';
import { HostNetwork, type WireAddress } from '../../services/network/index.ts';
import { loopback, maxNics } from '../../services/network/settings.ts';
import { optionError } from '../failure.ts';
import { takeLink, takeMac, takeUserNetwork } from '../network-options.ts';
import { Properties } from '../qemu/properties.ts';

/** `--net none`, `--net user[,hostfwd=tcp::8080-:80][,restrict=on][,mac=M][,delay=10ms][,bandwidth=10M][,loss=1%][,bus=pci]`, each a card. */
export function parseNets(texts: readonly string[]): NetworkCard[] {
  const option = '--net';
  const nics: NetworkCard[] = [];
  for (const text of texts) {
    const properties = new Properties(option, text, 'kind');
    const kind = properties.takeRequired('kind');
    if (kind !== 'user' && kind !== 'none')
      throw optionError(option, `${JSON.stringify(kind)} will not do`, 'one of: user, none');
    if (kind === 'user') {
      const mac = takeMac(option, properties, nics.length);
      const bus = properties.take('bus') ?? 'mmio';
      if (bus !== 'mmio' && bus !== 'pci') throw optionError(option, `bus=${bus} will not do`, 'one of: mmio, pci');
      const pci = bus === 'pci' ? { pci: {} } : {};
      const link = takeLink(option, properties);
      nics.push({ mac, link, network: takeUserNetwork(option, properties, loopback), ...pci });
    }
    properties.end();
  }
  if (nics.length > maxNics) throw optionError(option, `a machine can have ${maxNics} network cards`);
  return nics;
}

/** The sockets that a machine's network needs, with its ports open; undefined for a machine without one. Says which ports were free. */
export async function openNetwork(
  { nics = [] }: Pick<MachineConfig, 'nics'>,
  wires?: ReadonlyMap<number, WireAddress>,
): Promise<HostNetwork | undefined> {
  if (nics.length === 0) return undefined;
  const network = new HostNetwork(nics, wires);
  for (const line of await network.listen()) process.stderr.write(`pocketvisor: ${line}\n`);
  return network;
}
