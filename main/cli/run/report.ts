import { assertNever } from '../../../emulator/base/assert.ts';
import { violationText } from '../../../emulator/machine/cells/deadlines/cause.ts';
import type { CloneResults, RunResult } from '../../../emulator/machine/types.ts';
import { ExitStatus } from '../failure.ts';
import { launchedMs } from '../launch.ts';

/** `expecting`: there were `--expect`s, so that a guest that powers itself off has failed. */
export function exitCodeOf(result: Pick<RunResult, 'outcome'>, expecting: boolean): number {
  switch (result.outcome) {
    case 'expected':
      return ExitStatus.ok;
    case 'poweroff':
    case 'stopped':
      return expecting ? ExitStatus.failed : ExitStatus.ok;
    case 'fail':
      return ExitStatus.failed;
    case 'timeout':
    case 'wall':
      return ExitStatus.timeout;
    case 'guest-fault':
      return ExitStatus.guestFault;
    case 'internal':
      return ExitStatus.internal;
    default:
      return assertNever(result.outcome);
  }
}

/**
 * The object of `--json`, on one line. `startupMs` is from the command to the guest's first instruction, `totalMs` until now. `deterministic`:
 * equal inputs give an equal `stateHash`; not so with `--threads auto`.
 */
export function jsonLine(result: RunResult, exitCode: number, cell: string, deterministic = true): string {
  const { outcome, virtualNs, instructions, firstInstructionMs, profile } = result;
  const wallMs = Math.round(result.wallMs);
  const mips = wallMs > 0 ? Math.round(instructions / wallMs) / 1000 : 0;
  return JSON.stringify({
    ...{ outcome, exitCode, virtualNs, instructions, wallMs, mips },
    ...(firstInstructionMs === undefined ? {} : { startupMs: Math.round(firstInstructionMs - launchedMs) }),
    ...{ totalMs: totalMs(), deterministic },
    ...figures(result, cell),
    ...(profile ? { profile } : {}),
  });
}

/** What is said of a machine, be it the only one or not. */
export function figures(result: Omit<RunResult, 'outcome'> & { outcome: string }, cell: string): object {
  const { outcome, virtualNs, instructions, stateHash, matched, matchedNs, exits, tiers, idle, radio, error, clones } = result;
  return {
    ...{ outcome, virtualNs, instructions, stateHash, matched, matchedNs },
    cells: result.cells ?? [{ name: cell, instructions, exits }],
    tiers: { ...tiers, compileMs: Math.round(tiers.compileMs) },
    ...(idle ? { idle } : {}),
    ...(radio ? { radio } : {}),
    ...(clones ? { clones: clonesOf(clones, cell) } : {}),
    ...(result.deadlines ? { deadlines: result.deadlines, violations: result.violations } : {}),
    ...(error ? { error } : {}),
  };
}

function clonesOf({ hostMs, bytes, results }: CloneResults, cell: string): object {
  return { hostMs: Math.round(hostMs), bytes, results: results.map((result) => figures(result, cell)) };
}

/** Milliseconds since the command was given. */
export const totalMs = (): number => Math.round(performance.timeOrigin + performance.now() - launchedMs);

/** What a person is told on standard error when a run did not end as wished. */
export function explain(result: RunResult, exitCode: number, expects: readonly string[]): string | undefined {
  const missing = expects[result.matched.length];
  const awaited = missing === undefined ? '' : `; still awaited: ${missing}`;
  const seconds = `${(result.virtualNs / 1e9).toFixed(3)} s of virtual time`;
  switch (result.outcome) {
    case 'expected':
      return undefined;
    case 'poweroff':
      return exitCode === ExitStatus.ok ? undefined : `the guest powered off${awaited}`;
    case 'stopped':
      return exitCode === ExitStatus.ok ? undefined : `the run was stopped${awaited}`;
    case 'fail':
      return `the console showed what --fail names, after ${seconds}`;
    case 'timeout':
      return `--timeout ran out${awaited}${standsStill(result)}`;
    case 'wall':
      return `--wall ran out after ${seconds}${awaited}${standsStill(result)}`;
    case 'guest-fault':
    case 'internal': {
      const what = result.outcome === 'internal' ? 'internal error' : 'the guest cannot go on';
      const { message = 'no reason was given', detail } = result.error ?? {};
      return `${what}: ${message}${detail ? `\n${detail.trimEnd()}` : ''}`;
    }
    default:
      return assertNever(result.outcome);
  }
}

/** A line for each cell that failed: the run goes on without it, and its end says nothing of it. */
export function failedCellLines({ cells = [] }: RunResult): string[] {
  return cells.flatMap(({ name, failure, restarts }) => {
    const times = restarts === 0 ? '' : ` and was started again ${restarts === 1 ? 'once' : `${restarts} times`}`;
    return failure === undefined ? [] : [`the cell ${name} failed${times}: ${failure}`];
  });
}

/** Deadlines that are told one by one. */
const MOST_TOLD = 10;

/** A line for each of the first deadlines that were missed, with its cause. */
export function violationLines({ violations = [], deadlines = [] }: RunResult): string[] {
  const missed = deadlines.reduce((sum, each) => sum + each.missed, 0);
  const told = violations.slice(0, MOST_TOLD).map((violation) => `missed deadline: ${violationText(violation)}`);
  const counts = deadlines.map(({ from, to, met, missed }) => `${from} to ${to} ${missed} of ${met + missed}`).join(', ');
  return missed > told.length ? [...told, `and ${missed - told.length} more missed deadlines: ${counts}`] : told;
}

/** The fault that a core did not come back from. */
function standsStill({ error }: RunResult): string {
  if (!error) return '';
  return `\na core stands in the handler of a fault: ${error.message}${error.detail ? `\n${error.detail.trimEnd()}` : ''}`;
}
