import * as fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { UserError } from '../../emulator/base/user-error.ts';
import { inProcessPair } from '../transport/in-process.ts';
import type { Channel } from './channel.ts';
import { decodeFrame, encodeFrame } from './frame.ts';
import { createClient, serveChannel, type Host, type Peer, type Services } from './index.ts';
import { methods } from './methods.ts';

const status = { state: 'running', virtualNs: 1, instructions: 2, mips: 3 } as const;
const guest = { name: 'Image-cloud', description: 'a kernel', path: '/g/Image-cloud' };

/** A host whose services are the given ones; every other fails as a missing part of ours would. */
function fakeHost(some: { [S in keyof Services<Peer>]?: Partial<Services<Peer>[S]> }) {
  const peers: Peer[] = [];
  const typed: [number, number, string][] = [];
  const internal: unknown[] = [];
  const services = Object.fromEntries(
    Object.entries(methods).map(([name, rows]) => [
      name,
      Object.fromEntries(
        Object.keys(rows).map((row) => [
          row,
          (some as Record<string, Record<string, unknown>>)[name]?.[row] ?? (() => Promise.reject(new Error('not in this test'))),
        ]),
      ),
    ]),
  ) as unknown as Services<Peer>;
  const host: Host = {
    services,
    input: (machine, console, bytes) => typed.push([machine, console, new TextDecoder().decode(bytes)]),
    connected: (peer) => peers.push(peer),
    disconnected: (peer) => peers.splice(peers.indexOf(peer), 1),
    internalError: (error) => internal.push(error),
  };
  return { host, peers, typed, internal };
}

function connect(fake: ReturnType<typeof fakeHost>) {
  const [screen, far] = inProcessPair();
  serveChannel(far, fake.host);
  return { client: createClient(screen), screen, far };
}

afterEach(() => vi.restoreAllMocks());

test('a call reaches its service and its answer comes back', async () => {
  const { client } = connect(fakeHost({ guests: { list: () => [guest] } }));
  expect(await client.guests.list()).toEqual([guest]);
});

test("a user's mistake keeps its code, place and hint", async () => {
  const error = new UserError('missing-file', 'there is no such file', { place: { file: 'a.yaml', line: 3 }, hint: 'make it' });
  const { client } = connect(fakeHost({ projects: { open: () => Promise.reject(error) } }));
  await expect(client.projects.open({ path: 'a.yaml' })).rejects.toMatchObject({
    code: 'missing-file',
    message: 'there is no such file',
    hint: 'make it',
    place: { file: 'a.yaml', line: 3 },
  });
});

test('our own faults are told to the log, not to the screen', async () => {
  const fake = fakeHost({ guests: { list: () => Promise.reject(new Error('secret detail')) } });
  const { client } = connect(fake);
  await expect(client.guests.list()).rejects.toMatchObject({ code: 'internal' });
  await expect(client.guests.list()).rejects.not.toThrow(/secret/);
  expect(fake.internal).toHaveLength(2);
});

test('events and console bytes arrive in order, until the listener is taken away', async () => {
  const fake = fakeHost({ guests: { list: () => [] } });
  const { client } = connect(fake);
  const seen: unknown[] = [];
  const stop = client.on('status', (event) => seen.push(event));
  client.on('console', ({ machine, offset, bytes }) => seen.push([machine, offset, ...bytes]));
  fake.peers[0]!.emit('status', { machine: 1, status });
  fake.peers[0]!.console({ machine: 1, console: 0, offset: 5, bytes: Uint8Array.of(104, 105) });
  await client.guests.list();
  stop();
  fake.peers[0]!.emit('status', { machine: 1, status });
  await client.guests.list();
  expect(seen).toEqual([{ machine: 1, status }, [1, 5, 104, 105]]);
});

test('typed bytes reach the machine', async () => {
  const fake = fakeHost({ guests: { list: () => [] } });
  const { client } = connect(fake);
  client.input(7, new TextEncoder().encode('ls\n'));
  await client.guests.list();
  expect(fake.typed).toEqual([[7, 0, 'ls\n']]);
});

test('a lost connection ends calls that are under way, and those to come', async () => {
  const fake = fakeHost({ guests: { list: () => new Promise(() => {}) } });
  const { client, far } = connect(fake);
  const call = client.guests.list();
  far.close();
  await expect(call).rejects.toMatchObject({ code: 'closed' });
  await expect(client.guests.list()).rejects.toMatchObject({ code: 'closed' });
  expect(fake.peers).toEqual([]);
});

test.each([
  ['unknown-method', 'guests.burn', {}],
  ['unknown-method', 'constructor.name', {}],
  ['unknown-method', 'guests.__proto__', {}],
  ['unknown-method', 'guests.list.more', {}],
  ['bad-params', 'machines.start', { machine: 'one' }],
  ['bad-params', 'machines.start', { machine: 1, extra: true }],
  ['bad-params', 'machines.start', null],
  ['bad-params', 'projects.open', { path: '' }],
])('%s: %s %j', async (code, method, params) => {
  const answer = await ask(JSON.stringify({ id: 9, method, params }));
  expect(answer).toMatchObject({ id: 9, error: { code } });
});

test('a result that is not of the contract fails the call', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const fake = fakeHost({ guests: { list: () => [{ name: 1 } as unknown as typeof guest] } });
  await expect(connect(fake).client.guests.list()).rejects.toMatchObject({ code: 'bad-result' });
});

test('no message, however ill-formed, disturbs the host or the screen', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const fake = fakeHost({ guests: { list: () => [guest] } });
  const { client, screen, far } = connect(fake);
  const requestLike = fc.record(
    { id: fc.anything(), method: fc.oneof(fc.constantFrom('guests.list', 'machines.start'), fc.string()), params: fc.json() },
    { requiredKeys: [] },
  );
  const message = fc.oneof(
    fc.string(),
    fc.json(),
    requestLike.map((value) => stringify(value)),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.slice()),
  );
  await fc.assert(
    fc.asyncProperty(message, message, async (toHost, toScreen) => {
      screen.send(toHost);
      far.send(toScreen);
      expect(await client.guests.list()).toEqual([guest]);
    }),
    { numRuns: 300 },
  );
  // Well-formed calls of methods that this test does not have are the only thing that may fail inside.
  expect(fake.internal.every((error) => error instanceof Error && error.message === 'not in this test')).toBe(true);
});

test('a frame is what it was made of', () => {
  const console = { machine: 3, console: 1, offset: 2 ** 40, bytes: Uint8Array.of(1, 2, 3) };
  expect(decodeFrame(encodeFrame(console))).toEqual(console);
  expect(decodeFrame(encodeFrame({ ...console, machine: 0 }))).toBeUndefined();
  expect(decodeFrame(new Uint8Array(15))).toBeUndefined();
});

/** Sends one text to a host, answers the first that comes back. */
async function ask(text: string): Promise<unknown> {
  const [screen, far]: [Channel, Channel] = inProcessPair();
  serveChannel(far, fakeHost({}).host);
  const answer = new Promise((resolve) => screen.onData((data) => resolve(JSON.parse(data as string))));
  screen.send(text);
  return answer;
}

function stringify(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? String(part) : part)) ?? '';
}
