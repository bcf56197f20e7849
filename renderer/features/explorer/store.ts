import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { Guest, Progress } from '../../../main/contract/index.ts';
import { useNotices } from '../../api/notices.ts';
import { useProjects } from '../../api/projects.ts';
import { useSession } from '../../api/session.ts';

/** Handset files by where they come from, and the guests that can be fetched. */
export const useExplorer = defineStore('explorer', () => {
  const session = useSession();
  const projects = useProjects();
  const notices = useNotices();

  const examples = computed(() => projects.list.filter(({ example }) => example));
  const own = computed(() => projects.list.filter(({ example }) => !example));
  const guests = shallowRef<Guest[]>([]);
  const missing = computed(() => guests.value.filter(({ bytes }) => bytes === undefined));
  /** Of what is being fetched, whoever asked for it. */
  const progress = shallowRef<Progress>();

  async function refreshGuests(): Promise<void> {
    guests.value = await session.api().guests.list();
  }

  async function fetch(names: string[]): Promise<void> {
    const started = await notices.attempt(() => session.api().guests.fetch({ names }));
    // Its first news may have come before the answer.
    if (started) progress.value ??= { ...started, label: names.join(', '), done: 0, state: 'running' };
  }

  async function cancel(): Promise<void> {
    const running = progress.value;
    if (running) await notices.attempt(() => session.api().operations.cancel({ operation: running.operation }));
  }

  function onProgress(event: Progress): void {
    progress.value = event.state === 'running' ? event : undefined;
    if (event.state === 'running') return;
    if (event.state === 'failed') notices.show({ kind: 'error', text: event.error ?? `${event.label} could not be fetched` });
    if (event.state === 'done') notices.show({ kind: 'info', text: `Fetched: ${event.label}` });
    void notices.attempt(refreshGuests);
  }

  session.onConnected((client) => {
    progress.value = undefined;
    client.on('progress', onProgress);
    void notices.attempt(refreshGuests);
  });

  return { examples, own, guests, missing, progress, fetch, cancel };
});
