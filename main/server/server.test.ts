import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createClient, createSocketChannel } from '../contract/index.ts';
import { createHost, type RunningHost } from '../services/index.ts';
import { startServer, type RunningServer } from './index.ts';

let server: RunningServer;
let host: RunningHost;
let port: string;
let token: string;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
  mkdirSync(join(folder, 'dist/assets'), { recursive: true });
  mkdirSync(join(folder, 'dist-secret'));
  writeFileSync(join(folder, 'dist/index.html'), '<!doctype html>the screen');
  writeFileSync(join(folder, 'dist/assets/a-1234.js'), 'export {};');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'dist-secret/secret.txt'), 'secret');
  const folders = { config: join(folder, 'config'), handsets: join(folder, 'handsets'), cache: join(folder, 'cache') };
  host = createHost({ version: '0', host: 'test', folders });
  server = await startServer({ host, folder: join(folder, 'dist'), port: 0 });
  const url = new URL(server.url);
  port = url.port;
  token = url.searchParams.get('token')!;
});

afterAll(async () => {
  host.close();
  await server.close();
});

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** With the path exactly as it is given: `fetch` would normalise it. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port, path, method, headers: { host: `127.0.0.1:${port}`, ...headers } },
      (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
      },
    );
    call.on('error', reject);
    call.end();
  });
}

const authorised = () => ({ authorization: `Bearer ${token}` });

test('the printed address gives the screen and a cookie, which then is enough', async () => {
  const first = await get(`/?token=${token}`);
  expect(first).toMatchObject({ status: 200, body: '<!doctype html>the screen' });
  const [cookie] = first.headers['set-cookie'] as string[];
  expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
  const second = await get('/assets/a-1234.js', { cookie: cookie!.split(';')[0]! });
  expect(second).toMatchObject({ status: 200, body: 'export {};' });
  expect(second.headers['content-type']).toMatch(/^text\/javascript/);
});

test('a strict content security policy comes with every answer', async () => {
  for (const path of ['/', `/?token=${token}`, '/no-such']) {
    const policy = String((await get(path)).headers['content-security-policy']);
    expect(policy).toMatch(/default-src 'none'/);
    expect(policy).toMatch(/frame-ancestors 'none'/);
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  }
});

test.each([
  ['no token', 401, '/', {}],
  ['a wrong token', 401, '/?token=guess', {}],
  ['a wrong cookie', 401, '/', { cookie: 'pocketvisor=guess' }],
  ['a wrong header', 401, '/', { authorization: 'Bearer guess' }],
])('%s is refused with %d', async (_what, status, path, headers) => {
  expect((await get(path, headers)).status).toBe(status);
});

test('a foreign host name and a foreign page are refused, whatever they know', async () => {
  expect((await get(`/?token=${token}`, { host: 'evil.example' })).status).toBe(421);
  expect((await get(`/?token=${token}`, { host: `evil.example:${port}` })).status).toBe(421);
  expect((await get(`/?token=${token}`, { origin: 'https://evil.example' })).status).toBe(403);
  expect((await get(`/?token=${token}`, { origin: 'null' })).status).toBe(403);
  expect((await get('/', { ...authorised(), origin: `http://localhost:${port}`, host: `localhost:${port}` })).status).toBe(200);
});

test.each([
  '/../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/assets/../../secret.txt',
  '/..\\secret.txt',
  '/%5c..%5csecret.txt',
  '/../dist-secret/secret.txt',
  '//etc/passwd',
  '/assets',
  '/%00',
  '/%',
])('%s leads nowhere', async (path) => {
  expect(await get(path, authorised())).toMatchObject({ status: 404, body: 'there is no such file\n' });
});

test('only reading is served', async () => {
  expect((await get('/', authorised(), 'POST')).status).toBe(405);
});

function connect(path: string, headers: Record<string, string>): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}

test('the contract is served over a WebSocket', async () => {
  const socket = await connect(`/rpc?token=${token}`, { origin: `http://127.0.0.1:${port}` });
  const client = createClient(createSocketChannel(socket));
  expect(await client.host.info()).toMatchObject({ host: 'test' });
  const closed = new Promise<void>((resolve) => client.onClose(resolve));
  client.close();
  await closed;
});

test.each([
  ['no token', '/rpc', () => ({ origin: `http://127.0.0.1:${port}` })],
  ['no origin', '/rpc', authorised],
  ['a foreign origin', '/rpc', () => ({ ...authorised(), origin: 'https://evil.example' })],
  ['a foreign host', '/rpc', () => ({ ...authorised(), origin: `http://127.0.0.1:${port}`, host: 'evil.example' })],
  ['another path', '/other', () => ({ ...authorised(), origin: `http://127.0.0.1:${port}` })],
])('a WebSocket with %s is refused', async (_what, path, headers) => {
  await expect(connect(path, headers())).rejects.toThrow(/Unexpected server response: 4/);
});
