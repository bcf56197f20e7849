import { createPinia, setActivePinia } from 'pinia';
import { useSession } from '../session.ts';
import { FakeHost } from './host.ts';

/** A fresh set of stores that is connected to a fresh host, for tests. Resolves once the stores have their first state. */
export async function startFakeSession(host = new FakeHost()): Promise<FakeHost> {
  setActivePinia(createPinia());
  void useSession().connect(() => Promise.resolve(host.open()));
  await settle();
  return host;
}

/** Lets everything happen that is under way: calls to the fake host take a few turns. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
