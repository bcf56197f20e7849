import { beforeEach, expect, test, vi } from 'vitest';
import { settle, startFakeSession } from '../../api/fake/session.ts';
import type { FakeHost } from '../../api/fake/host.ts';
import { useNotices } from '../../api/notices.ts';
import { useExplorer } from './store.ts';

let host: FakeHost;

beforeEach(async () => {
  host = await startFakeSession();
  useExplorer();
  await settle();
});

test('examples and guests are there', () => {
  const explorer = useExplorer();
  expect(explorer.examples.map(({ name }) => name)).toEqual(['hello', 'linux', 'sketch', 'baseband']);
  expect(explorer.own).toEqual([]);
  expect(explorer.missing.map(({ name }) => name)).toEqual(['Image-cloud', 'Image-rt']);
});

test('a fetch shows its progress, and the guest once it is there', async () => {
  const explorer = useExplorer();
  await explorer.fetch(['Image-rt']);
  const operation = explorer.progress!.operation;
  host.emit('progress', { operation, label: 'Image-rt', done: 5, total: 10, state: 'running' });
  await settle();
  expect(explorer.progress).toMatchObject({ done: 5, total: 10, label: 'Image-rt' });
  host.guests = host.guests.map((guest) => ({ ...guest, bytes: 10 }));
  host.emit('progress', { operation, label: 'Image-rt', done: 10, total: 10, state: 'done' });
  await settle();
  expect(explorer.progress).toBeUndefined();
  expect(explorer.missing).toEqual([]);
});

test('a fetch that another window began is shown as well', async () => {
  host.emit('progress', { operation: 99, label: 'Image-rt', done: 1, state: 'running' });
  await settle();
  expect(useExplorer().progress?.operation).toBe(99);
});

test('a fetch can be cancelled, and one that failed says why', async () => {
  const explorer = useExplorer();
  await explorer.fetch(['Image-rt']);
  await explorer.cancel();
  await vi.waitFor(() => expect(explorer.progress).toBeUndefined());
  expect(useNotices().list).toEqual([]);

  await explorer.fetch(['Image-rt']);
  const { operation } = explorer.progress!;
  host.emit('progress', { operation, label: 'Image-rt', done: 0, state: 'failed', error: 'no network' });
  await settle();
  expect(useNotices().list.at(-1)).toMatchObject({ kind: 'error', text: 'no network' });
});
