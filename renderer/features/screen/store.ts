import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import type { HandsAction, ScreenEvent } from '../../../main/contract/index.ts';
import { useMachines } from '../../api/machines.ts';
import { useNotices } from '../../api/notices.ts';
import { useSession } from '../../api/session.ts';

const unseenMs = 1000;

/** The screen of the current machine that is looked at, and the hands on its input devices. */
export const useScreens = defineStore('screens', () => {
  const session = useSession();
  const machines = useMachines();
  const notices = useNotices();

  const machineId = computed(() => machines.current?.id);
  const screens = computed(() => machines.current?.screens ?? []);
  const inputs = computed(() => machines.current?.inputs ?? []);
  const index = ref(0);
  /** Only to look at: hands belong to the display that cells share, and places on it are not those of a cell's screen, `CELL.SCREEN`. */
  const isOfCell = computed(() => screens.value[index.value]?.name.includes('.') ?? false);
  /** Pixels of the picture; 0 by 0 where none is shown. */
  const size = ref({ width: 0, height: 0 });
  const isDrawn = computed(() => size.value.width > 0);

  watch(machineId, () => {
    index.value = 0;
    size.value = { width: 0, height: 0 };
  });

  /**
   * Gives what the screen shows, and what changes, to `draw`, also over a lost connection; answers what ends it. Drawn with the next picture of this
   * display, and not faster than that; slowly while nobody sees it.
   */
  function attach(machine: number, screen: number, draw: (event: ScreenEvent) => void, isSeen: () => boolean): () => void {
    const which = { machine, screen };
    let isOver = false;
    let stopEvents = () => {};
    const shown = () => {
      if (!isOver && session.state === 'connected')
        session
          .api()
          .screens.shown(which)
          .catch(() => {});
    };
    const stopSession = session.onConnected((client) => {
      stopEvents();
      stopEvents = client.on('screen', (event) => {
        if (event.machine !== machine || event.screen !== screen) return;
        const { width, height } = event;
        if (width !== size.value.width || height !== size.value.height) size.value = { width, height };
        requestAnimationFrame(() => {
          if (isOver) return;
          draw(event);
          if (isSeen()) shown();
          else setTimeout(shown, unseenMs);
        });
      });
      void notices.attempt(() => client.screens.attach(which));
    });
    return () => {
      isOver = true;
      stopEvents();
      stopSession();
      // The machine may be gone already, or the connection: then there is nothing to end.
      if (session.state === 'connected')
        session
          .api()
          .screens.detach(which)
          .catch(() => {});
    };
  }

  /** Hands on the machine's devices; nothing where it does not run. */
  function act(machine: number, actions: HandsAction[]): void {
    if (session.state !== 'connected' || machines.state !== 'running' || isOfCell.value || actions.length === 0) return;
    session
      .api()
      .machines.act({ machine, actions })
      .catch(() => {});
  }

  /** Tells the guest that its monitor has another size. */
  async function resize(width: number, height: number): Promise<void> {
    const machine = machineId.value;
    if (machine !== undefined)
      await notices.attempt(() => session.api().screens.resize({ machine, screen: index.value, width, height }));
  }

  return { machineId, screens, inputs, index, isOfCell, size, isDrawn, attach, act, resize };
});
