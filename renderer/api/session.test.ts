import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, expect, test, vi } from 'vitest';
import { RpcError, type Channel } from '../../main/contract/index.ts';
import { FakeHost } from './fake/host.ts';
import { useSession } from './session.ts';

beforeEach(() => setActivePinia(createPinia()));

test('a lost connection is made again, and listeners learn of each', async () => {
  const session = useSession();
  const host = new FakeHost();
  const channels: Channel[] = [];
  let connections = 0;
  session.onConnected(() => connections++);
  void session.connect(() => {
    channels.push(host.open());
    return Promise.resolve(channels.at(-1)!);
  });
  await vi.waitFor(() => expect(session.state).toBe('connected'));
  expect(connections).toBe(1);

  channels[0]!.close();
  await vi.waitFor(() => expect(session.state).toBe('lost'));
  await expect(session.api().guests.list()).rejects.toMatchObject({ code: 'closed' });
  await vi.waitFor(() => expect(session.state).toBe('connected'));
  expect(connections).toBe(2);
  expect(await session.api().guests.list()).not.toEqual([]);
});

test('it tries on while nobody answers, and gives up when it is told why', async () => {
  const session = useSession();
  let tries = 0;
  const open = () => {
    if (++tries < 3) return Promise.reject(new RpcError({ code: 'closed', message: 'nobody there' }));
    return Promise.reject(new RpcError({ code: 'refused', message: 'no token' }));
  };
  await session.connect(open);
  expect(session).toMatchObject({ state: 'refused', reason: 'no token' });
  expect(() => session.api()).toThrow(/no connection/);
});

test('a listener that comes late is called at once, and one that was taken away no more', async () => {
  const session = useSession();
  void session.connect(() => Promise.resolve(new FakeHost().open()));
  await vi.waitFor(() => expect(session.state).toBe('connected'));
  const listener = vi.fn<() => void>();
  session.onConnected(listener)();
  expect(listener).toHaveBeenCalledTimes(1);
});
