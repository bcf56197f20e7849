/** `info idle`: how the cores sleep under cells, what woke them, and what will next. */
import { UserError } from '../../../base/user-error.ts';
import type { MonitorContext } from '../command.ts';
import type { WakeUpRow } from '../target.ts';

export function idle({ target }: MonitorContext): readonly string[] {
  const rows = target.idle();
  if (!rows)
    throw new UserError('no-cells', 'this machine has no cells', {
      hint: 'run a handset file with several cells, or a schedule',
    });
  const { cores, wakeUps, next } = rows;
  const { virtualNs } = target.status();
  return [
    ...cores.map(({ runNs, overheadNs, idleNs }, n) => {
      const percent = (ns: number): string => `${((100 * ns) / (runNs + overheadNs + idleNs || 1)).toFixed(3)} %`;
      return `core ${n}: asleep ${percent(idleNs)}, in guests ${percent(runNs)}, in the hypervisor ${percent(overheadNs)}`;
    }),
    ...wakeUps.map((row) => `${String(row.count).padStart(8)} wake-ups: ${owner(row)}`),
    next ? `next: ${owner(next)}, in ${((next.atNs - virtualNs) / 1e6).toFixed(3)} ms` : 'next: nothing is due',
  ];
}

const owner = ({ cell, cpu, cause }: WakeUpRow): string => `${cell}, vCPU ${cpu}: ${cause}`;
