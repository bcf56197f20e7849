import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import type { GuestEnd } from './endpoint.ts';
import { SocketEndpoint } from './socket.ts';

const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
afterAll(() => rmSync(folder, { recursive: true }));

function guest() {
  const heard: unknown[] = [];
  let bytes = 0;
  const end: GuestEnd = {
    input: (given) => (bytes += given.length),
    open: (isOpen) => heard.push({ isOpen }),
    held: (isHeld) => heard.push({ isHeld }),
  };
  return { heard, end, bytes: () => bytes };
}

test('somebody comes, speaks, and leaves', async () => {
  const path = join(folder, 'line');
  const endpoint = await SocketEndpoint.open({ kind: 'socket', address: { path }, server: true, wait: false }, '--port');
  const { heard, end, bytes } = guest();
  endpoint.connect(end);
  endpoint.write(Buffer.from('to nobody'));
  const client = connect(path);
  await vi.waitFor(() => expect(heard).toEqual([{ isOpen: true }]));
  // A line has two ends.
  const second = connect(path);
  await once(second, 'close');
  client.write('hello');
  endpoint.write(Buffer.from('answer'));
  const [answer] = (await once(client, 'data')) as [Buffer];
  await vi.waitFor(() => expect(bytes()).toBe(5));
  expect(answer.toString()).toBe('answer');
  client.destroy();
  await vi.waitFor(() => expect(heard.at(-1)).toEqual({ isOpen: false }));
  endpoint.close();
});

test('a guest that does not take, and a program that does not read, hold the other one up', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const accepted = once(server, 'connection');
  const endpoint = await SocketEndpoint.open(
    { kind: 'socket', address: { host: '127.0.0.1', port }, server: false, wait: false },
    '--port',
  );
  const [program] = (await accepted) as [Socket];
  const { heard, end, bytes } = guest();
  endpoint.connect(end);
  const much = Buffer.alloc(8 << 20);
  program.write(much);
  await vi.waitFor(() => expect(bytes()).toBeGreaterThanOrEqual(256 * 1024));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(bytes()).toBeLessThan(1 << 20);
  let taken = 0;
  while (taken < much.length) {
    endpoint.taken(bytes() - taken);
    taken = bytes();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  program.pause();
  for (let n = 0; n < 64; n++) endpoint.write(Buffer.alloc(1 << 18));
  expect(heard.at(-1)).toEqual({ isHeld: true });
  program.resume();
  await vi.waitFor(() => expect(heard.at(-1)).toEqual({ isHeld: false }));
  endpoint.close();
  server.close();
});

test('an address at which nobody listens is told', async () => {
  const socket = { kind: 'socket', address: { path: join(folder, 'none') }, server: false, wait: false } as const;
  await expect(SocketEndpoint.open(socket, '--port')).rejects.toMatchObject({ code: 'no-socket' });
});
