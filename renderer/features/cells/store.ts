import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import { cellActs, type CellAct, type CellStatus } from '../../../main/contract/index.ts';
import { useMachines } from '../../api/machines.ts';
import { useNotices } from '../../api/notices.ts';
import { useSession } from '../../api/session.ts';
import { RecentSamples, type Shares } from './recent.ts';

/** A cell as the panel shows it. */
export interface CellView extends CellStatus {
  readonly shares: Shares;
}

/** The guests of the current machine where it has several: how they do, and what is done to them. */
export const useCells = defineStore('cells', () => {
  const session = useSession();
  const machines = useMachines();
  const notices = useNotices();

  const samples = new RecentSamples();
  const list = shallowRef<CellView[]>();
  const machine = computed(() => machines.current?.id);
  const deadlines = computed(() => machines.current?.status.deadlines ?? []);
  /** A command is under way, for the cell of that name. */
  const busy = ref<string>();

  watch(machine, () => samples.clear());
  watch(
    () => machines.current?.status,
    (status) => {
      const { cells, virtualNs = 0 } = status ?? {};
      if (cells) samples.add({ virtualNs, cells });
      const cores = machines.current?.cores ?? 1;
      list.value = cells?.map((cell) => ({ ...cell, shares: samples.sharesOf(cell, cores) }));
    },
    { immediate: true },
  );

  /** Whether there is something to do. */
  function can({ state, name }: CellStatus, act: CellAct): boolean {
    const from: readonly CellStatus['state'][] = cellActs[act].from;
    return machines.isOn && busy.value !== name && from.includes(state);
  }

  async function command(cell: string, work: (of: { machine: number; cell: string }) => Promise<unknown>): Promise<void> {
    const id = machine.value;
    if (id === undefined || busy.value !== undefined) return;
    busy.value = cell;
    await notices.attempt(() => work({ machine: id, cell }));
    busy.value = undefined;
  }

  const act = (cell: string, what: CellAct) => command(cell, (of) => session.api().cells.act({ ...of, act: what }));
  /** It begins anew with what the handset file on disk has for it now. */
  const replace = (cell: string) => command(cell, (of) => session.api().cells.replace(of));

  return { list, deadlines, busy, can, act, replace };
});
