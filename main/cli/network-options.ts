/** The network as `--net user,…` and QEMU's `-netdev user,…` describe it. */
import {
  defaultUserNetwork,
  parseIpv4,
  type Ipv4,
  type LinkConfig,
  type Mac,
  type NicConfig,
  type UserNetworkConfig,
} from '../../emulator/machine/network-settings.ts';
import { defaultMac, parseBandwidth, parseDelay, parseForward, parseLoss, parseNicMac } from '../services/network/settings.ts';
import { optionError } from './failure.ts';
import type { Properties } from './qemu/properties.ts';

type UserNetwork = Extract<NicConfig['network'], { kind: 'user' }>;

/** Takes the properties of a user network. `anyAddress` is where forwarded ports listen that name no address of the host. */
export function takeUserNetwork(option: string, properties: Properties, anyAddress: string): UserNetwork {
  const config = defaultUserNetwork();
  const net = properties.take('net');
  if (net !== undefined) moveTo(option, config, net);
  const address = (key: string, otherwise: Ipv4) =>
    takeValue(option, properties, key, (text) => inside(config, parseIpv4(text)), 'an address of the network') ?? otherwise;
  config.gateway = address('host', config.gateway);
  config.nameServer = address('dns', config.nameServer);
  config.firstLease = address('dhcpstart', config.firstLease);
  config.restricted = properties.takeSwitch('restrict');
  if (!properties.takeSwitch('ipv4', true)) throw optionError(option, 'ipv4=off is not available: nothing would be left');
  if (properties.takeSwitch('ipv6', false)) throw optionError(option, 'ipv6=on is not available in this version');
  config.forwards = properties.takeAll('hostfwd').map((text) => {
    const forward = parseForward(text, config, anyAddress);
    if (!forward) throw optionError(option, `hostfwd=${text} is not a forwarded port`, 'hostfwd=tcp:127.0.0.1:8080-:80');
    return forward;
  });
  return { kind: 'user', ...config };
}

function inside({ network, mask }: UserNetworkConfig, address: Ipv4 | undefined): Ipv4 | undefined {
  return address !== undefined && (address & mask) >>> 0 === network ? address : undefined;
}

/** `10.1.0.0/16`, or with a mask: gateway, name server and leases keep their places in it. */
function moveTo(option: string, config: UserNetworkConfig, text: string): void {
  const [first = '', rest = '24'] = text.split('/');
  const network = parseIpv4(first);
  const mask = /^\d{1,2}$/.test(rest) ? maskOf(Number(rest)) : parseIpv4(rest);
  const bits = Array.from({ length: 20 }, (_, n) => n + 8).find((count) => maskOf(count) === mask);
  if (network === undefined || mask === undefined || bits === undefined) {
    throw optionError(option, `net=${text} is not a network`, 'from /8 to /27, such as net=10.0.2.0/24');
  }
  const base = (network & mask) >>> 0;
  const move = (address: Ipv4) => (base | (address & 0x1f)) >>> 0;
  const { gateway, nameServer, firstLease } = config;
  Object.assign(config, {
    network: base,
    mask,
    gateway: move(gateway),
    nameServer: move(nameServer),
    firstLease: move(firstLease),
  });
}

const maskOf = (bits: number): Ipv4 => (2 ** 32 - 2 ** (32 - bits)) >>> 0;

/** The card's address: the one that is given, or the one that QEMU would give. */
export function takeMac(option: string, properties: Properties, index: number): Mac {
  return takeValue(option, properties, 'mac', parseNicMac, 'the address of a card', '52:54:00:12:34:56') ?? defaultMac(index);
}

/** `delay=10ms,bandwidth=10M,loss=1%`: what the wire to the gateway does. */
export function takeLink(option: string, properties: Properties): LinkConfig {
  const delayNs = takeValue(option, properties, 'delay', parseDelay, 'a time of up to a minute', 'delay=10ms');
  const bitsPerSecond = takeValue(option, properties, 'bandwidth', parseBandwidth, 'a rate in bits a second', 'bandwidth=10M');
  const loss = takeValue(option, properties, 'loss', parseLoss, 'a part of a whole', 'loss=1%');
  return {
    ...(delayNs === undefined ? {} : { delayNs }),
    ...(bitsPerSecond === undefined ? {} : { bitsPerSecond }),
    ...(loss === undefined ? {} : { loss }),
  };
}

function takeValue<T>(
  option: string,
  properties: Properties,
  key: string,
  parse: (text: string) => T | undefined,
  what: string,
  hint?: string,
): T | undefined {
  const text = properties.take(key);
  if (text === undefined) return undefined;
  const value = parse(text);
  if (value === undefined) throw optionError(option, `${key}=${text} is not ${what}`, hint);
  return value;
}
