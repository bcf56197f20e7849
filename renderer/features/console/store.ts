import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import { useMachines } from '../../api/machines.ts';
import { useNotices } from '../../api/notices.ts';
import { useSession } from '../../api/session.ts';
import { ConsoleStream } from './stream.ts';

/** Where a console's bytes go. */
export interface Sink {
  write(bytes: Uint8Array): void;
  /** Bytes that cannot be had any more. */
  lost(count: number): void;
}

/** The console of the current machine that is on the screen. */
export const useConsoles = defineStore('consoles', () => {
  const session = useSession();
  const machines = useMachines();
  const notices = useNotices();

  const machineId = computed(() => machines.current?.id);
  const consoles = computed(() => machines.current?.consoles ?? []);
  const index = ref(0);
  watch([machineId, () => consoles.value.length], () => (index.value = 0));

  /** Sends what the console has written, and what it writes, to the sink, also over a lost connection; answers what ends it. */
  function attach(machine: number, console: number, sink: Sink): () => void {
    const stream = new ConsoleStream();
    let stopEvents = () => {};
    const stopSession = session.onConnected((client) => {
      stopEvents();
      stopEvents = client.on('console', (event) => {
        if (event.machine !== machine || event.console !== console) return;
        const { bytes, lost } = stream.accept(event);
        if (lost > 0) sink.lost(lost);
        if (bytes.length > 0) sink.write(bytes);
      });
      void notices.attempt(() => client.machines.attach({ machine, console }));
    });
    return () => {
      stopEvents();
      stopSession();
      // The machine may be gone already, or the connection: then there is nothing to end.
      if (session.state === 'connected')
        session
          .api()
          .machines.detach({ machine, console })
          .catch(() => {});
    };
  }

  function type(machine: number, console: number, text: string): void {
    if (session.state === 'connected') session.api().input(machine, new TextEncoder().encode(text), console);
  }

  return { machineId, consoles, index, attach, type };
});
