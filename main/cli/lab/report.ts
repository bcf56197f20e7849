import type { LabMachineConfig } from '../../../emulator/machine/lab/types.ts';
import type { LabPlan } from '../../services/lab/index.ts';
import { ExitStatus } from '../failure.ts';
import { explain, figures, totalMs } from '../run/report.ts';
import type { LabEnd } from './session.ts';

/** The object of `--json`, on one line. What is said of one machine by `run` is in `machines`; `stateHash` covers them all. */
export function labLine({ outcome, stateHash, results, ...end }: LabEnd, exitCode: number, { machines }: LabPlan): string {
  const wallMs = Math.round(end.wallMs);
  const instructions = results.reduce((sum, result) => sum + result.instructions, 0);
  const mips = wallMs > 0 ? Math.round(instructions / wallMs) / 1000 : 0;
  const virtualNs = Math.max(0, ...results.map((result) => result.virtualNs));
  return JSON.stringify({
    ...{ outcome, exitCode, virtualNs, instructions, wallMs, mips, totalMs: totalMs(), deterministic: true, stateHash },
    machines: results.map((result, n) => ({ name: machines[n]?.name, ...figures(result, machines[n]?.plan.cell ?? '') })),
  });
}

/** What a person is told when a lab did not end as wished: a line of each machine that has to do with it. */
export function explainLab({ outcome, results }: LabEnd, machines: readonly LabMachineConfig[], exitCode: number): string[] {
  if (exitCode === ExitStatus.ok) return [];
  const lines = results.flatMap((result, n) => {
    const { name = '', script } = machines[n] ?? {};
    const isLate = script && result.matched.length < script.expects.length;
    const isCause = result.outcome === outcome && (isLate || (outcome !== 'poweroff' && outcome !== 'stopped'));
    if (isCause) return [`${name}: ${explain({ ...result, outcome }, exitCode, script?.expects ?? [])}`];
    return isLate ? [`${name}: still awaited: ${script.expects[result.matched.length]}`] : [];
  });
  return lines.length > 0 ? lines : [`the lab ended: ${outcome}`];
}
