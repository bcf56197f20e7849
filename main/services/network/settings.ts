/** Words that describe a network, in options and handset files alike. All functions answer undefined for what is none. */
import {
  FIRST_MAC,
  isGroupMac,
  parseIpv4,
  parseMac,
  type Mac,
  type PortForward,
  type UserNetworkConfig,
} from '../../../emulator/machine/network-settings.ts';
import { parseDuration } from '../handset/units.ts';

/** As many network cards as fit beside drives. */
export const maxNics = 8;

/** Where forwarded ports listen that name no address of the host. */
export const loopback = '127.0.0.1';

/** `tcp:127.0.0.1:8080-10.0.2.15:80`; the protocol and both addresses may be left out. Port 0 of the host is any that is free. */
export function parseForward(text: string, { firstLease }: UserNetworkConfig, anyAddress: string): PortForward | undefined {
  const match = /^(tcp|udp|):([^:]*):(\d{1,5})-([^:]*):(\d{1,5})$/.exec(text);
  if (!match) return undefined;
  const [, protocol, host = '', hostPort, guest = '', guestPort] = match;
  const hostAddress = host === '' ? anyAddress : host;
  const guestAddress = guest === '' ? firstLease : parseIpv4(guest);
  const ports = { hostPort: Number(hostPort), guestPort: Number(guestPort) };
  if (parseIpv4(hostAddress) === undefined || guestAddress === undefined) return undefined;
  if (ports.hostPort > 0xffff || ports.guestPort < 1 || ports.guestPort > 0xffff) return undefined;
  return { protocol: protocol === 'udp' ? 'udp' : 'tcp', hostAddress, guestAddress, ...ports };
}

/** An address that a card may have: not one of a group. */
export function parseNicMac(text: string): Mac | undefined {
  const mac = parseMac(text);
  return mac === undefined || mac === 0 || isGroupMac(mac) ? undefined : mac;
}

/** The address of a card that was given none, by its place: those that QEMU gives. */
export const defaultMac = (index: number): Mac => FIRST_MAC + index;

/** Nanoseconds of up to a minute: `10ms`. */
export function parseDelay(text: string): number | undefined {
  const ns = parseDuration(text);
  return ns !== undefined && ns <= 60e9 ? ns : undefined;
}

/** Bits a second, at least a thousand: `10M`, `9600`. */
export function parseBandwidth(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([kMG]?)$/.exec(text) ?? [];
  const bits = Number(count) * ({ k: 1e3, M: 1e6, G: 1e9 }[unit] ?? 1);
  return bits >= 1000 ? bits : undefined;
}

/** The part of a whole: `1%`, `0.01`. */
export function parseLoss(text: string): number | undefined {
  const [, count, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const part = Number(count) / (percent ? 100 : 1);
  return part <= 1 ? part : undefined;
}
