/** Serial lines on the command line: how QEMU's `-serial` and `-chardev` and our `--port` name what they are connected to. */
import { parseNumber } from '../services/handset/units.ts';
import type { Backend, SocketAddress } from '../services/serial/backend.ts';
import { optionError } from './failure.ts';
import { Properties } from './qemu/properties.ts';

const known = 'stdio, file:F, unix:PATH[,server=on], tcp:HOST:PORT[,server=on] or null';

/** `stdio`, `null`, `file:F`, `unix:PATH`, `tcp:HOST:PORT`, each with properties; undefined for what is none of them. */
export function parseBackend(option: string, text: string): Backend | undefined {
  const properties = new Properties(option, text, 'kind');
  const kind = properties.take('kind') ?? '';
  const backend = backendOf(option, kind, properties);
  if (backend) properties.end();
  return backend;
}

function backendOf(option: string, kind: string, properties: Properties): Backend | undefined {
  if (kind === 'stdio' || kind === 'mon:stdio') return { kind: 'stdio' };
  if (kind === 'null' || kind === 'none') return { kind: 'null' };
  const [, scheme, rest = ''] = /^(file|unix|tcp):(.+)$/.exec(kind) ?? [];
  if (scheme === 'file') return { kind: 'file', path: rest };
  const address = scheme === 'unix' ? { path: rest } : scheme === 'tcp' ? parseTcp(option, rest) : undefined;
  return address && { kind: 'socket', address, ...takeServer(properties) };
}

/** The properties of a `-chardev` of that kind. */
export function takeBackend(option: string, kind: string, properties: Properties): Backend {
  switch (kind) {
    case 'stdio':
    case 'null':
      return { kind };
    case 'file': {
      const path = properties.takeRequired('path');
      const input = properties.take('input-path');
      return { kind, path, ...(input === undefined ? {} : { input: { path: input, role: `${option} file,input-path=` } }) };
    }
    case 'socket': {
      const path = properties.take('path');
      const address = path === undefined ? takeTcp(option, properties) : { path };
      return { kind, address, ...takeServer(properties) };
    }
    default:
      throw optionError(option, `${kind} is not supported`, 'stdio, file, socket or null');
  }
}

/** As QEMU has it: a server waits for its first client unless it is told otherwise. */
function takeServer(properties: Properties): { server: boolean; wait: boolean } {
  const server = properties.takeSwitch('server');
  const wait = properties.takeSwitch('wait', server) && !properties.takeSwitch('nowait');
  properties.ignore('reconnect', 'telnet', 'nodelay', 'delay', 'ipv4', 'ipv6');
  return { server, wait: server && wait };
}

function takeTcp(option: string, properties: Properties): SocketAddress {
  const host = properties.take('host') ?? '127.0.0.1';
  return { host, port: portOf(option, properties.takeRequired('port')) };
}

function parseTcp(option: string, text: string): SocketAddress {
  const at = text.lastIndexOf(':');
  if (at < 0) throw optionError(option, `tcp:${text} has no port`, known);
  return { host: text.slice(0, at) || '127.0.0.1', port: portOf(option, text.slice(at + 1)) };
}

function portOf(option: string, text: string): number {
  const port = parseNumber(text);
  if (port === undefined || port > 0xffff) throw optionError(option, `${JSON.stringify(text)} is not a port`);
  return port;
}

/** `NAME=FILE[,input=FILE]`, `NAME=unix:PATH,server=on` and so on: a named port and what it is connected to. */
export function parsePort(option: string, text: string): { name: string; backend: Backend } {
  const at = text.indexOf('=');
  const name = text.slice(0, at);
  const rest = text.slice(at + 1);
  if (at < 1 || rest === '') throw optionError(option, `${JSON.stringify(text)} is not NAME=FILE`, 'NAME=out.bin,input=in.bin');
  if (name.length > 100 || /[\s/]/.test(name))
    throw optionError(option, `${JSON.stringify(name)} is not a name`, 'letters, digits and dots');
  const backend = parseBackend(option, rest);
  if (backend?.kind === 'stdio') throw optionError(option, 'standard output is for consoles', 'NAME=out.bin');
  if (backend) return { name, backend };
  const properties = new Properties(option, rest, 'path');
  const path = properties.takeRequired('path');
  const input = properties.take('input');
  properties.end();
  return {
    name,
    backend: { kind: 'file', path, ...(input === undefined ? {} : { input: { path: input, role: `${option} input=` } }) },
  };
}
