/** The host's sockets against servers and clients on loopback. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  defaultUserNetwork,
  HOST_CREDIT,
  type PortForward,
  type SocketEvent,
} from '../../../emulator/machine/network-settings.ts';
import { HostSockets } from './host-sockets.ts';
import { placeOf } from './targets.ts';

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

function create(resolvers?: () => string[]) {
  const events: SocketEvent[] = [];
  const sockets = new HostSockets((event) => events.push(event), resolvers);
  closing.push(() => sockets.close());
  const seen = (type: SocketEvent['type']) => events.filter((event) => event.type === type);
  const until = (type: SocketEvent['type'], count = 1) =>
    vi.waitFor(() => expect(seen(type).length).toBeGreaterThanOrEqual(count));
  const text = () =>
    seen('data')
      .map((event) => (event.type === 'data' ? Buffer.from(event.bytes).toString() : ''))
      .join('');
  return { events, sockets, seen, until, text };
}

async function serve(onConnection: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    closing.push(() => socket.destroy());
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe('TCP', () => {
  test('there, back, and each end by itself', async () => {
    const { port } = await serve((socket) => {
      socket.on('data', (chunk) => void socket.write(chunk.toString().toUpperCase()));
      socket.on('end', () => void socket.end('bye'));
    });
    const { sockets, events, until, text } = create();
    sockets.take({ type: 'connect', id: 1, target: { address: 'loopback', port } });
    await until('opened');
    sockets.take({ type: 'data', id: 1, bytes: bytesOf('hello') });
    await until('data');
    expect(events).toContainEqual({ type: 'written', id: 1, bytes: 5 });
    sockets.take({ type: 'end', id: 1 });
    await until('end');
    expect([text(), events.at(-1)]).toEqual(['HELLObye', { type: 'end', id: 1 }]);
  });

  test('nobody listens', async () => {
    const { server, port } = await serve(() => undefined);
    server.close();
    await once(server, 'close');
    const { sockets, events, until } = create();
    sockets.take({ type: 'connect', id: 1, target: { address: 'loopback', port } });
    await until('refused');
    expect(events).toEqual([{ type: 'refused', id: 1 }]);
  });

  test('resets go both ways', async () => {
    const peers: Socket[] = [];
    const { port } = await serve((socket) => peers.push(socket));
    const { sockets, until, seen } = create();
    for (const id of [1, 2]) sockets.take({ type: 'connect', id, target: { address: 'loopback', port } });
    await until('opened', 2);
    await vi.waitFor(() => expect(peers).toHaveLength(2));
    peers[0]!.resetAndDestroy();
    await until('reset');
    const [{ id: gone } = { id: 0 }] = seen('reset');
    const failure = once(peers[1]!, 'error').catch((error: NodeJS.ErrnoException) => [error]);
    sockets.take({ type: 'reset', id: 3 - gone });
    const [error] = (await failure) as NodeJS.ErrnoException[];
    expect([error?.code, seen('reset').length]).toEqual(['ECONNRESET', 1]);
  });

  test('the host sends no more than the guest takes', async () => {
    const { port } = await serve((socket) => socket.end(Buffer.alloc(4 * HOST_CREDIT, 7)));
    const { sockets, events, seen, until } = create();
    sockets.take({ type: 'connect', id: 1, target: { address: 'loopback', port } });
    const got = () => seen('data').reduce((sum, event) => sum + (event.type === 'data' ? event.bytes.length : 0), 0);
    await vi.waitFor(() => expect(got()).toBeGreaterThanOrEqual(HOST_CREDIT));
    const most = got();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([got(), most < 2 * HOST_CREDIT, seen('end')]).toEqual([most, true, []]);
    for (let confirmed = 0; confirmed < 4 * HOST_CREDIT;) {
      const bytes = got() - confirmed;
      confirmed += bytes;
      sockets.take({ type: 'credit', id: 1, bytes });
      if (confirmed < 4 * HOST_CREDIT) await vi.waitFor(() => expect(got()).toBeGreaterThan(confirmed));
    }
    await until('end');
    expect([got(), events.at(-1)?.type]).toEqual([4 * HOST_CREDIT, 'end']);
  });
});

describe('UDP', () => {
  test('there and back, and nobody is there', async () => {
    const server = createSocket('udp4');
    server.on('message', (bytes, { port, address }) => server.send(Buffer.from(bytes).reverse(), port, address));
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    const { sockets, events, until } = create(() => [`127.0.0.1:${port}`]);
    sockets.take({ type: 'datagram', id: 1, target: { address: 'resolver', port: 53 }, bytes: bytesOf('abc') });
    sockets.take({ type: 'datagram', id: 1, bytes: bytesOf('de') });
    await until('datagram', 2);
    expect(events.map((event) => (event.type === 'datagram' ? Buffer.from(event.bytes).toString() : ''))).toEqual(['cba', 'ed']);
    sockets.take({ type: 'close', id: 1 });
    server.close();
    await once(server, 'close');
    sockets.take({ type: 'datagram', id: 2, target: { address: 'loopback', port }, bytes: bytesOf('x') });
    await until('refused');
    expect(events.at(-1)).toEqual({ type: 'refused', id: 2 });
  });
});

describe('forwarded ports', () => {
  const forward = (protocol: 'tcp' | 'udp', hostPort = 0): PortForward => ({
    ...{ protocol, hostAddress: '127.0.0.1', hostPort, guestAddress: 0x0a00_020f, guestPort: 80 },
  });
  const config = (...forwards: PortForward[]) => ({ ...defaultUserNetwork(), forwards });

  test('connections and datagrams come in', async () => {
    const { sockets, events, until } = create();
    const [tcp, udp] = await sockets.listen(config(forward('tcp'), forward('udp')));
    closing.push(
      () => tcp!.close(),
      () => udp!.close(),
    );
    const client = connect(tcp!.port, '127.0.0.1');
    client.write('hi');
    await until('data');
    expect(events).toMatchObject([
      { type: 'accepted', id: -1, forward: 0 },
      { type: 'data', id: -1 },
    ]);
    sockets.take({ type: 'data', id: -1, bytes: bytesOf('ho') });
    const [answer] = (await once(client, 'data')) as [Buffer];
    expect(answer.toString()).toBe('ho');
    client.destroy();
    const asker = createSocket('udp4');
    closing.push(() => asker.close());
    asker.send('who', udp!.port, '127.0.0.1');
    asker.send('what', udp!.port, '127.0.0.1');
    await until('datagram', 2);
    expect(events.filter(({ type }) => type === 'datagram')).toMatchObject([{ id: -2, forward: 1 }, { id: -2 }]);
    sockets.take({ type: 'datagram', id: -2, bytes: bytesOf('me') });
    const [datagram] = (await once(asker, 'message')) as [Buffer];
    expect(datagram.toString()).toBe('me');
  });

  test('a port that is taken is told', async () => {
    const { port } = await serve(() => undefined);
    const { sockets } = create();
    await expect(sockets.listen(config(forward('tcp'), forward('tcp', port)))).rejects.toMatchObject({
      ...{ code: 'no-forward', message: `hostfwd: tcp 127.0.0.1:${port}: the port is in use` },
    });
  });
});

test('where traffic goes', () => {
  expect(placeOf({ address: 'loopback', port: 80 })).toEqual({ host: '127.0.0.1', port: 80 });
  expect(placeOf({ address: '192.0.2.1', port: 80 })).toEqual({ host: '192.0.2.1', port: 80 });
  expect(placeOf({ address: '192.0.2.1', port: 0 })).toBeUndefined();
  expect(placeOf({ address: 'example.org', port: 80 })).toBeUndefined();
  const resolver = (text: string) => placeOf({ address: 'resolver', port: 53 }, () => [text]);
  expect(['192.0.2.1', '192.0.2.1:5353', '2001:db8::1', '[2001:db8::1]:5353', 'x'].map(resolver)).toEqual([
    { host: '192.0.2.1', port: 53 },
    { host: '192.0.2.1', port: 5353 },
    { host: '2001:db8::1', port: 53 },
    { host: '2001:db8::1', port: 5353 },
    undefined,
  ]);
  expect(placeOf({ address: 'resolver', port: 53 }, () => [])).toBeUndefined();
});
