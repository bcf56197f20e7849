import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { UserError } from '../../../emulator/base/user-error.ts';
import { formatIpv4, type PortForward } from '../../../emulator/machine/network-settings.ts';
import type { TcpSockets } from './tcp-sockets.ts';
import type { UdpSockets } from './udp-sockets.ts';

/** A port of the host on which somebody listens for the guest. */
export interface Listener {
  readonly forward: PortForward;
  /** The port itself where any was asked for. */
  readonly port: number;
  close(): void;
}

/** Listens on a forwarded port; `index` is its place in the list. Fails with a UserError where the host does not let us. */
export async function listen(
  forward: PortForward,
  index: number,
  newId: () => number,
  sockets: { tcp: TcpSockets; udp: UdpSockets },
): Promise<Listener> {
  try {
    return forward.protocol === 'tcp'
      ? await listenTcp(forward, index, newId, sockets.tcp)
      : await listenUdp(forward, index, sockets.udp);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? 'the port is in use' : code === 'EACCES' ? 'it may not be listened on' : message;
    throw new UserError('no-forward', `hostfwd: ${forward.protocol} ${forward.hostAddress}:${forward.hostPort}: ${reason}`, {
      hint: 'choose another port of the host',
    });
  }
}

async function listenTcp(forward: PortForward, index: number, newId: () => number, tcp: TcpSockets): Promise<Listener> {
  const server = createServer({ allowHalfOpen: true }, (socket) => tcp.accept(newId(), index, socket));
  server.listen(forward.hostPort, forward.hostAddress);
  await once(server, 'listening');
  return { forward, port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

async function listenUdp(forward: PortForward, index: number, udp: UdpSockets): Promise<Listener> {
  const server: UdpSocket = createSocket('udp4');
  server.on('message', (bytes, from) => udp.received(index, server, bytes, from));
  server.bind(forward.hostPort, forward.hostAddress);
  await once(server, 'listening');
  // An answer that cannot be sent is lost, as datagrams are.
  server.on('error', () => undefined);
  return { forward, port: server.address().port, close: () => void server.close() };
}

/** For a person: `127.0.0.1:8080 leads to 10.0.2.15:80`. */
export function describe({ forward, port }: Listener): string {
  return `${forward.protocol} ${forward.hostAddress}:${port} leads to ${formatIpv4(forward.guestAddress)}:${forward.guestPort}`;
}
