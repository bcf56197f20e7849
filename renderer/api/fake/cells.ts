import type { CellAct, CellStatus, MachineStatus } from '../../../main/contract/index.ts';

export const fakeCellNames = ['modem', 'linux'] as const;

const after: Record<CellAct, CellStatus['state']> = {
  ...{ pause: 'paused', resume: 'running', stop: 'off', start: 'running', restart: 'running' },
};

/** A baseband and a guest that takes what is left, which now and then makes the baseband late. */
export class FakeCells {
  readonly #states = new Map<string, CellStatus['state']>(fakeCellNames.map((name) => [name, 'running']));
  readonly #busy = new Map<string, number>();
  readonly #restarts = new Map<string, number>();
  #lastNs = 0;

  act(name: string, act: CellAct): void {
    this.#states.set(name, after[act]);
    if (act === 'restart' || act === 'start') this.#restarts.set(name, (this.#restarts.get(name) ?? 0) + 1);
  }

  status(virtualNs: number): Pick<MachineStatus, 'cells' | 'deadlines'> {
    const ns = Math.max(0, virtualNs - this.#lastNs);
    this.#lastNs = virtualNs;
    const cells = fakeCellNames.map((name): CellStatus => {
      const state = this.#states.get(name) ?? 'off';
      const share = name === 'modem' ? 0.19 + 0.03 * Math.sin(virtualNs / 7e8) : 0.62 + 0.15 * Math.sin(virtualNs / 1.3e9);
      const busyNs = (this.#busy.get(name) ?? 0) + (state === 'running' ? ns * share : 0);
      this.#busy.set(name, busyNs);
      const shared = { name, state, restarts: this.#restarts.get(name) ?? 0, runNs: busyNs, overheadNs: 0, exits: 0 };
      if (name === 'linux') return { ...shared, overruns: 0, missed: 0 };
      const budget = { budgetNs: 600_000, periodNs: 1_250_000 };
      return { ...shared, budget, overruns: Math.floor(virtualNs / 3e9), missed: Math.floor(virtualNs / 2e10) };
    });
    const missed = Math.floor(virtualNs / 2e10);
    const [from, to] = ['radio.frame-irq', 'modem.frame-task'];
    const text = `${from} to ${to} took 73.2us (max 58.0us) at 20.001234 s: linux had the core for 52.0us, modem 21.2us`;
    const kept = {
      from,
      to,
      maxNs: 58_000,
      met: Math.floor(virtualNs / 4_615_384),
      missed,
      worstNs: missed > 0 ? 73_200 : 51_400,
    };
    return { cells, deadlines: [{ ...kept, ...(missed > 0 ? { last: text } : {}) }] };
  }
}
