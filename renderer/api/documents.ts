import { defineStore } from 'pinia';
import { computed, reactive, ref, watch } from 'vue';
import { RpcError, type Problem, type Range } from '../../main/contract/index.ts';
import { carryOver } from '../base/carry-over.ts';
import { useNotices } from './notices.ts';
import { useProjects } from './projects.ts';
import { useSession } from './session.ts';

/** The text of a handset file as it is in the window, and as it is on disk. */
export interface OpenDocument {
  readonly project: string;
  text: string;
  saved: string;
  version: string;
  problems: Problem[];
}

const checkAfterMs = 250;

/** Texts that were opened. What is not saved stays here when another project is selected. */
export const useDocuments = defineStore('documents', () => {
  const session = useSession();
  const projects = useProjects();
  const notices = useNotices();
  const open = reactive(new Map<string, OpenDocument>());
  const current = computed(() => (projects.currentId === undefined ? undefined : open.get(projects.currentId)));
  const dirty = computed(() => isDirty(projects.currentId));
  const errors = computed(() => current.value?.problems.filter(({ severity }) => severity === 'error') ?? []);
  /** A place that the editor is asked to show; a new object for each request. */
  const reveal = ref<{ range: Range }>();
  const checks = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function isDirty(project: string | undefined): boolean {
    const document = project === undefined ? undefined : open.get(project);
    return document !== undefined && document.text !== document.saved;
  }

  async function load(project: string): Promise<void> {
    const { text, version } = await session.api().projects.read({ project });
    open.set(project, { project, text, saved: text, version, problems: [] });
    await check(project);
  }

  /** Asks the host what is wrong with the text; an answer that was overtaken by a later question is dropped. */
  async function check(project: string): Promise<void> {
    const document = open.get(project);
    if (!document) return;
    const question = (checks.get(project) ?? 0) + 1;
    checks.set(project, question);
    const problems = await session.api().projects.check({ project, text: document.text });
    if (checks.get(project) === question) document.problems = problems;
  }

  function edit(text: string): void {
    const document = current.value;
    if (!document || document.text === text) return;
    document.text = text;
    clearTimeout(timer);
    timer = setTimeout(() => void notices.attempt(() => check(document.project)), checkAfterMs);
  }

  /** Answers whether the text is on disk now. An example is read-only: its changes go into a copy, which takes its place. */
  async function save(): Promise<boolean> {
    const document = current.value;
    const project = projects.current;
    if (!document || !project || !dirty.value) return document !== undefined;
    return (await notices.attempt(() => (project.example ? saveCopy(document) : saveOver(document)))) ?? false;
  }

  async function saveOver(document: OpenDocument, version = document.version): Promise<boolean> {
    const { project, text } = document;
    try {
      const saved = await session.api().projects.save({ project, text, version });
      Object.assign(document, { saved: text, version: saved.version });
    } catch (error) {
      if (!(error instanceof RpcError) || error.code !== 'changed-on-disk') throw error;
      const overwrite = async () => {
        const { version: onDisk } = await session.api().projects.read({ project });
        return saveOver(document, onDisk);
      };
      const action = { label: 'Overwrite', run: () => notices.attempt(overwrite) };
      notices.show({ kind: 'error', text: error.message, hint: error.hint, action });
      return false;
    }
    await projects.refresh();
    await check(project);
    return true;
  }

  async function saveCopy(document: OpenDocument): Promise<boolean> {
    const project = projects.list.find(({ id }) => id === document.project)!;
    const { text } = document;
    const copy = await projects.copy(project);
    await load(copy.id);
    const own = open.get(copy.id)!;
    own.text = carryOver(document.saved, own.saved, text);
    document.text = document.saved;
    void check(document.project);
    await projects.show(copy);
    notices.show({ kind: 'info', text: `Examples stay as they are: your changes are in ${copy.path}` });
    return saveOver(own);
  }

  function show(range: Range): void {
    reveal.value = { range };
  }

  watch(
    () => projects.currentId,
    (id) => {
      if (id !== undefined && !open.has(id)) void notices.attempt(() => load(id));
    },
  );

  session.onConnected((client) => {
    client.on('problems', ({ project }) => {
      // Changed on disk. What was typed here is kept; saving it will ask.
      if (open.has(project) && !isDirty(project)) void notices.attempt(() => reload(project));
    });
    client.on('progress', ({ state }) => {
      // A guest that was missing may be there now.
      const project = projects.currentId;
      if (state === 'done' && project !== undefined) void notices.attempt(() => check(project));
    });
    for (const project of open.keys()) void notices.attempt(() => check(project));
  });

  async function reload(project: string): Promise<void> {
    const { text, version } = await session.api().projects.read({ project });
    const document = open.get(project);
    if (!document || document.version === version || isDirty(project)) return;
    Object.assign(document, { text, saved: text, version });
    await check(project);
  }

  return { open, current, dirty, errors, reveal, isDirty, edit, check, save, show };
});
