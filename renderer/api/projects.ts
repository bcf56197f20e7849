import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { RpcError, type Project } from '../../main/contract/index.ts';
import { useNotices } from './notices.ts';
import { useSession } from './session.ts';

const maxCopies = 50;

/** The handset files that the host knows, and which of them is in the window. */
export const useProjects = defineStore('projects', () => {
  const session = useSession();
  const notices = useNotices();
  const list = shallowRef<Project[]>([]);
  const currentId = ref<string>();
  const current = computed(() => list.value.find(({ id }) => id === currentId.value));

  async function refresh(): Promise<void> {
    list.value = await session.api().projects.list();
  }

  async function select(project: Project): Promise<void> {
    currentId.value = project.id;
    // The host then watches the file, and offers it first next time.
    if (!project.example) await notices.attempt(() => session.api().projects.open({ path: project.path }));
  }

  /** Opens a handset file by its path on the host. */
  async function open(path: string): Promise<boolean> {
    const project = await notices.attempt(() => session.api().projects.open({ path }));
    if (project) await show(project);
    return project !== undefined;
  }

  /** Makes a file of one's own from a project, under the first name that is free. */
  async function copy(project: Project, attempt = 1): Promise<Project> {
    const name = attempt === 1 ? project.name : `${project.name}-${attempt}`;
    try {
      return await session.api().projects.copy({ project: project.id, name });
    } catch (error) {
      const taken = error instanceof RpcError && error.code === 'exists';
      if (!taken || attempt === maxCopies) throw error;
      return copy(project, attempt + 1);
    }
  }

  async function show(project: Project): Promise<void> {
    await refresh();
    currentId.value = project.id;
  }

  session.onConnected(() => {
    void notices.attempt(async () => {
      await refresh();
      const first = list.value.find(({ id }) => id === session.info?.project) ?? list.value[0];
      if (!current.value && first) await select(first);
    });
  });

  return { list, currentId, current, refresh, select, show, open, copy };
});
