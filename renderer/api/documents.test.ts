import { beforeEach, expect, test, vi } from 'vitest';
import { useDocuments } from './documents.ts';
import { settle, startFakeSession } from './fake/session.ts';
import type { FakeHost } from './fake/host.ts';
import { useNotices } from './notices.ts';
import { useProjects } from './projects.ts';

let host: FakeHost;

beforeEach(async () => {
  host = await startFakeSession();
  useDocuments();
  useProjects();
  await settle();
});

test('opens on the first example', () => {
  expect(useProjects().current?.name).toBe('hello');
  expect(useDocuments().current?.text).toMatch(/^handset: hello\n/);
  expect(useDocuments().dirty).toBe(false);
});

test('what was typed is checked a moment later, at its place', async () => {
  const documents = useDocuments();
  documents.edit('hanset: hello\n');
  expect(documents.dirty).toBe(true);
  await vi.waitFor(() => expect(documents.errors).toHaveLength(1));
  expect(documents.errors[0]?.range).toEqual({ line: 1, column: 1, endLine: 1, endColumn: 7 });
});

test('an unsaved text waits while another project is looked at', async () => {
  const documents = useDocuments();
  const projects = useProjects();
  const [hello, linux] = projects.list;
  documents.edit('changed');
  await projects.select(linux!);
  await settle();
  expect(documents.current?.text).toMatch(/^handset: linux/);
  await projects.select(hello!);
  expect(documents.current?.text).toBe('changed');
});

test('saving an example makes a copy, which takes its place; the example is as it was', async () => {
  const documents = useDocuments();
  const projects = useProjects();
  const before = documents.current!.text;
  documents.edit(`${before}# mine\n`);
  expect(await documents.save()).toBe(true);
  expect(projects.current).toMatchObject({ example: false, path: '/home/me/handsets/hello-2.yaml' });
  // The host makes the paths those of the new place.
  expect(host.files.get('hello-2')?.text).toBe(`${before}# mine\n`.replace('../', '/opt/pocketvisor/resources/'));
  expect(documents.dirty).toBe(false);
  expect(documents.isDirty('hello')).toBe(false);
  expect(host.files.get('hello')?.text).toBe(before);
});

test('a file that changed on disk is not overwritten unless that is asked for', async () => {
  const documents = useDocuments();
  documents.edit('first');
  await documents.save();
  const file = host.files.get('hello-2')!;
  file.text = 'from elsewhere';
  documents.edit('second');
  expect(await documents.save()).toBe(false);
  expect(file.text).toBe('from elsewhere');
  await useNotices().list.at(-1)?.action?.run();
  expect(file.text).toBe('second');
  expect(documents.dirty).toBe(false);
});

test('a change on disk is shown, unless there are changes of one’s own', async () => {
  const documents = useDocuments();
  documents.edit('first');
  await documents.save();
  const changeOnDisk = async (text: string) => {
    host.files.get('hello-2')!.text = text;
    host.emit('problems', { project: 'hello-2', problems: [] });
    await settle();
  };
  await changeOnDisk('from elsewhere');
  expect(documents.current?.text).toBe('from elsewhere');
  documents.edit('mine');
  await changeOnDisk('again from elsewhere');
  expect(documents.current?.text).toBe('mine');
});
