import { beforeEach, expect, test, vi } from 'vitest';
import { useDocuments } from './documents.ts';
import { settle, startFakeSession } from './fake/session.ts';
import type { FakeHost } from './fake/host.ts';
import { useMachines } from './machines.ts';
import { useNotices } from './notices.ts';
import { useProjects } from './projects.ts';

let host: FakeHost;
const calls = () => host.calls.filter((call) => call.startsWith('machines.'));

beforeEach(async () => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => {} }));
  vi.stubGlobal('document', { documentElement: { dataset: {} } });
  host = await startFakeSession();
  useMachines();
  await settle();
  host.calls.length = 0;
});

test('run makes a machine and starts it', async () => {
  const machines = useMachines();
  await machines.run();
  await settle();
  expect(machines.state).toBe('running');
  expect(calls()).toEqual(['machines.create', 'machines.start']);
  await machines.tell('stop');
});

test('the same text is started again on the same machine, another text on a new one', async () => {
  const machines = useMachines();
  await machines.run();
  await machines.tell('stop');
  await settle();
  const first = machines.current?.id;
  await machines.run();
  await machines.tell('stop');
  await settle();
  expect(machines.current?.id).toBe(first);

  useDocuments().edit('handset: other\n');
  await machines.run();
  await settle();
  expect(useProjects().current?.example).toBe(false);
  expect(machines.current?.id).not.toBe(first);
  await machines.tell('stop');
});

test('a handset with an error does not run, and its place is shown', async () => {
  const documents = useDocuments();
  documents.edit('hanset: hello\n');
  await useMachines().run();
  expect(calls()).toEqual([]);
  expect(documents.dirty).toBe(true);
  expect(documents.reveal?.range.line).toBe(1);
  expect(useNotices().list.at(-1)?.text).toMatch(/unknown key "hanset"/);
});

test('the big button runs, pauses, goes on', async () => {
  const machines = useMachines();
  for (const state of ['running', 'paused', 'running']) {
    await machines.toggle();
    await settle();
    expect(machines.state).toBe(state);
  }
  await machines.tell('stop');
  await settle();
  expect(machines.isOn).toBe(false);
});

test('status events reach the machine that they are of', async () => {
  const machines = useMachines();
  await machines.run();
  await settle();
  const status = { state: 'running', virtualNs: 5e9, instructions: 1e9, mips: 250 } as const;
  host.emit('status', { machine: machines.current!.id, status });
  host.emit('status', { machine: 99, status });
  await settle();
  expect(machines.current?.status).toEqual(status);
  expect(machines.list).toHaveLength(1);
  await machines.tell('stop');
});
