import { beforeEach, expect, test, vi } from 'vitest';
import type { ScreenEvent } from '../../../main/contract/index.ts';
import { useMachines } from '../../api/machines.ts';
import { useProjects } from '../../api/projects.ts';
import { settle, startFakeSession } from '../../api/fake/session.ts';
import { useScreens } from './store.ts';

beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => {} }));
  vi.stubGlobal('document', { documentElement: { dataset: {} } });
  vi.stubGlobal('requestAnimationFrame', (act: () => void) => setTimeout(act, 1));
});

async function running() {
  const host = await startFakeSession();
  const projects = useProjects();
  useMachines();
  await settle();
  await projects.show(projects.list.find(({ name }) => name === 'sketch')!);
  await settle();
  await useMachines().run();
  await settle();
  return { host, screens: useScreens() };
}

test('all that is shown comes first, and what changes when that is drawn', async () => {
  const { host, screens } = await running();
  const drawn: ScreenEvent[] = [];
  expect([screens.screens, screens.inputs, screens.isDrawn]).toEqual([[{ name: 'ramfb' }], ['keyboard', 'touch'], false]);
  const detach = screens.attach(
    screens.machineId!,
    0,
    (event) => drawn.push(event),
    () => true,
  );
  await vi.waitFor(() => expect(drawn.length).toBeGreaterThan(2));
  expect(drawn[0]).toMatchObject({ width: 360, height: 640, parts: [{ x: 0, y: 0, width: 360, height: 640 }] });
  expect([screens.size, screens.isDrawn]).toEqual([{ width: 360, height: 640 }, true]);
  detach();
  await settle();
  expect(host.calls.at(-1)).toBe('screens.detach');
  const count = drawn.length;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(drawn.length).toBe(count);
});

test('hands reach the machine while it runs', async () => {
  const { host, screens } = await running();
  screens.act(screens.machineId!, [{ kind: 'key', code: 'KeyA', down: true }]);
  screens.act(screens.machineId!, []);
  await settle();
  expect(host.calls.filter((call) => call === 'machines.act')).toHaveLength(1);
  await useMachines().tell('pause');
  await settle();
  screens.act(screens.machineId!, [{ kind: 'key', code: 'KeyA', down: false }]);
  await settle();
  expect(host.calls.filter((call) => call === 'machines.act')).toHaveLength(1);
});
