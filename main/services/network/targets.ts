import { getServers } from 'node:dns';
import { isIP } from 'node:net';
import type { HostTarget } from '../../../emulator/machine/network-settings.ts';

/** An address of the host's network, as sockets take it. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Where a guest's traffic goes; undefined where the host has no such place, and for a port that is none. */
export function placeOf({ address, port }: HostTarget, resolvers: () => readonly string[] = getServers): Place | undefined {
  if (port < 1 || port > 0xffff) return undefined;
  if (address === 'loopback') return { host: '127.0.0.1', port };
  if (address !== 'resolver') return isIP(address) === 4 ? { host: address, port } : undefined;
  const [first] = resolvers();
  return first === undefined ? undefined : parseServer(first, port);
}

/** `1.1.1.1`, `1.1.1.1:5353`, `2606::1`, `[2606::1]:5353`. */
function parseServer(text: string, port: number): Place | undefined {
  if (isIP(text)) return { host: text, port };
  const match = /^\[?([^\]]+)\]?:(\d+)$/.exec(text);
  return match && isIP(match[1]!) ? { host: match[1]!, port: Number(match[2]) } : undefined;
}
