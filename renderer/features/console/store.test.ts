import { expect, test, vi } from 'vitest';
import type { Channel } from '../../../main/contract/index.ts';
import { createPinia, setActivePinia } from 'pinia';
import { settle } from '../../api/fake/session.ts';
import { FakeHost } from '../../api/fake/host.ts';
import { useMachines } from '../../api/machines.ts';
import { useSession } from '../../api/session.ts';
import { useConsoles } from './store.ts';

test('a console goes on over a lost connection without showing anything twice', async () => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => {} }));
  vi.stubGlobal('document', { documentElement: { dataset: {} } });
  setActivePinia(createPinia());
  const host = new FakeHost();
  const session = useSession();
  let channel: Channel | undefined;
  void session.connect(() => Promise.resolve((channel = host.open())));
  const consoles = useConsoles();
  await vi.waitFor(() => expect(useMachines().speed).toBe(1));
  await settle();
  await useMachines().run();
  await settle();

  let shown = '';
  const lost = vi.fn<(count: number) => void>();
  const id = consoles.machineId!;
  const end = consoles.attach(id, 0, { write: (bytes) => (shown += new TextDecoder().decode(bytes)), lost });
  await settle();
  consoles.type(id, 0, 'before\r');
  await settle();
  channel!.close();
  await vi.waitFor(() => expect(session.state).toBe('lost'));
  await vi.waitFor(() => expect(session.state).toBe('connected'));
  consoles.type(id, 0, 'after\r');
  await settle();

  expect(shown.match(/Hello from a fake/g)).toHaveLength(1);
  expect(shown).toMatch(/before\r\nbefore\r\n[^]*after\r\nafter\r\n/);
  expect(lost).not.toHaveBeenCalled();
  end();
  await useMachines().tell('stop');
});
