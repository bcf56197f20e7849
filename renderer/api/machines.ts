import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Machine, Speed } from '../../main/contract/index.ts';
import { missingGuests } from '../base/missing-guests.ts';
import { useDocuments, type OpenDocument } from './documents.ts';
import { useNotices } from './notices.ts';
import { useProjects } from './projects.ts';
import { useSession } from './session.ts';
import { useSettings } from './settings.ts';

/** The machines that the host runs, and what can be done with that of the current project. */
export const useMachines = defineStore('machines', () => {
  const session = useSession();
  const projects = useProjects();
  const documents = useDocuments();
  const settings = useSettings();
  const notices = useNotices();

  const list = shallowRef<Machine[]>([]);
  const current = computed(() => list.value.findLast(({ project }) => project === projects.currentId));
  const state = computed(() => current.value?.status.state);
  const isOn = computed(() => state.value === 'running' || state.value === 'paused');
  const speed = computed<Speed>(() => current.value?.speed ?? settings.values?.speed ?? 1);
  /** A command is under way. */
  const busy = ref(false);
  /** The version of the file that a machine was made of. */
  const builtFrom = new Map<number, string>();

  function update(id: number, change: Partial<Machine>): void {
    list.value = list.value.map((machine) => (machine.id === id ? { ...machine, ...change } : machine));
  }

  session.onConnected((client) => {
    client.on('machines', (machines) => (list.value = machines));
    client.on('status', ({ machine, status }) => update(machine, { status }));
    client.on('ended', ({ machine, result }) => update(machine, { result }));
    void notices.attempt(async () => (list.value = await client.machines.list()));
  });

  async function command(work: () => Promise<unknown>): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    await notices.attempt(work);
    busy.value = false;
  }

  /** Checks and saves, makes a machine of the file unless there is one that was made of this very text, and starts it. */
  const run = () =>
    command(async () => {
      if (!documents.current) return;
      await documents.check(documents.current.project);
      const [error] = documents.errors;
      if (error) {
        if (error.range) documents.show(error.range);
        const text = `This handset cannot run yet: ${error.message}`;
        notices.show({ kind: 'error', text, hint: error.hint, action: fetchMissing(documents.current) });
        return;
      }
      if (!(await documents.save())) return;
      const document = documents.current;
      const { machines } = session.api();
      const old = current.value;
      const fits = old && builtFrom.get(old.id) === document.version;
      if (old && !fits) await machines.remove({ machine: old.id });
      const machine = fits ? old : await machines.create({ project: document.project });
      builtFrom.set(machine.id, document.version);
      if (!fits) list.value = [...list.value.filter(({ id }) => id !== old?.id && id !== machine.id), machine];
      await machines.start({ machine: machine.id, speed: settings.values?.speed ?? 1 });
    });

  /** One click for what most often is missing. */
  function fetchMissing({ text, problems }: OpenDocument) {
    const names = missingGuests(text, problems);
    if (names.length === 0) return undefined;
    const run = () => notices.attempt(() => session.api().guests.fetch({ names }));
    return { label: `Fetch ${names.join(', ')}`, run };
  }

  type Simple = 'pause' | 'resume' | 'reset' | 'stop';
  const tell = (action: Simple) =>
    command(async () => {
      if (current.value) await session.api().machines[action]({ machine: current.value.id });
    });

  /** What the big button and F5 do: run, pause or go on. */
  const toggle = () => (state.value === 'running' ? tell('pause') : state.value === 'paused' ? tell('resume') : run());

  async function setSpeed(next: Speed): Promise<void> {
    await settings.change({ speed: next });
    const machine = current.value;
    if (!machine) return;
    update(machine.id, { speed: next });
    await notices.attempt(() => session.api().machines.setSpeed({ machine: machine.id, speed: next }));
  }

  return { list, current, state, isOn, speed, busy, run, toggle, tell, setSpeed };
});
