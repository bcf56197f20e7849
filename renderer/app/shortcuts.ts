import { onBeforeUnmount, onMounted } from 'vue';
import { useDocuments } from '../api/documents.ts';
import { useMachines } from '../api/machines.ts';
import { focusNextPane } from './panes.ts';

/** Keys that work wherever the focus is, also in the console: hardly a guest misses them. */
export function useShortcuts(): void {
  const machines = useMachines();
  const documents = useDocuments();

  function onKey(event: KeyboardEvent): void {
    const command = commandOf(event);
    if (!command) return;
    event.preventDefault();
    event.stopPropagation();
    void command();
  }

  function commandOf({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): (() => unknown) | undefined {
    if (altKey) return undefined;
    const inConsole = document.activeElement?.closest('.xterm') != null;
    // A terminal may want Ctrl+S (XOFF).
    if ((ctrlKey || metaKey) && !shiftKey && key.toLowerCase() === 's' && !inConsole) return documents.save;
    if (ctrlKey || metaKey) return undefined;
    if (key === 'F5') return shiftKey ? () => machines.isOn && machines.tell('stop') : machines.toggle;
    if (key === 'F6') return () => focusNextPane(shiftKey ? -1 : 1);
    return undefined;
  }

  function onLeave(event: BeforeUnloadEvent): void {
    if ([...documents.open.keys()].some((project) => documents.isDirty(project))) event.preventDefault();
  }

  onMounted(() => {
    addEventListener('keydown', onKey, { capture: true });
    addEventListener('beforeunload', onLeave);
  });
  onBeforeUnmount(() => {
    removeEventListener('keydown', onKey, { capture: true });
    removeEventListener('beforeunload', onLeave);
  });
}
