/** Where a debugger may attach: a port, of this machine alone unless another address is given, or a socket in the file system. */
export type DebugAddress = { readonly host: string; readonly port: number } | { readonly path: string };

const LOOPBACK = '127.0.0.1';

/** `[HOST:]PORT`; an IPv6 address in brackets. Port 0 stands for any that is free. */
export function parseDebugAddress(text: string): DebugAddress | undefined {
  const match = /^(?:(?:\[([\da-f:.]+)\]|([\w.-]+)):)?(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3] ?? NaN);
  if (!match || !(port <= 65535)) return undefined;
  const host = match[1] ?? match[2];
  return { host: host === undefined || host === 'localhost' ? LOOPBACK : host, port };
}

/** As GDB's `target remote` takes it. */
export function describeAddress(address: DebugAddress): string {
  if ('path' in address) return address.path;
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}
